import { accessThroughZtunnel, accessTo, type Mesh } from '../../mesh/index.ts';
import { admit, closed } from './admission.ts';
import type { Answer, Arrival, HttpRequest, Served } from './arrival.ts';
import { authenticate } from './authentication.ts';
import { authorize, authorizeCustom, type Authorized } from './authorization.ts';
import { normalizedRequest } from './normalized-path.ts';
import { policyTarget } from '../policy-target.ts';
import { remoteAddress } from './remote-address.ts';
import type { ServerStep } from './steps.ts';
import { valuesOf } from './values.ts';

/**
 * What the server side does with a request: who may connect, how its path is read, whether its tokens are good, and
 * whether the policies let it pass.
 *
 * Source: istio/istio pilot/pkg/networking/core/listener_builder.go
 */
export function serve(mesh: Mesh, arrival: Arrival): Served {
  const { at, http } = arrival;
  if (at.kind === 'none') return { steps: [], answer: undefined, http, known: new Map(), sure: true };
  const admission = admit(mesh, arrival);
  if (admission.answer) return { steps: admission.steps, answer: admission.answer, http, known: new Map(), sure: true };
  const admitted = identified(arrival, admission.steps);
  const rest = at.kind === 'ambient' ? throughZtunnel(mesh, admitted) : http && arrival.readsHttp ? asRequest(mesh, admitted, http) : asConnection(mesh, admitted);
  return { ...rest, steps: [...admission.steps, ...rest.steps] };
}

/** TLS that the proxy passes on as bytes shows it no certificate. */
export function identified(arrival: Arrival, steps: readonly ServerStep[]): Arrival {
  const { at, transport } = arrival;
  const [step] = steps;
  if (at.kind !== 'sidecar' || transport.tls !== 'mutual' || step?.kind !== 'admission' || step.mode === 'STRICT') return arrival;
  return step.mode === 'PERMISSIVE' && transport.istio ? arrival : { ...arrival, transport: { tls: 'one-way', sni: transport.sni, alpn: undefined } };
}

function asRequest(mesh: Mesh, arrival: Arrival, given: HttpRequest): Served {
  const target = policyTarget(mesh, arrival.at, arrival.service);
  const access = accessTo(mesh, target, 'http');
  const remote = remoteAddress(arrival, mesh.config.trustedProxies);
  const { http, steps: normalization, answer } = normalizedRequest(given, mesh.config.pathNormalization);
  if (answer) return { steps: normalization, answer, http, known: new Map(), sure: true };
  // CUSTOM comes before the tokens are read, so that its rules know nothing of them.
  const custom = authorizeCustom(access, valuesOf(arrival, http, remote, new Map()), forbidden);
  const before = [...normalization, ...custom.steps];
  if (custom.answer) return { steps: before, answer: custom.answer, http, known: new Map(), sure: custom.sure };
  const authenticated = authenticate(mesh, target, http, arrival.tokens);
  if (authenticated.answer) return { steps: [...before, ...authenticated.steps], answer: authenticated.answer, http, known: new Map(), sure: custom.sure };
  const { http: checked, known } = authenticated;
  const authorized = authorize(access, valuesOf(arrival, checked, remote, known), forbidden, 'proxy');
  return { ...passed([...before, ...authenticated.steps], authorized), http: checked, known, sure: custom.sure && authorized.sure };
}

function asConnection(mesh: Mesh, arrival: Arrival): Served {
  const access = accessTo(mesh, policyTarget(mesh, arrival.at, arrival.service), 'tcp');
  const values = valuesOf(arrival, undefined, arrival.remoteIp ?? arrival.peerIp, new Map());
  const custom = authorizeCustom(access, values, closed);
  if (custom.answer) return { ...passed([], custom), http: arrival.http, known: new Map() };
  const authorized = authorize(access, values, closed, 'proxy');
  return { ...passed(custom.steps, authorized), http: arrival.http, known: new Map(), sure: custom.sure && authorized.sure };
}

function throughZtunnel(mesh: Mesh, arrival: Arrival): Served {
  const access = accessThroughZtunnel(mesh, policyTarget(mesh, arrival.at, arrival.service));
  const authorized = authorize(access, valuesOf(arrival, undefined, arrival.peerIp, new Map()), closed, 'ztunnel');
  return { ...passed([], authorized), http: arrival.http, known: new Map() };
}

function passed(before: readonly ServerStep[], { steps, answer, sure }: Authorized): Pick<Served, 'steps' | 'answer' | 'sure'> {
  return { steps: [...before, ...steps], answer, sure };
}

function forbidden(flag: string): Answer {
  return { kind: 'http', status: 403, flag, body: 'RBAC: access denied', headers: new Map() };
}

