import type { Clause, Pred } from '../conditions.ts';
import type { AuthorizationPolicy, AuthorizationRule, Operation, Source } from '../entities/policies.ts';
import { conditionOf, operationConditions, predOf, sourceConditions, type Condition, type Where } from './access-conditions.ts';

/** Who evaluates a policy: an Envoy that sees requests, an Envoy that sees connections only, or ztunnel. */
export type Evaluator = 'http' | 'tcp' | 'ztunnel';

/** What a rule of a policy comes to: one of several sets of clauses, each of which suffices. */
export interface RuleMeaning {
  /** None: the rule never matches. */
  readonly alternatives: readonly (readonly Clause[])[];
  /** What of the rule does not count here, and why. */
  readonly ignored: readonly { readonly at: string; readonly why: string }[];
}

/** Beyond this many combinations of sources and operations a rule is not written out; it is then not modelled. */
const mostAlternatives = 10_000;

/**
 * What a rule of a policy means to who evaluates it. What cannot be evaluated makes an ALLOW narrower, as its whole rule
 * is dropped, and the others wider, as only the field is.
 *
 * Source: istio/istio pilot/pkg/security/authz/model/model.go, pilot/pkg/serviceregistry/ambient/authorization.go
 */
export function meaningOf(policy: AuthorizationPolicy, rule: AuthorizationRule, where: Where, evaluator: Evaluator): RuleMeaning {
  let known = meanings.get(rule);
  if (!known) meanings.set(rule, known = new Map<Evaluator, RuleMeaning>());
  let meaning = known.get(evaluator);
  if (!meaning) known.set(evaluator, meaning = read(policy, rule, where, evaluator));
  return meaning;
}

/** A rule is an object of one mesh config, so that its meaning stays. */
const meanings = new WeakMap<AuthorizationRule, Map<Evaluator, RuleMeaning>>();

function read(policy: AuthorizationPolicy, rule: AuthorizationRule, where: Where, evaluator: Evaluator): RuleMeaning {
  const ignored: { at: string; why: string }[] = [];
  const unknown = evaluator === 'ztunnel' ? undefined : rule.when.find(({ key }) => conditionOf(key) === undefined);
  if (unknown) return { alternatives: [], ignored: [{ at: `${unknown.path}.key`, why: `Istio knows no attribute "${unknown.key}", so it drops the whole rule` }] };
  const clauses = (condition: Condition, values: readonly string[], at: string, not: boolean): readonly Clause[] => {
    if (values.length === 0) return [];
    const why = notEvaluated(condition, evaluator);
    if (why !== undefined) {
      ignored.push({ at, why });
      return [];
    }
    const any = values.flatMap((value, i): readonly Pred[] => {
      const tests = condition.read(value, where);
      if (!tests) ignored.push({ at: `${at}[${i}]`, why: `"${value}" is no value for it` });
      return (tests ?? []).map(test => predOf(condition.dim, test));
    });
    return any.length === 0 ? [] : [{ dim: condition.dim, any, ...(not ? { not: true } as const : {}) }];
  };
  const all = <Field extends string>(conditions: Readonly<Record<Field, Condition>>, from: Readonly<Record<string, unknown>>, path: string): readonly Clause[] =>
    (Object.keys(conditions) as Field[]).flatMap(name => {
      const negative = `not${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
      return [
        ...clauses(conditions[name], from[name] as readonly string[], `${path}.${name}`, false),
        ...clauses(conditions[name], from[negative] as readonly string[], `${path}.${negative}`, true),
      ];
    });
  const sources = rule.from.map((source: Source) => all(sourceConditions, source, source.path));
  const operations = rule.to.map((operation: Operation) => all(operationConditions, operation, operation.path));
  const conditions = rule.when.map(({ key, values, notValues, path }) => {
    const condition = conditionOf(key);
    if (typeof condition !== 'object') {
      ignored.push({ at: `${path}.key`, why: condition === undefined ? 'ztunnel does not know this attribute' : `"${key}" is malformed` });
      return [];
    }
    return [...clauses(condition, values, `${path}.values`, false), ...clauses(condition, notValues, `${path}.notValues`, true)];
  });
  if (policy.action === 'ALLOW' && ignored.length > 0) return { alternatives: [], ignored };
  const groups = [alternativesOf(sources, evaluator), alternativesOf(operations, evaluator)];
  // An empty condition is a match that ztunnel never takes; to Envoy it says nothing.
  if (evaluator === 'ztunnel' && conditions.some(some => some.length === 0)) return { alternatives: [], ignored };
  const [from = [], to = []] = groups;
  if (from.length * to.length > mostAlternatives) return { alternatives: [[notModelled(rule)]], ignored };
  const when = conditions.flat();
  return { alternatives: from.flatMap(source => to.map(operation => [...source, ...operation, ...when])), ignored };
}

function notEvaluated({ httpOnly, ztunnel }: Condition, evaluator: Evaluator): string | undefined {
  if (evaluator === 'ztunnel') return ztunnel ? undefined : 'ztunnel does not look at it; only a waypoint does';
  return evaluator === 'tcp' && httpOnly ? 'the port is not HTTP, so there is no request to look at' : undefined;
}

/** The alternatives of `from` or `to`: one that says nothing where there are none. Those on one and the same dimension are one. */
function alternativesOf(items: readonly (readonly Clause[])[], evaluator: Evaluator): readonly (readonly Clause[])[] {
  if (items.length === 0) return [[]];
  const kept = evaluator === 'ztunnel' ? items.filter(clauses => clauses.length > 0) : items;
  if (kept.some(clauses => clauses.length === 0)) return [[]];
  const merged = new Map<string, Clause>();
  const others: (readonly Clause[])[] = [];
  for (const clauses of kept) {
    const [clause, ...more] = clauses;
    if (!clause || more.length > 0 || clause.not) others.push(clauses);
    else merged.set(clause.dim, { dim: clause.dim, any: [...merged.get(clause.dim)?.any ?? [], ...clause.any] });
  }
  return [...[...merged.values()].map(clause => [clause]), ...others];
}

function notModelled(rule: AuthorizationRule): Clause {
  const dim = `opaque:${rule.path} has more combinations of from and to than are written out` as const;
  return { dim, any: [predOf(dim, { test: 'nonEmpty' })] };
}
