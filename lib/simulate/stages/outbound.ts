import { scopeAt, sidecarVirtualHost, virtualHostOf, type Mesh, type Scope } from '../../mesh/index.ts';
import type { Call } from '../call.ts';
import { extensionSteps, passingExtensions } from '../extended.ts';
import { closes, ending, ends, type Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import type { HttpRequest } from '../server/arrival.ts';
import { normalizedRequest } from '../server/normalized-path.ts';
import type { Step } from '../trace.ts';
import { blocked, connected } from './connection.ts';
import type { Dialled } from './dialled.ts';
import { direct } from './direct.ts';
import { seenBy } from './inbound.ts';
import { listenerFor } from './listener.ts';
import { routed } from './route.ts';

/** What the sidecar of a client does with what its application sends. */
export function outbound(mesh: Mesh, client: Proxy, call: Call, target: Dialled, passing: Passing): Branch {
  if (target.kind === 'itself') {
    const step: Step = { kind: 'listener', port: call.port, protocol: '', service: undefined, note: 'calls of an application to itself pass no proxy' };
    return ends([step], { destination: { kind: 'passthrough', address: target.address, request: seenBy(call.http) } });
  }
  if (call.port === 15001 || call.port === 15006) {
    const step: Step = { kind: 'listener', port: call.port, protocol: '', service: undefined, note: 'the ports of the proxy itself lead nowhere, so that nothing goes round in circles' };
    return ends([step], { answer: closes('UH'), answeredBy: 'client', destination: { kind: 'black hole' } });
  }
  const scope = scopeAt(mesh, client.namespace, client.labels, call.port);
  const seen: Step[] = scope.sidecar ? [{ kind: 'scope', from: { on: scope.sidecar, at: scope.sidecar.egress ? 'spec.egress' : '' } }] : [];
  const branch = passingExtensions(extensionSteps(mesh, client, 'outbound', call.port), taken(mesh, scope, client, call, target, passing));
  return { steps: [...seen, ...branch.steps], outcomes: branch.outcomes };
}

function taken(mesh: Mesh, scope: Scope, client: Proxy, call: Call, target: Dialled, passing: Passing): Branch {
  const listener = listenerFor(mesh, scope, target, call);
  const from = listener.kind === 'unknown' || !listener.service?.owners[0] ? undefined : { on: listener.service.owners[0], at: '' };
  const address = addressOf(target, call);
  const unknown = (asHttp: boolean, note?: string): Branch => unknownTraffic(mesh, scope, target, passing, { asHttp, note, port: call.port });
  switch (listener.kind) {
    case 'unknown': {
      const branch = unknown(listener.readsHttp && call.bytes === 'http' && modeOf(mesh, scope) === 'ALLOW_ANY_DYNAMIC_DNS', listener.why);
      return { steps: branch.steps, outcomes: branch.outcomes };
    }
    case 'connections': {
      const branch = connected(mesh, listener.stage, passing, { sni: call.tls?.sni, address, port: call.port }, () => unknown(false));
      return { steps: [{ kind: 'listener', port: call.port, protocol: listener.port.protocol, service: listener.service.host, from }, ...branch.steps], outcomes: branch.outcomes };
    }
    case 'http': {
      const step: Step = { kind: 'listener', port: call.port, protocol: 'HTTP', service: listener.service?.host, from };
      const branch = call.http ? requested(mesh, scope, call.http, call, listener.service, passing, read => unknownTraffic(mesh, scope, target, read, { asHttp: true, note: undefined, port: call.port })) : unknown(false);
      return { steps: [step, ...branch.steps], outcomes: branch.outcomes };
    }
  }
}

function requested(mesh: Mesh, scope: Scope, given: HttpRequest, call: Call, service: Parameters<typeof virtualHostOf>[3] | undefined, passing: Passing, unknown: (passing: Passing) => Branch): Branch {
  if (given.version === '1.0') return oldHttp(mesh, scope, call, service, passing);
  const { http, steps, answer } = normalizedRequest(given, mesh.config.pathNormalization);
  if (answer) return ends(steps, { answer, answeredBy: 'client' });
  const host = service ? virtualHostOf(mesh, scope, call.port, service) : sidecarVirtualHost(mesh, scope, call.port, http.authority);
  const step: Step = { kind: 'virtual host', authority: http.authority, domains: host?.domains, from: host?.from };
  const branch = host ? routed(mesh, host, { by: 'client', port: call.port, passing: { ...passing, http }, known: new Map() }) : unknown({ ...passing, http });
  return { steps: [...steps, step, ...branch.steps], outcomes: branch.outcomes };
}

/** HTTP/1.0: refused on ports that are declared as HTTP; where the protocol is found out it is passed on as a connection. */
function oldHttp(mesh: Mesh, scope: Scope, call: Call, service: Parameters<typeof virtualHostOf>[3] | undefined, passing: Passing): Branch {
  if (!service) return ends([], { answer: { kind: 'http', status: 426, flag: '', body: '', headers: new Map() }, answeredBy: 'client' });
  const listener = listenerFor(mesh, scope, { kind: 'service', service, address: undefined }, { ...call, bytes: 'tcp' });
  return listener.kind === 'connections' ? connected(mesh, listener.stage, passing, { sni: undefined, address: undefined, port: call.port }) : blocked(false);
}

function addressOf(target: Dialled, call: Call): string | undefined {
  return target.kind === 'name' || target.kind === 'itself' ? call.address : target.address;
}

function modeOf(mesh: Mesh, { sidecar }: Scope): string {
  return sidecar?.outboundMode ?? mesh.config.outboundTrafficPolicy;
}

/** What nothing in the mesh knows: let through, refused, or looked up, as the outbound traffic policy says. */
function unknownTraffic(mesh: Mesh, scope: Scope, target: Dialled, passing: Passing, { asHttp, note, port }: { readonly asHttp: boolean; readonly note: string | undefined; readonly port: number }): Branch {
  const { sidecar } = scope;
  const mode = modeOf(mesh, scope);
  const step: Step = { kind: 'unknown traffic', mode, note, from: sidecar?.outboundMode === undefined ? undefined : { on: sidecar, at: 'spec.outboundTrafficPolicy' } };
  if (mode === 'REGISTRY_ONLY') {
    const branch = blocked(asHttp);
    return { steps: [step], outcomes: branch.outcomes };
  }
  if (sidecar?.hasEgressProxy) {
    return { steps: [step], outcomes: [ending({ steps: [{ kind: 'not modelled', what: 'the egress proxy of the Sidecar', from: { on: sidecar, at: 'spec.outboundTrafficPolicy.egressProxy' } }], sure: false })] };
  }
  if (mode === 'ALLOW_ANY_DYNAMIC_DNS' && asHttp && passing.http) {
    return ends([step], { destination: { kind: 'dynamic dns', host: passing.http.authority, request: seenBy(passing.http) } });
  }
  const branch = direct(mesh, target, passing, port);
  return { steps: [step, ...branch.steps], outcomes: branch.outcomes };
}
