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
  const denied = targets.flatMap((target, i) => AccessPolicies.of(target).declared.filter(({ action, dryRun }) => action === 'DENY' && !dryRun)
    // Ports of a service are not those of its containers, which a rule around it means.
    .filter(({ to = [] }) => i === 0 || to.every(({ ports, notPorts }) => !ports && !notPorts)));
  return denied.filter(deny => !refusesEverything(deny)).find(deny => {
    const refused = pairsOf(deny, trustDomain);
    return pairsOf(grant, trustDomain).every(pair => refused.some(other => takes(other, pair)));
  })?.declaredBy.node.path;
}

/** One that refuses everyone everything is a switch, and meant to be at odds with every grant. */
function refusesEverything({ from, to, when }: RuleProps): boolean {
  return from === 'anyone' && to === undefined && when === undefined;
}

/** One caller and one operation of a rule. */
interface Pair {
  /** Tests that must all hold; none for anyone. */
  readonly caller: readonly CallerTest[];
  readonly operation: AccessOperation;
  /** As texts. */
  readonly when: readonly string[];
}

function pairsOf({ from, to, when = [] }: RuleProps, trustDomain: string): readonly Pair[] {
  const callers: readonly Caller[] = from === 'anyone' ? [[]] : from;
  const operations: readonly AccessOperation[] = to ?? [{}];
  const conditions = when.map(text);
  return callers.flatMap(caller => operations.map(operation => ({ caller: testsOf(caller).map(test => asPrincipal(test, trustDomain)), operation, when: conditions })));
}

/** Whether whatever is in one pair is surely in the other. */
function takes(wide: Pair, narrow: Pair): boolean {
  return wide.when.every(condition => narrow.when.includes(condition))
    && takesOperation(wide.operation, narrow.operation)
    && wide.caller.every(test => narrow.caller.some(other => text(test) === text(other) || takesCaller(test, other)));
}

function takesOperation(wide: AccessOperation, narrow: AccessOperation): boolean {
  return Object.entries(wide).every(([name, values]: [string, readonly (string | number)[] | undefined]) => {
    if (values === undefined) return true;
    const own: readonly (string | number)[] | undefined = narrow[name as keyof AccessOperation];
    // What is refused for all but some: those that are let in are not among these, or all of these are left out as well.
    if (name.startsWith('not')) return own ? values.every(value => own.includes(value)) : name === 'notMethods' && narrow.methods?.every(method => !values.includes(method)) === true;
    // A client may write a port behind a host, which a pattern does not take.
    return own?.every(value => values.some(pattern => (name === 'hosts' ? pattern === value : matches(pattern, value)))) === true;
  });
}

/** Whether a test surely takes all that another takes, which is no negation. */
function takesCaller(wide: CallerTest, narrow: CallerTest): boolean {
  if (narrow.not === true || narrow.on !== 'principal') return wide.not !== true && wide.on === 'principal' && wide.principal === '*' && narrow.not !== true && narrow.on === 'namespace';
  const [, domain, namespace] = /^([^/*]+)\/ns\/([^/*]+)\/sa\/[^/*]+$/.exec(narrow.principal) ?? [];
  if (wide.on === 'principal') return wide.not !== true && matches(wide.principal, narrow.principal);
  if (domain === undefined) return false;
  if (wide.on === 'namespace') return (wide.namespace === namespace) !== (wide.not === true);
  return wide.on === 'trustDomain' && wide.not !== true && wide.trustDomain === domain;
}

/** One whole text, or all that begins or ends alike. What is a pattern itself is taken by an equal one, or one that is wider at the same end. */
function matches(pattern: string | number, value: string | number): boolean {
  if (typeof pattern === 'number' || typeof value === 'number' || pattern.includes('{') || value.includes('{')) return pattern === value;
  if (pattern === value || pattern === '*') return true;
  if (pattern.endsWith('*')) return !value.startsWith('*') && value.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') && !value.endsWith('*') && value.endsWith(pattern.slice(1));
}

/** `cluster.local` stands for the mesh's own trust domain. */
function asPrincipal(test: CallerTest, trustDomain: string): CallerTest {
  if (test.on === 'account') return { on: 'principal', principal: `${trustDomain}/ns/${test.namespace}/sa/${test.account}`, not: test.not };
  return test.on === 'principal' ? { ...test, principal: test.principal.replace(/^cluster\.local\//, `${trustDomain}/`) } : test;
}

/** The same text for the same things, in whatever order they were written. */
function text(value: object): string {
  const said = Object.entries(value as Readonly<Record<string, unknown>>).filter(([, part]) => part !== undefined && part !== false);
  return JSON.stringify(said.map(([name, part]): [string, unknown] => [name, Array.isArray(part) ? [...part as unknown[]].sort() : part]).sort());
}
