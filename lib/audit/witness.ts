import { addressOf, addressText, type Clause, type Dimension, type JwtRule } from '../mesh/index.ts';
import { clauseHolds, holds, knownByClaims, type Request, type Values } from '../simulate/index.ts';
import { samples } from './samples.ts';
import type { Alternatives, Demand } from './verdict.ts';

/** A request without its sender. */
export type Asked = Omit<Request, 'from'>;

/** What a witness is looked for in. */
export interface Search {
  readonly demands: readonly Demand[];
  readonly host: string;
  readonly port: number;
  readonly http: boolean;
  /** Whether no connection comes about, so that every request is refused. */
  readonly fails: boolean;
  /** Whether a request ends as it should; asked of few. */
  readonly ends: (request: Asked) => boolean;
}

/**
 * A request that the policies let pass, or one that they refuse. Values are taken from the policies themselves, changed one,
 * two and three at a time; what is found is tried, so that it is never wrong. Undefined where none is found.
 */
export function findWitness(search: Search, goal: 'allowed' | 'refused'): Asked | undefined {
  const { demands, fails, ends } = search;
  const seeds = goal === 'allowed' ? combined(demands.map(({ allow }) => allow ?? [[]])) : [[], ...demands.flatMap(({ deny }) => deny)];
  const open = dimensionsOf(demands);
  const issuers = [...new Set(demands.flatMap(({ hop }) => hop.jwtRules.map(({ issuer }) => issuer)))].filter(issuer => issuer !== '');
  let tried = 0;
  for (const seed of seeds) {
    for (const values of assignments(seed, open, issuers)) {
      if (++tried > mostTried) return undefined;
      const request = requestOf(values, search);
      const real = request && valuesOf(request, demands);
      if (!real || (!fails && passes(demands, real)) !== (goal === 'allowed')) continue;
      if (ends(request)) return request;
      tried += costOfTrying;
    }
  }
  return undefined;
}

const mostTried = 20_000;
const costOfTrying = 200;
const mostSeeds = 64;

/** Whether what is left of the policies lets a request pass. */
function passes(demands: readonly Demand[], values: Values): boolean {
  return demands.every(({ hop, allow, deny }) => hop.refusal === undefined && !deny.some(all => holds(all, values) === true) && (!allow || allow.some(all => holds(all, values) === true)));
}

/** One alternative of each, all together. */
function combined(all: readonly Alternatives[]): Alternatives {
  return all.reduce<Alternatives>((seeds, alternatives) => seeds.flatMap(seed => alternatives.map(more => [...seed, ...more])).slice(0, mostSeeds), [[]]);
}

function dimensionsOf(demands: readonly Demand[]): ReadonlyMap<Dimension, readonly Clause[]> {
  const open = new Map<Dimension, Clause[]>();
  for (const { allow = [], deny, ask } of demands) {
    for (const clause of [...allow, ...deny, ...ask.map(({ all }) => all)].flat()) {
      const known = open.get(clause.dim);
      if (known) known.push(clause);
      else open.set(clause.dim, [clause]);
    }
  }
  return open;
}

/** What a request has in a dimension; undefined where it has nothing there. */
type Given = readonly string[] | undefined;

/** Values for all dimensions that are asked for: those that a seed wants, then with more and more of the others changed. */
function* assignments(seed: readonly Clause[], open: ReadonlyMap<Dimension, readonly Clause[]>, issuers: readonly string[]): Generator<ReadonlyMap<Dimension, Given>> {
  const choices: { readonly dim: Dimension; readonly values: readonly Given[] }[] = [];
  for (const [dim, clauses] of open) {
    const wanted = seed.filter(clause => clause.dim === dim);
    const accepted = dim === 'request.principal' ? issuers.map(issuer => `${issuer}/meshwright`) : dim === 'claim:iss' ? issuers : [];
    const found = [...accepted, ...samples(dim, clauses.flatMap(({ any }) => any))].map(value => [value]);
    const several = dim.startsWith('claim:') || dim === 'request.audiences' ? [wanted.flatMap(clause => found.find(values => clauseHolds(clause, new Map([[dim, values]])) === true) ?? [])] : [];
    const absent: readonly Given[] = isOptional(dim) ? [undefined] : [];
    const values = [...absent, ...found, ...several].filter(own => wanted.every(clause => clauseHolds(clause, own === undefined ? new Map() : new Map([[dim, own]])) === true));
    if (values.length === 0) return;
    choices.push({ dim, values });
  }
  const first = new Map(choices.map(({ dim, values }) => [dim, values[0]]));
  yield first;
  for (let changes = 1; changes <= Math.min(3, choices.length); changes++) yield* changed(first, choices, changes, 0);
}

function* changed(from: ReadonlyMap<Dimension, Given>, choices: readonly { readonly dim: Dimension; readonly values: readonly Given[] }[], changes: number, at: number): Generator<ReadonlyMap<Dimension, Given>> {
  if (changes === 0) {
    yield from;
    return;
  }
  for (let i = at; i + changes <= choices.length; i++) {
    const choice = choices[i];
    for (const values of choice?.values.slice(1) ?? []) if (choice) yield* changed(new Map(from).set(choice.dim, values), choices, changes - 1, i + 1);
  }
}

function isOptional(dim: Dimension): boolean {
  return /^(header|query|claim):|^request\./.test(dim);
}

/** Undefined for values that no request has together. */
function requestOf(values: ReadonlyMap<Dimension, Given>, { demands, host, port, http }: Search): Asked | undefined {
  const one = (dim: Dimension): string | undefined => values.get(dim)?.[0];
  const headers: Record<string, string> = {};
  for (const [dim, value] of values) if (dim.startsWith('header:') && value?.[0] !== undefined) headers[dim.slice('header:'.length)] = value[0];
  const remote = one('remote.ip');
  const source = one('source.ip');
  if (remote !== undefined && source !== undefined && remote !== source) headers['x-forwarded-for'] = addressOf(remote);
  const ip = source ?? remote;
  const tokens = tokensOf(values, demands.flatMap(({ hop }) => hop.jwtRules));
  if (!tokens) return undefined;
  return {
    to: http ? `http://${host}:${port}${one('path') ?? '/'}` : `${host}:${port}`,
    ...(http ? { method: one('method') ?? 'GET' } : {}),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(ip === undefined ? {} : { ip: addressOf(ip) }),
    ...(tokens.length === 0 ? {} : { tokens }),
  };
}

/** No token, or one that a rule takes; undefined where none takes one with these values. */
function tokensOf(values: ReadonlyMap<Dimension, Given>, rules: readonly JwtRule[]): NonNullable<Asked['tokens']> | undefined {
  const claims: Record<string, unknown> = {};
  for (const [dim, value] of values) {
    if (!value) continue;
    if (dim === 'request.principal') {
      const principal = value[0] ?? '';
      const slash = principal.lastIndexOf('/');
      if (slash <= 0) return undefined;
      claims.iss = principal.slice(0, slash);
      claims.sub = principal.slice(slash + 1).replaceAll('%2F', '/');
    } else if (dim === 'request.audiences') {
      claims.aud = value.length === 1 ? value[0] : value;
    } else if (dim === 'request.presenter') {
      claims.azp = value[0];
    } else if (dim.startsWith('claim:')) {
      const name = dim.slice('claim:'.length);
      put(claims, name.startsWith('[') ? name.slice(1, -1).split('][') : name.split('.'), value.length === 1 ? value[0] : value);
    }
  }
  if (Object.keys(claims).length === 0) return [];
  const rule = rules.find(({ issuer }) => claims.iss === undefined || issuer === '' || issuer === claims.iss);
  if (!rule) return undefined;
  const [place] = rule.places;
  return [{ claims: { iss: rule.issuer === '' ? 'meshwright' : rule.issuer, sub: 'meshwright', ...(rule.audiences.length === 0 ? {} : { aud: rule.audiences[0] }), ...claims }, ...(place ? { in: place } : {}) }];
}

function put(claims: Record<string, unknown>, [name = '', ...more]: readonly string[], value: unknown): void {
  if (more.length === 0) {
    claims[name] = value;
    return;
  }
  const inner = typeof claims[name] === 'object' && claims[name] !== null && !Array.isArray(claims[name]) ? claims[name] as Record<string, unknown> : {};
  put(inner, more, value);
  claims[name] = inner;
}

/** What policies see of a request. */
function valuesOf({ to, method, headers = {}, ip, tokens = [] }: Asked, demands: readonly Demand[]): Values {
  const values = new Map<Dimension, readonly string[]>();
  const delimited = demands.flatMap(({ hop }) => hop.jwtRules).flatMap(({ spaceDelimitedClaims }) => spaceDelimitedClaims);
  for (const { claims } of tokens) for (const [dim, value] of knownByClaims(claims, delimited)) values.set(dim, value);
  if (method !== undefined) values.set('method', [method]).set('path', [/^http:\/\/[^/]*([^]*)$/.exec(to)?.[1] ?? '/']);
  for (const [name, value] of Object.entries(headers)) values.set(`header:${name}`, [String(value)]);
  if (ip !== undefined) {
    const text = addressText(ip) ?? '';
    const forwarded = headers['x-forwarded-for'];
    values.set('source.ip', [text]).set('remote.ip', [typeof forwarded === 'string' ? addressText(forwarded) ?? '' : text]);
  }
  return values;
}
