import { simulate, type Destination, type Outcome as Ending, type Request, type Step } from '../../lib/simulate/index.ts';
import { registeredService, scopeAt, sidecarVirtualHost, type Mesh } from '../../lib/mesh/index.ts';
import { meshOf } from './requests.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly kind: 'simulation' | 'sidecar-vhosts';
  readonly proxy: { readonly type: 'sidecar' | 'router'; readonly namespace: string; readonly labels: Readonly<Record<string, string>>; readonly ip: string; readonly ips?: readonly string[] };
  readonly call?: {
    readonly port: number; readonly address?: string; readonly hostHeader?: string; readonly protocol?: 'http' | 'http2' | 'tcp'; readonly tls: 'plaintext' | 'tls' | 'mtls';
    readonly path: string; readonly sni?: string; readonly alpn?: string; readonly callMode?: 'inbound' | 'outbound' | 'gateway';
  };
  readonly routeName?: string;
  readonly meshConfig?: unknown;
  readonly expected: {
    readonly error?: string | null;
    readonly destination?: { readonly direction?: string; readonly port?: number; readonly subset?: string | null; readonly host?: string | null; readonly special?: string };
    readonly virtualHosts?: Readonly<Record<string, readonly { readonly port: number; readonly subset: string | null; readonly host: string }[] | null>>;
  };
  readonly manifests: readonly string[];
}

/** What one proxy does with one call, by its configuration alone. */
export function istioTrafficSimulation(oracles: string): Outcome {
  return outcome(casesOf<Case>(oracles, 'requests/istio-traffic/simulation.json'), one => {
    const mesh = meshOf(oracles, 'istio-traffic', one.manifests, one.meshConfig === undefined ? {} : { meshConfig: one.meshConfig });
    return one.kind === 'sidecar-vhosts' ? judgeVirtualHosts(mesh, one) : judgeCall(mesh, one);
  });
}

function judgeCall(mesh: Mesh, { proxy, call, expected }: Case): string | undefined {
  if (!call) return 'there is no call';
  const http = call.protocol === 'http' || call.protocol === 'http2';
  const host = call.hostHeader ?? 'unknown.host';
  const request: Request = {
    from: { proxy: { kind: proxy.type === 'router' ? 'gateway' : 'sidecar', namespace: proxy.namespace, labels: proxy.labels, ips: proxy.ips ?? [proxy.ip], inbound: call.callMode === 'inbound' } },
    to: `${call.tls === 'plaintext' ? 'http' : 'https'}://${host}:${call.port}${call.path}`,
    headers: { host },
    protocol: call.protocol === 'http2' ? 'http2' : http ? 'http' : 'tcp',
    tls: call.tls === 'plaintext' ? 'none' : call.tls === 'mtls' ? 'mutual' : 'one-way',
    sni: call.sni,
    // Mutual TLS is that of the mesh where nothing else is said.
    alpn: call.alpn ?? (call.tls === 'mtls' ? 'istio' : undefined),
    address: call.address,
    ip: '9.9.9.9',
  };
  const { steps, outcomes } = simulate(mesh, request);
  const [one] = outcomes;
  if (!one || outcomes.length !== 1) return `${outcomes.length} outcomes`;
  const [error, destination] = inEnvoysWords(one, steps.concat(one.steps));
  if (expected.error !== undefined && (expected.error ?? undefined) !== error) return `${error ?? 'no error'}, not ${expected.error ?? 'none'} (${JSON.stringify(destination)})`;
  return expected.destination && !fits(expected.destination, destination) ? `goes to ${JSON.stringify(destination)}, not ${JSON.stringify(expected.destination)}` : undefined;
}

type Named = NonNullable<Case['expected']['destination']>;

/** An ending as Istio's own simulation says it: its error, and the cluster. That a cluster is not there, or has no endpoint, is none. */
function inEnvoysWords({ answer, destination }: Ending, steps: readonly Step[]): [string | undefined, Named | undefined] {
  const to = destination && clusterOf(destination);
  if (destination?.kind === 'refused listener') return ['ErrMultipleFilterChain', undefined];
  if (destination?.kind === 'black hole' || destination?.kind === 'service') return [undefined, to];
  if (!answer) return [undefined, to];
  if (answer.kind === 'refused') return ['ErrNoListener', undefined];
  if (answer.kind === 'closed') return [{ NR: 'ErrNoFilterChain', DPE: 'ErrProtocolError' }[answer.flag] ?? 'ErrMTLSError', to];
  if (answer.status === 301) return ['ErrTLSRedirect', to];
  // No route of a virtual host took it: no virtual host at all is said apart.
  if (answer.status === 404) return [steps.some(({ kind }) => kind === 'route') ? 'ErrNoRoute' : 'ErrNoVirtualHost', to];
  return [undefined, to];
}

function clusterOf(destination: Destination): Named | undefined {
  switch (destination.kind) {
    case 'service': return { direction: 'outbound', port: destination.port, subset: destination.subset === '' ? null : destination.subset, host: destination.host };
    case 'passthrough': return { special: 'PassthroughCluster' };
    case 'dynamic dns': return { special: 'AllowAnyDynamicDNSCluster' };
    case 'black hole': return { special: 'BlackHoleCluster' };
    case 'inbound': return destination.declared ? { direction: 'inbound', port: destination.port, subset: null, host: null } : { special: 'InboundPassthroughCluster' };
    case 'refused listener': return undefined;
  }
}

function fits(expected: Named, found: Named | undefined): boolean {
  if (!found) return false;
  // The cases have an empty DNS domain: `a` of namespace default is `a.default`.
  const short = (host: string | null | undefined): string | null | undefined => host?.replace(/\.svc\.cluster\.local$/, '');
  return expected.special === found.special && (expected.port === undefined || expected.port === found.port) && (expected.subset === undefined || expected.subset === found.subset)
    && (expected.host === undefined || short(expected.host) === short(found.host));
}

/** The clusters of some virtual hosts of a sidecar's route table; null where it must have no such host. */
function judgeVirtualHosts(mesh: Mesh, { proxy, routeName, expected }: Case): string | undefined {
  const port = Number(routeName);
  const scope = scopeAt(mesh, proxy.namespace, new Map(Object.entries(proxy.labels)), port);
  for (const [host, wanted] of Object.entries(expected.virtualHosts ?? {})) {
    const found = sidecarVirtualHost(mesh, scope, port, host.replace(/^\*/, 'any'));
    const own = found && (found.domains.includes(host) || found.service?.host === host) ? found : undefined;
    if (wanted === null) {
      if (own) return `there is a virtual host ${host}`;
      continue;
    }
    if (!own) return `there is no virtual host ${host}, but ${found?.domains.join(', ') ?? 'none'}`;
    const got = own.stage.rules.map(({ treatment }) => (treatment.kind === 'forward' ? treatment.destinations.map(({ to }) => ('host' in to ? `${to.host}:${to.port ?? portOf(mesh, to.host, proxy.namespace, port)}` : String(to.answers))).join(',') : treatment.kind));
    const want = wanted.map(cluster => `${cluster.host}:${cluster.port}`);
    if (JSON.stringify(got) !== JSON.stringify(want)) return `${host} goes to ${got.join('; ')}, not ${want.join('; ')}`;
  }
  return undefined;
}

function portOf(mesh: Mesh, host: string, namespace: string, listener: number): number {
  const ports = registeredService(mesh, host, namespace)?.ports ?? [];
  return ports.length === 1 ? ports[0]?.number ?? listener : listener;
}
