import { grpcStatusOf, simulate, type Outcome as Ending, type Request, type Token, type Trace } from '../../lib/simulate/index.ts';
import { meshOf } from './requests.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly from: { readonly kind: 'workload' | 'ingress-gateway' | 'k8s-gateway'; readonly namespace: string; readonly service?: string; readonly ip?: string; readonly gateway?: { readonly namespace: string; readonly name: string } };
  readonly request: {
    readonly protocol: 'http' | 'https' | 'grpc' | 'tcp'; readonly host: string | null; readonly address: string | null; readonly port: number; readonly path?: string; readonly method?: string;
    readonly headers: Readonly<Record<string, string>>; readonly http2?: boolean; readonly message?: string; readonly followRedirects?: boolean; readonly sni?: string;
    readonly jwt?: readonly { readonly in: string; readonly claims: Readonly<Record<string, unknown>>; readonly expired: boolean; readonly signatureValidForTestJwks?: boolean }[];
  };
  readonly expected: {
    readonly status?: number; readonly grpcStatus?: string; readonly connection?: 'ok' | 'closed'; readonly error?: boolean; readonly mtls?: boolean; readonly notOK?: boolean;
    readonly alpn?: string; readonly backendProtocol?: string; readonly weights?: Readonly<Record<string, number>>;
    readonly mirroredTo?: readonly { readonly service: string; readonly namespace: string; readonly percent: number }[];
    readonly responseHeaders?: { readonly set?: Readonly<Record<string, string>>; readonly absent?: readonly string[] };
    readonly atBackend?: { readonly headers?: Readonly<Record<string, string>>; readonly absentHeaders?: readonly string[]; readonly host?: string; readonly url?: string; readonly path?: string };
  };
  readonly meshConfig?: unknown;
  readonly manifests: readonly string[];
}

/** Requests through VirtualServices, Gateways and DestinationRules: how they end, and what the backend sees. */
export function istioTraffic(oracles: string): Outcome {
  return outcome(casesOf<Case>(oracles, 'requests/istio-traffic/cases.json'), one => {
    const mesh = meshOf(oracles, 'istio-traffic', one.manifests, one.meshConfig === undefined ? {} : { meshConfig: one.meshConfig });
    const request = requestOf(one);
    let trace = simulate(mesh, request);
    const location = trace.outcomes[0]?.answer?.headers.get('location');
    if (one.request.followRedirects && location !== undefined) trace = simulate(mesh, { ...request, to: location, headers: one.request.headers });
    return judge(trace, one);
  });
}

function requestOf({ from, request }: Case): Request {
  const host = request.host ?? request.address ?? 'unknown';
  const old = request.message?.includes('HTTP/1.0') ?? false;
  const protocol = old ? 'http1.0' as const : request.protocol === 'grpc' ? 'grpc' as const : request.protocol === 'tcp' ? 'tcp' as const : request.http2 ? 'http2' as const : 'http' as const;
  const dialled = host.replace(/:\d+$/, '');
  return {
    from: from.kind === 'workload' ? { workload: `${from.namespace}/${from.service ?? ''}` } : from.kind === 'k8s-gateway' ? { gateway: `${from.gateway?.namespace ?? ''}/${from.gateway?.name ?? ''}` } : { gateway: `${from.namespace}/istio-ingressgateway-0` },
    to: `${request.protocol === 'https' ? 'https' : request.protocol === 'tcp' && !old ? 'tcp' : 'http'}://${dialled}:${request.port}${request.path ?? '/'}`,
    headers: { ...request.headers, ...(protocol === 'tcp' ? {} : { host }) },
    protocol,
    ...(request.method === undefined ? {} : { method: request.method }),
    ...(request.address === null ? {} : { address: request.address }),
    ...(request.sni === undefined ? {} : { sni: request.sni }),
    tokens: (request.jwt ?? []).map((token): Token => ({ claims: token.claims, expired: token.expired, signatureValid: token.signatureValidForTestJwks ?? true, in: { header: token.in, prefix: token.in === 'Authorization' ? 'Bearer ' : '' } })),
  };
}

function judge(trace: Trace, { expected, from, request }: Case): string | undefined {
  const said = trace.outcomes.map(one => difference(one, trace, expected, request.protocol === 'grpc')).find(reason => reason !== undefined);
  if (said !== undefined) return said;
  if (expected.weights) {
    const got: Record<string, number> = {};
    for (const { destination, share } of trace.outcomes) if (destination?.kind === 'service') got[destination.host.split('.')[0] ?? ''] = (got[destination.host.split('.')[0] ?? ''] ?? 0) + share * 100;
    for (const [name, percent] of Object.entries(expected.weights)) if (Math.abs((got[name] ?? 0) - percent) > 0.001) return `${name} gets ${got[name] ?? 0} of 100, not ${percent}`;
  }
  if (expected.mirroredTo) {
    const mirrors = trace.steps.concat(trace.outcomes.flatMap(({ steps }) => steps)).flatMap(step => (step.kind === 'mirror' ? [`${step.to} ${step.percent}`] : []));
    const wanted = expected.mirroredTo.map(({ service, namespace, percent }) => `${service}.${namespace}.svc.cluster.local ${percent}`);
    if (JSON.stringify(mirrors) !== JSON.stringify(wanted)) return `mirrored to ${mirrors.join(', ')}, not ${wanted.join(', ')}`;
  }
  return from ? undefined : 'nobody sends it';
}

function difference({ answer, destination, responseHeaders, sure }: Ending, trace: Trace, expected: Case['expected'], grpc: boolean): string | undefined {
  if (!sure) return 'unsure';
  const reached = answer === undefined;
  const status = reached ? 200 : answer.status;
  const shown = reached ? 'reached' : `${answer.kind} ${answer.status ?? ''} ${answer.flag}`;
  if (expected.status !== undefined && status !== expected.status) return `${shown}, not ${expected.status}`;
  if (grpc && expected.grpcStatus !== undefined) {
    const got = reached ? 'OK' : grpcStatusOf(answer);
    if (got.replaceAll('_', '') !== expected.grpcStatus.toUpperCase()) return `gRPC ${got}, not ${expected.grpcStatus}`;
  }
  if (expected.connection !== undefined && (expected.connection === 'ok') !== reached) return `${shown}, not a connection that is ${expected.connection}`;
  if ((expected.error || expected.notOK) && reached) return 'reached, not an error';
  const tls = destination?.kind === 'service' ? destination.tls : undefined;
  if (expected.mtls !== undefined && expected.mtls !== (tls === 'istio mutual')) return `its TLS is ${tls ?? 'unknown'}`;
  const seen = destination && 'request' in destination ? destination.request : undefined;
  if (expected.alpn !== undefined && expected.alpn !== (seen?.version === '2' ? 'h2' : 'http/1.1')) return `ALPN of HTTP ${seen?.version ?? '?'}`;
  if (expected.backendProtocol !== undefined && expected.backendProtocol !== (seen?.version === '2' ? 'HTTP/2.0' : 'HTTP/1.1')) return `HTTP ${seen?.version ?? '?'} at the backend`;
  const { atBackend } = expected;
  for (const [name, value] of Object.entries(atBackend?.headers ?? {})) if (seen?.headers.get(name.toLowerCase()) !== value) return `the backend sees ${name}: ${seen?.headers.get(name.toLowerCase()) ?? '(none)'}, not ${value}`;
  for (const name of atBackend?.absentHeaders ?? []) if (seen?.headers.has(name.toLowerCase())) return `the backend sees ${name}`;
  if (atBackend?.host !== undefined && seen?.authority !== atBackend.host) return `the backend sees the host ${seen?.authority ?? '(none)'}, not ${atBackend.host}`;
  const path = atBackend?.url ?? atBackend?.path;
  if (path !== undefined && seen?.path !== path) return `the backend sees ${seen?.path ?? '(none)'}, not ${path}`;
  const back = new Map(answer?.headers ?? []);
  for (const operation of responseHeaders) if (operation.do !== 'remove') back.set(operation.name, operation.value);
  for (const [name, value] of Object.entries(expected.responseHeaders?.set ?? {})) if (back.get(name.toLowerCase()) !== value) return `${name} is ${back.get(name.toLowerCase()) ?? '(none)'}, not ${value}`;
  for (const name of expected.responseHeaders?.absent ?? []) if (back.has(name.toLowerCase())) return `${name} is there`;
  return trace.outcomes.length === 0 ? 'no outcome' : undefined;
}
