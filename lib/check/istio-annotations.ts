/** What Istio knows of one of its annotations. */
export interface IstioAnnotation {
  /** Kinds that it is for; empty for any. */
  readonly on: readonly string[];
  readonly deprecated: boolean;
  readonly alpha: boolean;
}

/**
 * Istio's annotations.
 *
 * Source: https://istio.io/latest/docs/reference/config/annotations/
 */
export const istioAnnotations: ReadonlyMap<string, IstioAnnotation> = new Map(Object.entries({
  'alpha.istio.io/canonical-serviceaccounts': annotation('Service', 'deprecated'),
  'alpha.istio.io/identity': annotation('Pod', 'deprecated'),
  'alpha.istio.io/kubernetes-serviceaccounts': annotation('Service', 'deprecated'),
  'ambient.istio.io/bypass-inbound-capture': annotation('Pod'),
  'ambient.istio.io/dns-capture': annotation('Pod'),
  'ambient.istio.io/redirection': annotation('Pod'),
  'galley.istio.io/analyze-suppress': annotation('Any'),
  'gateway.istio.io/controller-version': annotation('Gateway'),
  'gateway.istio.io/name-override': annotation('Gateway'),
  'gateway.istio.io/service-account': annotation('Gateway'),
  'inject.istio.io/templates': annotation('Pod'),
  'install.operator.istio.io/chart-owner': annotation('Any', 'deprecated'),
  'install.operator.istio.io/owner-generation': annotation('Any', 'deprecated'),
  'install.operator.istio.io/version': annotation('Any', 'deprecated'),
  'internal.istio.io/parents': annotation('Any'),
  'internal.istio.io/service-upgrade': annotation('Any'),
  'internal.istio.io/webhook-always-reject': annotation('ValidatingWebhookConfiguration'),
  'istio.io/autoRegistrationGroup': annotation('WorkloadEntry'),
  'istio.io/connectedAt': annotation('WorkloadEntry'),
  'istio.io/disconnectedAt': annotation('WorkloadEntry'),
  'istio.io/dry-run': annotation('AuthorizationPolicy'),
  'istio.io/for-service-account': annotation('Any'),
  'istio.io/prefer-canonical-service': annotation('Any'),
  'istio.io/reroute-virtual-interfaces': annotation('Pod'),
  'istio.io/rev': annotation('Pod', 'beta'),
  'istio.io/workloadController': annotation('WorkloadEntry'),
  'kubernetes.io/ingress.class': annotation('Ingress', 'stable'),
  'networking.istio.io/address-type': annotation('Gateway'),
  'networking.istio.io/exportTo': annotation('Service'),
  'networking.istio.io/service-type': annotation('Gateway Service'),
  'networking.istio.io/traffic-distribution': annotation('Service Namespace ServiceEntry'),
  'prometheus.istio.io/merge-metrics': annotation('Pod'),
  'proxy.istio.io/config': annotation('Pod', 'beta'),
  'proxy.istio.io/overrides': annotation('Pod'),
  'readiness.status.sidecar.istio.io/applicationPorts': annotation('Pod'),
  'readiness.status.sidecar.istio.io/failureThreshold': annotation('Pod'),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': annotation('Pod'),
  'readiness.status.sidecar.istio.io/periodSeconds': annotation('Pod'),
  'security.istio.io/autoRegistrationGroup': annotation('WorkloadEntry'),
  'sidecar.istio.io/agentLogLevel': annotation('Pod'),
  'sidecar.istio.io/bootstrapOverride': annotation('Pod'),
  'sidecar.istio.io/componentLogLevel': annotation('Pod'),
  'sidecar.istio.io/controlPlaneAuthPolicy': annotation('Pod', 'deprecated'),
  'sidecar.istio.io/discoveryAddress': annotation('Pod', 'deprecated'),
  'sidecar.istio.io/enableCoreDump': annotation('Pod'),
  'sidecar.istio.io/extraStatTags': annotation('Pod'),
  'sidecar.istio.io/inject': annotation('Pod', 'beta deprecated'),
  'sidecar.istio.io/interceptionMode': annotation('Pod'),
  'sidecar.istio.io/logLevel': annotation('Pod'),
  'sidecar.istio.io/nativeSidecar': annotation('Pod', 'beta'),
  'sidecar.istio.io/proxyCPU': annotation('Pod'),
  'sidecar.istio.io/proxyCPULimit': annotation('Pod'),
  'sidecar.istio.io/proxyImage': annotation('Pod'),
  'sidecar.istio.io/proxyImageType': annotation('Pod'),
  'sidecar.istio.io/proxyMemory': annotation('Pod'),
  'sidecar.istio.io/proxyMemoryLimit': annotation('Pod'),
  'sidecar.istio.io/rewriteAppHTTPProbers': annotation('Pod'),
  'sidecar.istio.io/statsCompression': annotation('Pod'),
  'sidecar.istio.io/statsEvictionInterval': annotation('Pod'),
  'sidecar.istio.io/statsHistogramBuckets': annotation('Pod'),
  'sidecar.istio.io/statsInclusionPrefixes': annotation('Pod', 'deprecated'),
  'sidecar.istio.io/statsInclusionRegexps': annotation('Pod', 'deprecated'),
  'sidecar.istio.io/statsInclusionSuffixes': annotation('Pod', 'deprecated'),
  'sidecar.istio.io/status': annotation('Pod'),
  'sidecar.istio.io/userVolume': annotation('Pod'),
  'sidecar.istio.io/userVolumeMount': annotation('Pod'),
  'status.sidecar.istio.io/port': annotation('Pod'),
  'topology.istio.io/controlPlaneClusters': annotation('Namespace'),
  'traffic.istio.io/nodeSelector': annotation('Service', 'stable'),
  'traffic.sidecar.istio.io/excludeInboundPorts': annotation('Pod'),
  'traffic.sidecar.istio.io/excludeInterfaces': annotation('Pod'),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': annotation('Pod'),
  'traffic.sidecar.istio.io/excludeOutboundPorts': annotation('Pod'),
  'traffic.sidecar.istio.io/includeInboundPorts': annotation('Pod'),
  'traffic.sidecar.istio.io/includeOutboundIPRanges': annotation('Pod'),
  'traffic.sidecar.istio.io/includeOutboundPorts': annotation('Pod'),
  'traffic.sidecar.istio.io/kubevirtInterfaces': annotation('Pod', 'deprecated'),
}));

function annotation(on: string, state = 'alpha'): IstioAnnotation {
  return { on: on === 'Any' ? [] : on.split(' '), deprecated: state.includes('deprecated'), alpha: !state.includes('beta') && !state.includes('stable') };
}

/** Whether an annotation is one of Istio's to define. */
export function isIstioAnnotation(name: string): boolean {
  return name === 'kubernetes.io/ingress.class' || (name.split('/', 1)[0] ?? '').endsWith('istio.io');
}

/** Why a value of an annotation cannot be used; undefined where it can, or nothing is asked of it. */
export function whyInvalid(name: string, value: string): string | undefined {
  return validity[name]?.(value);
}

const validity: Readonly<Record<string, (value: string) => string | undefined>> = {
  'sidecar.istio.io/interceptionMode': value => (['REDIRECT', 'TPROXY', 'NONE'].includes(value) ? undefined : 'it must be REDIRECT, TPROXY or NONE'),
  'status.sidecar.istio.io/port': value => (isPort(value) ? undefined : 'it must be a port'),
  'readiness.status.sidecar.istio.io/initialDelaySeconds': wholeNumber,
  'readiness.status.sidecar.istio.io/periodSeconds': wholeNumber,
  'readiness.status.sidecar.istio.io/failureThreshold': wholeNumber,
  'traffic.sidecar.istio.io/includeOutboundIPRanges': value => (value === '*' ? undefined : ranges(value)),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': ranges,
  'traffic.sidecar.istio.io/includeInboundPorts': value => (value === '*' ? undefined : ports(value)),
  'traffic.sidecar.istio.io/excludeInboundPorts': ports,
  'traffic.sidecar.istio.io/excludeOutboundPorts': ports,
  'traffic.sidecar.istio.io/includeOutboundPorts': ports,
  'prometheus.istio.io/merge-metrics': value => (/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value) ? undefined : 'it must be true or false'),
};

function wholeNumber(value: string): string | undefined {
  return /^\d{1,10}$/.test(value) && Number(value) < 2 ** 32 ? undefined : 'it must be a whole number';
}

function ports(value: string): string | undefined {
  return value.trim() === '' || value.split(',').every(isPort) ? undefined : 'it must be a list of ports with commas';
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value.trim()) && Number(value) < 65536;
}

function ranges(value: string): string | undefined {
  return value === '' || value.split(',').every(isRange) ? undefined : 'it must be a list of CIDR ranges with commas';
}

function isRange(value: string): boolean {
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(value);
  if (!parts) return false;
  const [, address = '', bits = ''] = parts;
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (four) return four.slice(1).every(part => Number(part) < 256) && Number(bits) <= 32;
  return /^[0-9a-fA-F:]+$/.test(address) && address.includes(':') && Number(bits) <= 128;
}
