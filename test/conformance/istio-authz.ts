import { grpcStatusOf, simulate, type Outcome as Ending, type Request } from '../../lib/simulate/index.ts';
import type { Mesh } from '../../lib/mesh/index.ts';
import { meshOf } from './requests.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly from: {
    readonly kind: 'workload' | 'ingress-gateway' | 'k8s-gateway'; readonly namespace: string; readonly service?: string;
    readonly ip?: string; readonly gateway?: { readonly namespace: string; readonly name: string };
  };
  readonly request: {
    readonly protocol: 'http' | 'https' | 'grpc' | 'tcp' | 'ws'; readonly host: string; readonly port: number; readonly path?: string; readonly method?: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly expected: {
    readonly allow?: boolean; readonly reachable?: boolean; readonly status?: number; readonly grpcStatus?: string; readonly connection?: string; readonly mtls?: boolean;
    readonly atBackend?: { readonly headers?: Readonly<Record<string, string>>; readonly absentHeaders?: readonly string[]; readonly normalizedPath?: string };
  };
  readonly meshConfig?: unknown;
  readonly manifests: readonly string[];
}

/** Who may call whom: policies, tokens, mutual TLS and how paths are read. */
export function istioAuthz(oracles: string): Outcome {
  const meshes = new Map<string, Mesh>();
  return outcome(casesOf<Case>(oracles, 'requests/istio-authz/cases.json'), one => {
    const key = JSON.stringify([one.manifests, one.meshConfig]);
    const mesh = meshes.get(key) ?? meshOf(oracles, 'istio-authz', one.manifests, { meshConfig: one.meshConfig });
    meshes.set(key, mesh);
    const { outcomes } = simulate(mesh, requestOf(one));
    return outcomes.map(ending => difference(ending, one)).find(reason => reason !== undefined);
  });
}

/** Tokens stand in the headers and the path as text. */
function requestOf({ from, request }: Case): Request {
  const { protocol, host, port, path = '/' } = request;
  const scheme = protocol === 'ws' ? 'http' : protocol;
  return {
    from: senderOf(from),
    to: protocol === 'tcp' ? `${host}:${port}` : `${scheme}://${host}:${port}${path}`,
    headers: { ...request.headers, ...(protocol === 'tcp' ? {} : { host }), ...(protocol === 'ws' ? { upgrade: 'websocket', connection: 'Upgrade' } : {}) },
    method: request.method,
    ip: from.ip,
  };
}

function senderOf({ kind, namespace, service = '', gateway }: Case['from']): Request['from'] {
  if (kind === 'workload') return { workload: `${namespace}/${service}` };
  return { gateway: gateway ? `${gateway.namespace}/${gateway.name}` : `${namespace}/istio-ingressgateway-0` };
}

function difference({ answer, destination, sure }: Ending, { expected, request }: Case): string | undefined {
  if (!sure) return 'unsure';
  const shown = answer ? `${answer.kind} ${answer.status ?? ''} ${answer.flag}` : 'reached';
  const { status, allow, reachable, grpcStatus, connection, atBackend, mtls } = expected;
  if (status !== undefined && (answer ? answer.status : 200) !== status) return `${shown}, not ${status}`;
  for (const wanted of [allow, reachable]) if (wanted !== undefined && wanted !== (answer === undefined)) return `${shown}, not ${wanted ? 'reached' : 'refused'}`;
  if (connection !== undefined && (connection === 'ok') !== (answer === undefined)) return `${shown}, not a connection that is ${connection}`;
  if (grpcStatus !== undefined && request.protocol === 'grpc') {
    const got = answer ? grpcStatusOf(answer) : 'OK';
    if (got.replaceAll('_', '') !== grpcStatus.toUpperCase()) return `gRPC ${got}, not ${grpcStatus}`;
  }
  if (mtls !== undefined && destination?.kind === 'service' && mtls !== (destination.tls === 'istio mutual')) return `its TLS is ${destination.tls}`;
  const seen = destination && 'request' in destination ? destination.request : undefined;
  if (atBackend?.normalizedPath !== undefined && seen?.path !== atBackend.normalizedPath) return `the backend sees ${seen?.path ?? '(none)'}, not ${atBackend.normalizedPath}`;
  for (const name of atBackend?.absentHeaders ?? []) if (seen?.headers.has(name.toLowerCase())) return `the backend sees ${name}`;
  for (const [name, value] of Object.entries(atBackend?.headers ?? {})) if (seen?.headers.get(name.toLowerCase()) !== value) return `the backend does not see ${name} as it should be`;
  return undefined;
}
