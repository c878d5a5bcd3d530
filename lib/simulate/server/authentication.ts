import { requestAuthenticationsFor, type Dimension, type From, type JwtRule, type Mesh, type PolicyTarget } from '../../mesh/index.ts';
import type { Answer, HttpRequest } from './arrival.ts';
import type { Token } from '../request.ts';
import { knownByClaims, principalOf } from './claims.ts';
import type { ServerStep } from './steps.ts';
import { tokensAt, withoutToken, type PlacedToken } from './token-places.ts';
import { payloadOf } from './token-text.ts';
import { verifyToken, type Refusal, type Verdict } from './verify-token.ts';

/** What a proxy makes of the tokens of a request. */
export interface Authenticated {
  readonly steps: readonly ServerStep[];
  /** Undefined where the request goes on. */
  readonly answer: Answer | undefined;
  readonly http: HttpRequest;
  readonly known: ReadonlyMap<Dimension, readonly string[]>;
}

interface Judged {
  readonly rule: JwtRule;
  readonly from: From;
  readonly tokens: readonly (PlacedToken & { readonly verdict: Verdict })[];
}

/**
 * RequestAuthentication: a token that a rule finds must be good; a request without one goes on without an identity. With
 * several rules it is enough that one takes its tokens.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export function authenticate(mesh: Mesh, target: PolicyTarget, request: HttpRequest, tokens: readonly Token[]): Authenticated {
  const rules = requestAuthenticationsFor(mesh, target).flatMap(on => on.jwtRules.map(rule => ({ rule, from: { on, at: rule.path } })));
  if (rules.length === 0) return { steps: [], answer: undefined, http: request, known: new Map() };
  const http = withoutForgeries(request, rules.map(({ rule }) => rule));
  if (isPreflight(http)) return { steps: [{ kind: 'authentication', result: 'preflight', principal: undefined }], answer: undefined, http, known: new Map() };
  const judged = rules.map(({ rule, from }): Judged => ({
    rule, from, tokens: tokensAt(rule.places, http, tokens).map(placed => ({ ...placed, verdict: verifyToken(placed.token, rule, mesh.now) })),
  }));
  const good = judged.find(({ tokens: own }) => own.length > 0 && own.every(({ verdict }) => verdict.taken));
  if (good) return taken(good, http);
  const refusals = judged.flatMap(({ from, tokens: own }) => own.flatMap(({ verdict }) => (verdict.taken ? [] : [{ from, ...verdict }])));
  if (refusals.length === 0) return { steps: [{ kind: 'authentication', result: 'no token', principal: undefined, from: rules[0]?.from }], answer: undefined, http, known: new Map() };
  return refused(refusals, http);
}

function taken({ rule, from, tokens }: Judged, http: HttpRequest): Authenticated {
  const last = tokens.at(-1)?.verdict;
  const claims = last?.taken ? last.token.claims : {};
  const note = last?.taken ? last.note : undefined;
  const kept = rule.forwardsToken ? http : tokens.reduce((left, { place }) => withoutToken(left, place), http);
  const headers = new Map(kept.headers);
  if (rule.payloadHeader !== '') headers.set(rule.payloadHeader, (last?.taken ? last.token.payload : undefined) ?? payloadOf(claims));
  for (const { header, claim } of rule.claimHeaders) {
    const value = claimText(claims, claim.split('.'));
    if (value !== undefined) headers.set(header, value);
  }
  return {
    steps: [{ kind: 'authentication', result: 'valid', principal: principalOf(claims), from, note }],
    answer: undefined,
    http: { ...kept, headers },
    known: knownByClaims(claims, rule.spaceDelimitedClaims),
  };
}

function refused(refusals: readonly { readonly from: From; readonly refusal: Refusal; readonly why: string }[], http: HttpRequest): Authenticated {
  const { scheme, authority, path } = http;
  // That a rule is for another issuer says less than what is wrong with the token under its own.
  const own = refusals.filter(({ refusal }) => refusal !== 'issuer');
  const [first, ...others] = own.length > 0 ? own : refusals;
  const status = (own.length > 0 ? own : refusals).every(({ refusal }) => refusal === 'audience') ? 403 : 401;
  const realm = `Bearer realm="${scheme}://${authority}${path.split('?', 1)[0] ?? ''}", error="invalid_token"`;
  return {
    steps: [{
      kind: 'authentication', result: 'refused', principal: undefined, from: first?.from, note: first?.why,
      close: others.slice(0, 3).map(({ from, why }) => ({ from, why })),
    }],
    answer: { kind: 'http', status, flag: '', body: bodies[first?.refusal ?? 'malformed'], headers: new Map([['www-authenticate', realm]]) },
    http,
    known: new Map(),
  };
}

/** What Envoy answers. */
const bodies: Readonly<Record<Refusal, string>> = {
  malformed: 'Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections',
  issuer: 'Jwt issuer is not configured',
  time: 'Jwt is expired',
  audience: 'Audiences in Jwt are not allowed',
  signature: 'Jwt verification fails',
};

/** The request without the headers that only a checked token may fill. */
function withoutForgeries(http: HttpRequest, rules: readonly JwtRule[]): HttpRequest {
  const own = rules.flatMap(({ payloadHeader, claimHeaders }) => [payloadHeader, ...claimHeaders.map(({ header }) => header)]).filter(name => http.headers.has(name));
  if (own.length === 0) return http;
  const headers = new Map(http.headers);
  for (const name of own) headers.delete(name);
  return { ...http, headers };
}

function isPreflight({ method, headers }: HttpRequest): boolean {
  return method === 'OPTIONS' && headers.has('origin') && headers.has('access-control-request-method');
}

function claimText(claims: unknown, names: readonly string[]): string | undefined {
  let value = claims;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : payloadOf(value as Readonly<Record<string, unknown>>);
}
