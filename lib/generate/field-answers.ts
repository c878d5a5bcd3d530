// What the table of fields cannot read from facts and goldens: which intent a golden file is of, and why some fields have none.

/** Folders of golden files, or single files, and the intent that each is of; the longest that fits holds. */
const intents: Readonly<Record<string, string>> = {
  'mesh-service': 'MeshService',
  'mesh-namespace': 'MeshNamespace',
  'mutual-tls': 'MutualTls',
  'mtls-plan': 'MtlsPlan',
  'keys-and-certificates/gateway-certificate.yaml': 'GatewayCertificate',
  'keys-and-certificates/two-certificates.yaml': 'GatewayCertificate',
  'keys-and-certificates/referenced-secrets.yaml': 'ReferencedSecret',
  'keys-and-certificates/plugged-in-ca.yaml': 'PluggedInCa',
  'keys-and-certificates/istio-csr-self-signed.yaml': 'IstioCsr',
  'keys-and-certificates/istio-csr-issuer.yaml': 'IstioCsr',
  'keys-and-certificates/spire-ca.yaml': 'SpireCa',
  'route': 'Route',
  'connection-route/tcp.yaml': 'TcpRoute',
  'connection-route/tls.yaml': 'TlsRoute',
  'connection-route/gateway.yaml': 'IngressGateway',
  'delegate': 'Delegate',
  'canary': 'Canary',
  'progressive-delivery': 'Canary',
  'progressive-delivery/blue-green.yaml': 'BlueGreen',
  'progressive-delivery/ab-test.yaml': 'AbTest',
  'mirror': 'Mirror',
  'fault': 'Fault',
  'traffic-policy': 'TrafficPolicy',
  'ingress-gateway': 'IngressGateway',
  'external-service': 'ExternalService',
  'external-service/egress-gateway.yaml': 'EgressGateway',
  'machine': 'Machine',
  'rate-limit': 'RateLimit',
  'install': 'IstioInstallation',
  'proxy-extension': 'ProxyExtension',
  'waypoint': 'MeshService',
};

/** The intent that a golden file is of. @throws when none is known */
export function intentOf(path: string): string {
  const [, intent] = Object.entries(intents).filter(([prefix]) => path === prefix || path.startsWith(`${prefix}/`)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (intent === undefined) throw new Error(`${path}: lib/generate/field-answers.ts does not say which intent this golden file is of`);
  return intent;
}

/** Fields that no intent sets, each with the reason. A reason holds for the fields below as well. */
export const onlyByHand: readonly (readonly [field: string, reason: string])[] = [
  ['VirtualService.spec.http[].corsPolicy.allowOrigin[]', 'deprecated; `allowOrigins` says more'],
  ['VirtualService.spec.http[].fault.abort.http2Error', 'Istio refuses it: not implemented'],
  ['VirtualService.spec.http[].fault.delay.exponentialDelay', 'Istio refuses it: not implemented'],
  ['VirtualService.spec.http[].fault.delay.percent', 'deprecated; `percentage` says it finer'],
  ['VirtualService.spec.http[].match[].gateways[]', 'each gateway has a VirtualService of its own; `Match.gateway` and `Match.inMesh` choose where a route stands'],
  ['VirtualService.spec.http[].match[].name', 'the name of the route stands in access logs; that of one of its matches adds nothing to an intent'],
  ['VirtualService.spec.http[].match[].statPrefix', 'names statistics of Envoy, not traffic'],
  ['VirtualService.spec.http[].mirror', '`mirrors` says it for one target as for several'],
  ['VirtualService.spec.http[].mirrorPercent', 'deprecated; `mirrors` says it'],
  ['VirtualService.spec.http[].mirrorPercentage', '`mirrors` says it'],
  ['VirtualService.spec.http[].mirror_percent', 'deprecated; `mirrors` says it'],
  ['VirtualService.spec.tcp[].match[].gateways[]', 'each gateway has a VirtualService of its own'],
  ['VirtualService.spec.tcp[].match[].sourceSubnet', 'hidden from the documentation of Istio; labels and namespaces of a source are stable where addresses of pods are not'],
  ['VirtualService.spec.tls[].match[].gateways[]', 'each gateway has a VirtualService of its own'],
  ['DestinationRule.spec.trafficPolicy.loadBalancer.consistentHash.minimumRingSize', 'deprecated; `ringHash` says it'],
  ['DestinationRule.spec.trafficPolicy.loadBalancer.warmupDurationSecs', 'deprecated; `warmup` says more'],
  ['DestinationRule.spec.trafficPolicy.outlierDetection.consecutiveErrors', 'deprecated; `consecutive5xxErrors` and `consecutiveGatewayErrors` say which'],
  ['DestinationRule.spec.workloadSelector', 'a rule for some clients hides that of the service from them, and its subsets with it'],
  ['Gateway.spec.servers[].bind', 'the address of a listener belongs to the installation of the pods'],
  ['Gateway.spec.servers[].defaultEndpoint', 'hidden from the documentation of Istio; a gateway sends requests by routes'],
  ['Gateway.spec.servers[].name', 'used in names of Envoy alone; ports are named'],
  ['Gateway.spec.servers[].port.targetPort', 'Istio refuses it: it has no effect'],
  ['Gateway.spec.servers[].tls.caCertificates', 'a file in the pods; certificates are Secrets, by name'],
  ['Gateway.spec.servers[].tls.caCrl', 'a file in the pods; Istio refuses it with `SIMPLE`'],
  ['Gateway.spec.servers[].tls.insecureSkipVerify', 'accepts the certificate of any client, so that asking for one protects nothing'],
  ['Gateway.spec.servers[].tls.privateKey', 'a file in the pods; certificates are Secrets, by name'],
  ['Gateway.spec.servers[].tls.serverCertificate', 'a file in the pods; certificates are Secrets, by name'],
  ['Gateway.spec.servers[].tls.tlsCertificates[]', 'files in the pods; several credentials are Secrets, by name'],
  ['Sidecar.spec.egress[].bind', 'for workloads whose traffic is not captured, which a MeshNamespace does not have'],
  ['Sidecar.spec.egress[].captureMode', 'for workloads whose traffic is not captured, which a MeshNamespace does not have'],
  ['Sidecar.spec.egress[].port', 'a listener of a port leaves every other port without one; `calls` gives a workload all ports of whom it calls'],
  ['Sidecar.spec.ingress[]', 'listeners of a workload are made of the ports of its Service'],
  ['Sidecar.spec.outboundTrafficPolicy.egressProxy', 'sends what is unknown through one proxy; an EgressGateway lets through what is known'],
];
