import { nearest } from '../../schema/index.ts';
import { dnsLabel, metadataKeys } from '../values/name.ts';
import { spread, type Preset } from './presets.ts';
import { isTree, merged, pruned, type Tree } from './values.ts';

/** A port of the Service of a gateway. */
export interface GatewayPort {
  readonly name: string;
  readonly port: number;
  /** @default - the same as port */
  readonly targetPort?: number | undefined;
}

/** A gateway that is installed with Istio. */
export interface InstalledGateway {
  /**
   * The name of its workload, Service and ServiceAccount. Its pods carry the label `istio` with the name, less a leading
   * `istio-`.
   */
  readonly name: string;
  /** @default - a namespace of the name of the gateway */
  readonly namespace?: string | undefined;
  /** @default LoadBalancer; ClusterIP for egress */
  readonly service?: 'LoadBalancer' | 'ClusterIP' | 'NodePort' | undefined;
  /** @default - status 15021, HTTP 80, HTTPS 443 */
  readonly ports?: readonly GatewayPort[] | undefined;
  /** The least and the most that run. @default - as the availability says: 1 to 5, or 2 to 5 */
  readonly replicas?: { readonly min: number; readonly max: number } | undefined;
  /** Annotations of its Service, which clouds read. @default - none */
  readonly serviceAnnotations?: Readonly<Record<string, string>> | undefined;
  /** Labels of all its objects. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The release of its chart. @default - that of the control plane */
  readonly version?: string | undefined;
  /** Values of the gateway chart beside these. @default - none */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * What the gateway chart takes at its top.
 *
 * Source: istio/istio, manifests/charts/gateway/values.yaml
 */
const chartKeys = [
  'name', 'revision', 'replicaCount', 'kind', 'rbac', 'serviceAccount', 'podAnnotations', 'securityContext', 'containerSecurityContext', 'service', 'resources',
  'autoscaling', 'env', 'envVarFrom', 'strategy', 'minReadySeconds', 'readinessProbe', 'labels', 'annotations', 'nodeSelector', 'tolerations',
  'topologySpreadConstraints', 'affinity', 'networkGateway', 'networkGatewayPorts', 'imagePullPolicy', 'imagePullSecrets', 'podDisruptionBudget', 'dnsPolicy',
  'dnsConfig', 'terminationGracePeriodSeconds', 'volumes', 'volumeMounts', 'initContainers', 'additionalContainers', 'priorityClassName', 'lifecycle', 'global',
  'profile', 'platform', 'compatibilityVersion', 'runAsRoot', 'unprivilegedPort',
] as const;

/** The ports of the Service that values of the chart make. */
export function servicePorts(values: Tree): readonly object[] {
  const said = isTree(values.service) ? values.service.ports : undefined;
  if (Array.isArray(said)) return said as object[];
  return (values.networkGateway === undefined ? usualPorts : networkPorts).map(({ name, port }) => ({ name, port, protocol: 'TCP', targetPort: port }));
}

/** A gateway between networks sees the mesh as those inside its network do. */
export function networkView(values: Tree): readonly { readonly name: string; readonly value: unknown }[] | undefined {
  return values.networkGateway === undefined ? undefined : [{ name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: values.networkGateway }];
}

/** The label by which others find the gateway of a network. */
export function networkLabels(values: Tree): Readonly<Record<string, unknown>> {
  return values.networkGateway === undefined ? {} : { 'topology.istio.io/network': values.networkGateway };
}

/** The label `istio` of its pods. */
export function gatewaySelector(name: string): string {
  return name.replace(/^istio-/, '');
}

/** @throws when a name, port or number is none, or a value is unknown to the chart */
export function gatewayValues(where: string, kind: 'ingress' | 'egress' | 'east-west', props: InstalledGateway, presets: readonly Preset[]): Tree {
  const { name, service, ports, replicas, serviceAnnotations = {}, labels = {}, values = {} } = props;
  dnsLabel(where, 'the name of a gateway', name);
  metadataKeys(where, 'annotation', serviceAnnotations);
  metadataKeys(where, 'label', labels);
  for (const key of Object.keys(values)) {
    if ((chartKeys as readonly string[]).includes(key)) continue;
    const near = nearest(key, chartKeys);
    throw new Error(`${where}: gateway "${name}": unknown value "${key}"${near === undefined ? '; see the values of the gateway chart' : `; did you mean "${near}"?`}`);
  }
  for (const port of ports ?? []) checkPort(where, name, port);
  if (replicas && !(Number.isInteger(replicas.min) && Number.isInteger(replicas.max) && replicas.min >= 1 && replicas.max >= replicas.min)) {
    throw new Error(`${where}: gateway "${name}": replicas must be whole numbers with 1 ≤ min ≤ max, got ${JSON.stringify(replicas)}`);
  }
  const available = presets.some(({ gateway }) => 'podDisruptionBudget' in gateway);
  return pruned(merged(
    ...presets.map(({ gateway }) => gateway),
    available ? { topologySpreadConstraints: spread({ istio: gatewaySelector(name) }) } : {},
    {
      service: {
        type: service ?? (kind === 'egress' ? 'ClusterIP' : undefined),
        annotations: { ...serviceAnnotations },
        ports: ports?.map(port => ({ name: port.name, port: port.port, protocol: 'TCP', targetPort: port.targetPort ?? port.port })),
      },
      labels: { ...labels },
      autoscaling: replicas && { enabled: true, minReplicas: replicas.min, maxReplicas: replicas.max },
    },
    values,
  ));
}

const usualPorts: readonly GatewayPort[] = [{ name: 'status-port', port: 15021 }, { name: 'http2', port: 80 }, { name: 'https', port: 443 }];
const networkPorts: readonly GatewayPort[] = [{ name: 'status-port', port: 15021 }, { name: 'tls', port: 15443 }, { name: 'tls-istiod', port: 15012 }, { name: 'tls-webhook', port: 15017 }];

function checkPort(where: string, gateway: string, { name, port, targetPort = port }: GatewayPort): void {
  dnsLabel(where, `gateway "${gateway}": the name of a port`, name);
  for (const number of [port, targetPort]) {
    if (!Number.isInteger(number) || number < 1 || number > 65535) throw new Error(`${where}: gateway "${gateway}": port "${name}" must be between 1 and 65535, got ${String(number)}`);
  }
}
