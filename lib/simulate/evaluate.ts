import { RE2JS } from 're2js';
import type { Clause, Dimension, Pred, Rule, Stage } from '../mesh/index.ts';

/** What a request has in each dimension; one that is not there is missing. Of several values, any may hold. */
export type Values = ReadonlyMap<Dimension, readonly string[]>;

/** Whether something holds. `unknown`: it looks at what is not modelled. */
export type Truth = boolean | 'unknown';

/** Which rule of a stage decided. */
export interface Decision<Treatment, R extends Rule<Treatment> = Rule<Treatment>> {
  readonly treatment: Treatment;
  /** Undefined where none held. */
  readonly rule: R | undefined;
  /** Rules before it of which it is not known whether they hold. */
  readonly unsure: readonly R[];
  /** Rules before it that failed on one clause, the first ones. */
  readonly close: readonly { readonly rule: R; readonly clause: Clause }[];
}

/** The first rule that holds, and what came close. */
export function decide<Treatment, R extends Rule<Treatment>>(stage: Stage<Treatment> & { readonly rules: readonly R[] }, values: Values): Decision<Treatment, R> {
  const unsure: R[] = [];
  const close: { rule: R; clause: Clause }[] = [];
  for (const rule of stage.rules) {
    const failing = failingClauses(rule.all, values);
    if (failing.length === 0) return { treatment: rule.treatment, rule, unsure, close };
    const [first] = failing;
    if (failing.every(({ truth }) => truth === 'unknown')) unsure.push(rule);
    else if (failing.length === 1 && first && close.length < mostClose) close.push({ rule, clause: first.clause });
  }
  return { treatment: stage.otherwise, rule: undefined, unsure, close };
}

const mostClose = 3;

/** Whether all clauses hold. */
export function holds(all: readonly Clause[], values: Values): Truth {
  const failing = failingClauses(all, values);
  return failing.length === 0 ? true : failing.every(({ truth }) => truth === 'unknown') ? 'unknown' : false;
}

/** The clauses that do not hold, or of which it is not known; at most two, for more tell nothing. */
function failingClauses(all: readonly Clause[], values: Values): { readonly clause: Clause; readonly truth: Truth }[] {
  const failing: { clause: Clause; truth: Truth }[] = [];
  let refuted = 0;
  for (const clause of all) {
    const truth = clauseHolds(clause, values);
    if (truth === true) continue;
    failing.push({ clause, truth });
    if (truth === false && ++refuted === 2) break;
  }
  return refuted > 0 ? failing.filter(({ truth }) => truth === false) : failing;
}

/** Whether a clause holds: any of its tests, or with `not` none of them. */
export function clauseHolds(clause: Clause, values: Values): Truth {
  let any: Truth = false;
  for (const pred of clause.any) {
    const truth = predHolds(pred, values);
    if (truth === true) {
      any = true;
      break;
    }
    if (truth === 'unknown') any = 'unknown';
  }
  return any === 'unknown' ? 'unknown' : any !== (clause.not ?? false);
}

/** Whether one test holds. */
export function predHolds(pred: Pred, values: Values): Truth {
  if (pred.dim.startsWith('opaque:')) return 'unknown';
  const found = values.get(pred.dim);
  if (pred.test === 'absent') return (found === undefined) !== (pred.not ?? false);
  if (found === undefined) return pred.whenMissing ?? false;
  if (pred.test === 'regex' && !compiled(pred.value)) return 'unknown';
  return found.some(value => tests[pred.test](value, pred as never)) !== (pred.not ?? false);
}

/** What each test asks of a value. A kind that is missing does not compile. */
const tests: { readonly [K in Pred['test']]: (value: string, pred: Extract<Pred, { readonly test: K }>) => boolean } = {
  exact: (value, { value: wanted, ignoreCase }) => folded(value, ignoreCase) === folded(wanted, ignoreCase),
  prefix: (value, { value: wanted, ignoreCase }) => folded(value, ignoreCase).startsWith(folded(wanted, ignoreCase)),
  suffix: (value, { value: wanted, ignoreCase }) => folded(value, ignoreCase).endsWith(folded(wanted, ignoreCase)),
  segmentPrefix: (value, { value: wanted }) => {
    const stem = wanted.replace(/\/+$/, '');
    return value === stem || value.startsWith(`${stem}/`);
  },
  template: (value, { value: template }) => compiled(templateExpression(template))?.matches(value) ?? false,
  regex: (value, { value: expression }) => compiled(expression)?.matches(value) ?? false,
  host: (value, { value: host }) => {
    const name = value.replace(/:\d+$/, '').toLowerCase();
    const wanted = host.toLowerCase();
    if (wanted === '*') return true;
    return wanted.startsWith('*') ? name.length >= wanted.length && name.endsWith(wanted.slice(1)) : name === wanted;
  },
  nonEmpty: value => value !== '',
  present: () => true,
  absent: () => false,
  range: (value, { intervals }) => intervals.some(({ low, high }) => low <= value && value <= high),
};

function folded(value: string, ignoreCase: true | undefined): string {
  // ASCII alone, as Envoy does: no letter outside it changes.
  return ignoreCase ? value.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : value;
}

/**
 * A path template as RE2.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/path/match/uri_template/v3/uri_template_match.proto
 */
function templateExpression(template: string): string {
  return template.split(/(\{\*\*?\})/).map(part => (part === '{*}' ? `[${segment}]+` : part === '{**}' ? `[${segment}/]*` : RE2JS.quote(part))).join('');
}

const segment = "a-zA-Z0-9._~%!$&'()+,;:@=*\\-";

const expressions = new Map<string, RE2JS | undefined>();

/** Undefined for what is no RE2 expression: Envoy refuses the whole configuration, so that nothing can be said. */
function compiled(expression: string): RE2JS | undefined {
  if (expressions.has(expression)) return expressions.get(expression);
  if (expressions.size >= 10_000) expressions.clear();
  let made: RE2JS | undefined;
  try {
    made = RE2JS.compile(expression);
  } catch {
    made = undefined;
  }
  expressions.set(expression, made);
  return made;
}
