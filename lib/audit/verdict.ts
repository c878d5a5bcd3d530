import type { Clause, Dimension, Rule } from '../mesh/index.ts';
import { clauseHolds, type Hop, type Values } from '../simulate/index.ts';

/** Alternatives, each some clauses that must all hold; one without clauses always does. */
export type Alternatives = readonly (readonly Clause[])[];

/** What a proxy asks of the requests of one client: what is left of its policies when who calls is known. */
export interface Demand {
  readonly hop: Hop;
  /** A request must meet one; undefined where it need not. */
  readonly allow: Alternatives | undefined;
  /** A request must meet none. */
  readonly deny: Alternatives;
  /** Requests that an external authorizer is asked about. */
  readonly ask: readonly { readonly provider: string; readonly all: readonly Clause[] }[];
}

/** Whether all requests pass, some, or none. */
export type Verdict = 'all' | 'some' | 'none';

/** What is left of the policies of a proxy for one client. */
export function demandOf(hop: Hop, identity: string | undefined, request: Values): Demand {
  const fixed = fixedValues(hop, identity, request);
  const left = <Treatment>(rules: readonly Rule<Treatment>[]): { readonly all: readonly Clause[]; readonly treatment: Treatment }[] => rules.flatMap(rule => {
    const all = reduced(rule.all, hop, fixed);
    return all ? [{ all, treatment: rule.treatment }] : [];
  });
  const { access } = hop;
  const custom = left(access.custom.rules);
  const allow = left(access.allow.rules).map(({ all }) => all);
  return {
    hop,
    allow: access.allow.otherwise === 'allow' || allow.some(all => all.length === 0) ? undefined : allow,
    deny: [...left(access.deny.rules), ...custom.filter(({ treatment }) => treatment.kind === 'deny')].map(({ all }) => all),
    ask: custom.flatMap(({ all, treatment }) => (treatment.kind === 'ask' ? [{ provider: treatment.provider, all }] : [])),
  };
}

/** What demands come to together. */
export function verdictOf(demands: readonly Demand[]): Verdict {
  if (demands.some(({ hop, allow, deny }) => hop.refusal !== undefined || allow?.length === 0 || deny.some(all => all.length === 0))) return 'none';
  return demands.every(({ allow, deny }) => allow === undefined && deny.length === 0) ? 'all' : 'some';
}

/** What a proxy knows of every request of a client. */
export function fixedValues({ known, identity: shown, reads }: Hop, identity: string | undefined, request: Values): Values {
  const values = new Map<Dimension, readonly string[]>(known);
  const who = shown === 'client' ? identity : shown?.of;
  if (who !== undefined) values.set('source.identity', [who]);
  if (reads) for (const dim of ['authority', 'scheme'] as const) values.set(dim, request.get(dim) ?? []);
  return values;
}

/** The clauses that a request decides; undefined where one fails whatever it is. */
function reduced(all: readonly Clause[], hop: Hop, fixed: Values): readonly Clause[] | undefined {
  const left: Clause[] = [];
  for (const clause of all) {
    if (isOpen(clause.dim, hop, fixed)) left.push(clause);
    else if (clauseHolds(clause, fixed) !== true) return undefined;
  }
  return left;
}

/** Whether requests of one client differ in a dimension. Tokens count only where some are taken. */
function isOpen(dim: Dimension, { jwtRules }: Hop, fixed: Values): boolean {
  if (dim.startsWith('claim:') || dim.startsWith('request.')) return jwtRules.length > 0;
  return !fixed.has(dim) && dim !== 'source.identity' && dim !== 'sni';
}

/**
 * What of an identity the policies of some proxies tell apart: clients for whom it gives the same text are treated alike. Those
 * whom no policy names in full cost a look into a set, and a test for each pattern.
 */
export function distinctions(hops: readonly Hop[]): (identity: string | undefined) => string {
  const named = new Set<string>();
  const patterns = new Map<string, Clause>();
  for (const { identity, access: { custom, deny, allow } } of hops) {
    if (identity !== 'client') continue;
    for (const clause of [custom, deny, allow].flatMap(({ rules }) => rules.flatMap(({ all }) => all)).filter(({ dim }) => dim === 'source.identity')) {
      for (const pred of clause.any) {
        if (pred.test === 'exact' && !pred.ignoreCase) named.add(pred.value);
        else patterns.set(JSON.stringify(pred), { dim: clause.dim, any: [pred] });
      }
    }
  }
  const clauses = [...patterns.values()];
  return identity => {
    if (identity === undefined) return '';
    const values: Values = clauses.length === 0 ? nothing : new Map([['source.identity', [identity]]]);
    return `${named.has(identity) ? identity : '*'} ${clauses.map(clause => (clauseHolds(clause, values) === true ? '1' : '0')).join('')}`;
  };
}

const nothing: Values = new Map();
