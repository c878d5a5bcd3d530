import { testsOf, type Caller, type CallerTest } from '../values/caller.ts';
import { AccessPolicies } from './access-policies.ts';
import type { RuleProps } from './declared-rule.ts';
import type { AccessOperation } from './operation.ts';
import type { PolicyTarget } from './policy-place.ts';

/**
 * The DENY rule that takes all of what a grant lets in, so that the grant would never hold: one of the same target, or of
 * one around it. Undefined where there is none.
 */
export function refusedBy(grant: RuleProps, targets: readonly PolicyTarget[], trustDomain: string): string | undefined {
  const denied = targets.flatMap(target => AccessPolicies.of(target).declared).filter(({ action, dryRun }) => action === 'DENY' && !dryRun);
  return denied.filter(deny => !refusesEverything(deny)).find(deny => {
    const refused = pairsOf(deny, trustDomain);
    return pairsOf(grant, trustDomain).every(pair => refused.some(other => takes(other, pair)));
  })?.declaredBy.node.path;
}

/** One that refuses everyone everything is a switch, and meant to be at odds with every grant. */
function refusesEverything({ from, to, when }: RuleProps): boolean {
  return from === 'anyone' && to === undefined && when === undefined;
}

/** One caller and one operation of a rule, as texts. */
interface Pair {
  /** Tests that must all hold; none for anyone. */
  readonly caller: readonly string[];
  readonly operation: string | undefined;
  readonly when: readonly string[];
}

function pairsOf({ from, to, when = [] }: RuleProps, trustDomain: string): readonly Pair[] {
  const callers: readonly Caller[] = from === 'anyone' ? [[]] : from;
  const operations: readonly (AccessOperation | undefined)[] = to ?? [undefined];
  const conditions = when.map(text);
  return callers.flatMap(caller => operations.map(operation => ({
    caller: testsOf(caller).map(test => text(asPrincipal(test, trustDomain))), operation: operation && text(operation), when: conditions,
  })));
}

/** Whether whatever is in one pair is surely in the other, as far as equal texts tell. */
function takes(wide: Pair, narrow: Pair): boolean {
  return wide.when.every(condition => narrow.when.includes(condition))
    && (wide.operation === undefined || wide.operation === narrow.operation)
    && wide.caller.every(test => narrow.caller.includes(test));
}

function asPrincipal(test: CallerTest, trustDomain: string): CallerTest {
  return test.on === 'account' ? { on: 'principal', principal: `${trustDomain}/ns/${test.namespace}/sa/${test.account}`, not: test.not } : test;
}

/** The same text for the same things, in whatever order they were written. */
function text(value: object): string {
  const said = Object.entries(value as Readonly<Record<string, unknown>>).filter(([, part]) => part !== undefined && part !== false);
  return JSON.stringify(said.map(([name, part]): [string, unknown] => [name, Array.isArray(part) ? [...part as unknown[]].sort() : part]).sort());
}
