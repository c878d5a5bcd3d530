import type { Condition as PrintedCondition, Rule, RuleFrom } from '../l1.ts';
import { testsOf, type Caller, type CallerTest } from '../values/caller.ts';
import type { Condition } from '../values/when.ts';
import type { RuleProps } from './declared-rule.ts';
import type { MeshIdentity } from './policy-place.ts';

/** Prints callers as rules that ask for nothing else: one for all of them, but for those that claims tell apart. @throws when a caller is two at once */
export function printedCallers(where: string, from: RuleProps['from'], mesh: MeshIdentity): readonly Pick<Rule, 'from' | 'when'>[] {
  if (from === 'anyone') return [{}];
  const callers = from.map(caller => printedCaller(where, caller, mesh));
  const plain = callers.filter(caller => caller.when.length === 0);
  return [
    ...(plain.length === 0 ? [] : [{ from: merged(plain.map(({ source }) => source)) }]),
    ...callers.filter(caller => caller.when.length > 0).map(({ source, when }) => ({ ...(Object.keys(source).length === 0 ? {} : { from: merged([source]) }), when })),
  ];
}

/** Prints a condition. */
export function printedCondition({ key, values, not }: Condition): PrintedCondition {
  return not === true ? { key, notValues: [...values] } : { key, values: [...values] };
}

/** The namespaces of all callers of a rule, as far as it tells: `any` where it does not. */
export function namespacesOf({ from }: RuleProps): 'any' | readonly string[] {
  if (from === 'anyone') return 'any';
  const namespaces = from.map(caller => testsOf(caller).map(namespaceOf).find(name => name !== undefined));
  return namespaces.includes(undefined) ? 'any' : namespaces.filter(name => name !== undefined);
}

function namespaceOf(test: CallerTest): string | undefined {
  if (test.not === true) return undefined;
  if (test.on === 'principal') return /^[^/]+\/ns\/([^/*]+)\//.exec(test.principal)?.[1];
  return test.on === 'account' || test.on === 'namespace' ? test.namespace : undefined;
}

/** The fields of a source, as a rule without alternatives needs them. */
type SourceField = 'principals' | 'notPrincipals' | 'namespaces' | 'notNamespaces' | 'trustDomains' | 'notTrustDomains' | 'ipBlocks' | 'notIpBlocks' | 'remoteIpBlocks' | 'notRemoteIpBlocks' | 'requestPrincipals' | 'notRequestPrincipals';
type Fields = Partial<Record<SourceField, readonly string[]>>;

interface PrintedCaller {
  readonly source: Fields;
  /** Claims are conditions of the whole rule, so a caller with some has a rule of its own. */
  readonly when: readonly PrintedCondition[];
}

/** Callers that differ in one field are one source; Istio reads several sources as any of them. */
function merged(sources: readonly Fields[]): RuleFrom[] {
  const printed: Fields[] = [];
  for (const source of sources) {
    const [field, ...more] = Object.keys(source) as SourceField[];
    const same = field !== undefined && more.length === 0 && !field.startsWith('not')
      ? printed.findIndex(other => Object.keys(other).length === 1 && other[field] !== undefined) : -1;
    if (same === -1 || field === undefined) printed.push(source);
    else printed[same] = { [field]: [...new Set([...printed[same]?.[field] ?? [], ...source[field] ?? []])] };
  }
  return printed.map(source => ({ source: source }));
}

function printedCaller(where: string, caller: Caller, mesh: MeshIdentity): PrintedCaller {
  const source: Partial<Record<SourceField, string[]>> = {};
  const when: PrintedCondition[] = [];
  for (const test of testsOf(caller)) {
    if (test.on === 'claim') {
      when.push(printedCondition({ key: `request.auth.claims${test.names.map(name => `[${name}]`).join('')}`, values: test.values, not: test.not }));
      continue;
    }
    const field = fieldOf(test);
    const known = source[field];
    if (known && test.not !== true) throw new Error(`${where}: a caller is asked for twice in one list, by ${field} ${known.join(', ')} and ${valueOf(test, mesh)}, and nobody is both; write two callers for "either"`);
    source[field] = [...known ?? [], valueOf(test, mesh)];
  }
  return { source, when };
}

function fieldOf(test: Exclude<CallerTest, { on: 'claim' }>): SourceField {
  const field = ({
    principal: 'principals', account: 'principals', namespace: 'namespaces', trustDomain: 'trustDomains', ip: 'ipBlocks', remoteIp: 'remoteIpBlocks', token: 'requestPrincipals',
  } as const)[test.on];
  return test.not === true ? (`not${field[0]?.toUpperCase() ?? ''}${field.slice(1)}` as SourceField) : field;
}

function valueOf(test: Exclude<CallerTest, { on: 'claim' }>, mesh: MeshIdentity): string {
  switch (test.on) {
    case 'principal': return test.principal;
    case 'account': return `${mesh.trustDomain}/ns/${test.namespace}/sa/${test.account}`;
    case 'namespace': return test.namespace;
    case 'trustDomain': return test.trustDomain;
    case 'ip': case 'remoteIp': return test.block;
    case 'token': return tokenPattern(test);
  }
}

/** A request principal is `ISSUER/SUBJECT`, told apart at the last slash. */
function tokenPattern({ issuer, subject }: { readonly issuer: string | undefined; readonly subject: string | undefined }): string {
  if (issuer === undefined) return subject === undefined ? '*' : `*/${subject}`;
  return `${issuer}/${subject ?? '*'}`;
}
