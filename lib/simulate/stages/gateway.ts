import { covers, gatewayApiPort, gatewayPort, isServedByIstio, type HttpChain, type ConnectionChain, type Mesh, type TlsChain } from '../../mesh/index.ts';
import { extensionSteps, passingExtensions } from '../extended.ts';
import { answers, closes, ends, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import type { HttpRequest, Served, Transport } from '../server/arrival.ts';
import { serve } from '../server/serve.ts';
import type { Step } from '../trace.ts';
import { autoPassthrough, connected } from './connection.ts';
import { httpsLocation } from './redirect.ts';
import { routed } from './route.ts';

/**
 * What a gateway does with what comes to a port of its proxy: the chain that takes the connection, its policies, its routes.
 *
 * Source: istio/istio pilot/pkg/networking/core/gateway.go
 */
export function gatewayHop(mesh: Mesh, proxy: Proxy, port: number, transport: Transport, passing: Passing): Branch {
  return passingExtensions(extensionSteps(mesh, proxy, 'inbound', port), taken(mesh, proxy, port, transport, passing));
}

function taken(mesh: Mesh, proxy: Proxy, port: number, transport: Transport, passing: Passing): Branch {
  const kubernetes = mesh.kubernetesGateway(proxy.namespace, proxy.labels.get('gateway.networking.k8s.io/gateway-name') ?? '');
  if (kubernetes && !isServedByIstio(mesh, kubernetes)) {
    return ends([{ kind: 'not modelled', what: `a gateway of class ${kubernetes.className}, which is not Istio's`, from: { on: kubernetes, at: 'spec.gatewayClassName' } }], { sure: false });
  }
  const open = (kubernetes && gatewayApiPort(mesh, kubernetes, port)) ?? gatewayPort(mesh, proxy, port);
  if (!open) {
    return ends([{ kind: 'server', port, protocol: '', tls: undefined, note: 'no Gateway opens this port' }], { answer: { ...closes(''), kind: 'refused' }, answeredBy: 'gateway' });
  }
  const step = (from: Step['from'], protocol: string, tls?: string, note?: string): Step => ({ kind: 'server', port, protocol, tls, from, note, close: open.dropped.map(({ from: place, why }) => ({ from: place, why })) });
  const refused = (note: string, from?: Step['from']): Branch => ends([step(from, transport.tls === 'none' ? 'plaintext' : 'TLS', undefined, note)], { answer: closes('NR'), answeredBy: 'gateway' });
  if (transport.tls === 'none') {
    if (!open.plaintext) return refused('the port takes TLS alone, and the client sends plaintext');
    return inside(mesh, proxy, port, open.plaintext, { transport, passing, steps: [step(open.plaintext.from, open.plaintext.kind === 'http' ? 'HTTP' : 'TCP')] });
  }
  const fitting = chainsFor(open.tls, transport.sni);
  const [chain, other] = fitting;
  if (!chain) return refused(open.plaintext ? 'the port takes plaintext, and the client sends TLS' : `no server of the port has the server name ${transport.sni ?? '(none)'}`);
  if (other) {
    const why = 'two servers have the same name, so that Envoy refuses the listener';
    return ends([step(chain.from, 'TLS', chain.mode, why)], { answer: closes(''), answeredBy: 'gateway', destination: { kind: 'refused listener', why } });
  }
  if ((chain.mode === 'MUTUAL' || chain.mode === 'ISTIO_MUTUAL') && transport.tls !== 'mutual') return refused('the server wants a client certificate, and the client shows none', chain.from);
  const steps = [step(chain.from, chain.inside.kind === 'http' ? 'HTTPS' : 'TLS', chain.mode)];
  if (chain.mode === 'AUTO_PASSTHROUGH') return autoPassthrough(mesh, proxy, transport, passing, steps);
  if (chain.mode !== 'PASSTHROUGH') return inside(mesh, proxy, port, chain.inside, { transport, passing, steps });
  const sealed: Passing = { ...passing, tls: { mutual: transport.tls === 'mutual', sni: transport.sni, alpn: transport.tls === 'one-way' ? transport.alpn : undefined } };
  return inside(mesh, proxy, port, chain.inside, { transport, passing: sealed, steps });
}

/** The chains of the most specific name that covers a server name. */
function chainsFor(chains: readonly TlsChain[], sni: string | undefined): readonly TlsChain[] {
  const best = (chain: TlsChain): number => Math.max(-1, ...chain.names.filter(name => (sni === undefined ? name === '*' : covers(name, sni))).map(name => (name === '*' ? 0 : name.startsWith('*') ? name.length : 1000)));
  const most = Math.max(-1, ...chains.map(best));
  return most === -1 ? [] : chains.filter(chain => best(chain) === most);
}

interface Inside {
  readonly transport: Transport;
  readonly passing: Passing;
  readonly steps: readonly Step[];
}

function inside(mesh: Mesh, proxy: Proxy, port: number, chain: HttpChain | ConnectionChain, { transport, passing, steps }: Inside): Branch {
  const http = passing.tls ? undefined : passing.http;
  const reads = chain.kind === 'http';
  if (reads && !http) return ends(steps, { answer: closes('DPE'), answeredBy: 'gateway' });
  const arrived = http && reads ? { ...http, scheme: schemeOf(mesh, http, transport) } : http;
  const served = serve(mesh, {
    at: proxy, port, carries: http ? 'http' : 'tcp', readsHttp: reads, transport, peerIp: passing.ip, remoteIp: undefined, destinationIp: undefined, http: arrived, tokens: passing.tokens, service: undefined,
  });
  const all = [...steps, ...served.steps];
  if (served.answer) return ends(all, { answer: served.answer, answeredBy: 'gateway', sure: served.sure });
  const onward: Passing = { ...passing, sender: proxy, ip: proxy.ips[0] ?? '' };
  const branch = chain.kind === 'http' && served.http
    ? requested(mesh, chain, served, { ...onward, http: served.http })
    : chain.kind === 'connections' ? connected(mesh, chain.stage, onward, { sni: transport.tls === 'none' ? undefined : transport.sni, address: undefined, port }) : ends([], {});
  return { steps: [...all, ...branch.steps], outcomes: served.sure ? branch.outcomes : branch.outcomes.map(outcome => ({ ...outcome, sure: false })) };
}

function requested(mesh: Mesh, chain: HttpChain, served: Served, passing: Passing & { readonly http: HttpRequest }): Branch {
  const { http } = passing;
  const host = chain.virtualHost(http.authority);
  const step: Step = { kind: 'virtual host', authority: http.authority, domains: host?.domains, from: host?.from ?? chain.from };
  if (!host) return ends([step], { answer: answers(404, 'NR'), answeredBy: 'gateway' });
  if (host.httpsOnly && http.scheme === 'http') {
    const location = httpsLocation(http);
    return ends([step, { kind: 'redirect', status: 301, location, from: host.httpsOnly }], { answer: answers(301, '', '', new Map([['location', location]])), answeredBy: 'gateway' });
  }
  const branch = routed(mesh, host, { by: 'gateway', port: chain.declaredPort, passing, known: served.known });
  return { steps: [step, ...branch.steps], outcomes: branch.outcomes };
}

/** The scheme that the client used: as a trusted proxy in front says, else what came in. */
function schemeOf(mesh: Mesh, http: HttpRequest, transport: Transport): HttpRequest['scheme'] {
  const said = http.headers.get('x-forwarded-proto');
  if (mesh.config.trustedProxies > 0 && (said === 'http' || said === 'https')) return said;
  return transport.tls === 'none' ? 'http' : 'https';
}
