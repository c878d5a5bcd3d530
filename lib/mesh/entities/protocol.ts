/** How Istio treats a port; `AUTO` is found out from the first bytes, `UNSUPPORTED` names what Istio does not know. */
export type Protocol =
  | 'HTTP' | 'HTTP2' | 'GRPC' | 'GRPC-WEB' | 'HTTP_PROXY' | 'HTTPS' | 'TLS' | 'TCP' | 'MONGO' | 'REDIS' | 'MYSQL' | 'UDP' | 'HBONE' | 'AUTO';

const known = new Map<string, Protocol>([
  ['http', 'HTTP'], ['http2', 'HTTP2'], ['grpc', 'GRPC'], ['grpc-web', 'GRPC-WEB'], ['http_proxy', 'HTTP_PROXY'], ['https', 'HTTPS'],
  ['tls', 'TLS'], ['tcp', 'TCP'], ['mongo', 'MONGO'], ['redis', 'REDIS'], ['mysql', 'MYSQL'], ['udp', 'UDP'],
]);

/** What `appProtocol` may say beside Istio's own names. */
const applicationProtocols = new Map<string, Protocol>([
  ['kubernetes.io/h2c', 'HTTP2'], ['kubernetes.io/ws', 'HTTP'], ['kubernetes.io/wss', 'HTTPS'],
]);

/** Ports whose servers speak first, so that Istio does not wait for the client's bytes. */
const serverFirst = new Set([25, 53, 3306, 27017]);

/** A protocol by name, whatever its case; undefined for a name that Istio does not know. */
export function protocolNamed(name: string): Protocol | undefined {
  return known.get(name.toLowerCase());
}

/**
 * The protocol of a Service port: appProtocol, else the beginning of its name, else found out at run time.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function protocolOf(port: number, name: string, transport: string, appProtocol: string | undefined): Protocol {
  if (transport === 'UDP') return 'UDP';
  const declared = declaredProtocol(name, appProtocol);
  if (declared !== undefined && declared !== 'UDP') return declared;
  return serverFirst.has(port) ? 'TCP' : declared === 'UDP' ? 'TCP' : 'AUTO';
}

function declaredProtocol(name: string, appProtocol: string | undefined): Protocol | undefined {
  if (appProtocol !== undefined && appProtocol !== '') return applicationProtocols.get(appProtocol) ?? protocolNamed(appProtocol);
  if (/^grpc-web/i.test(name)) return 'GRPC-WEB';
  return protocolNamed(name.split('-', 1)[0] ?? '');
}

/** Whether routes of HTTP apply. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-WEB' || protocol === 'HTTP_PROXY';
}

/** Whether routes by server name apply. */
export function isTls(protocol: Protocol): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}
