import { testsOf, type Caller, type CallerTest } from '../values/caller.ts';
import type { RuleProps } from './declared-rule.ts';
import { requestFieldsOf } from './operation.ts';

/** What a rule asks of requests, which only a proxy that reads HTTP can see; in words. */
export function requestAspects({ from, to = [], when = [] }: RuleProps): readonly string[] {
  return [...new Set([
    ...(from !== 'anyone' && from.some(showsToken) ? ['tokens'] : []),
    ...to.flatMap(requestFieldsOf),
    ...when.filter(({ key }) => key.startsWith('request.')).map(({ key }) => key),
  ])];
}

/** What a rule asks of connections that a proxy knows and ztunnel does not; in words. */
export function connectionAspects({ from, when = [] }: RuleProps): readonly string[] {
  const tests = from === 'anyone' ? [] : from.flatMap(testsOf);
  return [...new Set([
    ...tests.filter(({ on }) => on === 'remoteIp' || on === 'trustDomain').map(({ on }) => callerWords[on]),
    ...when.filter(({ key }) => !key.startsWith('request.') && key !== 'destination.ip').map(({ key }) => key),
  ])];
}

/** What callers are told apart by, in words. */
export const callerWords: Readonly<Record<CallerTest['on'], string>> = {
  principal: 'identities', account: 'service accounts', namespace: 'namespaces', trustDomain: 'trust domains', token: 'tokens', claim: 'claims', ip: 'addresses', remoteIp: 'addresses of clients',
};

/**
 * A rule as rules that ask of requests throughout, or not at all. Istio reads a rule at a port without HTTP as a whole: one
 * alternative that asks of requests would take the others along.
 */
export function byLayer<Given extends RuleProps>(rule: Given): readonly Given[] {
  const { from, to, when = [] } = rule;
  if (requestAspects({ from: 'anyone', when }).length > 0) return [rule];
  const callers = from === 'anyone' ? [from] : halves(from, showsToken);
  const operations = to === undefined ? [to] : halves(to, operation => requestFieldsOf(operation).length > 0);
  return callers.flatMap(some => operations.map(asked => ({ ...rule, from: some, to: asked })));
}

function showsToken(caller: Caller): boolean {
  return testsOf(caller).some(({ on }) => on === 'token' || on === 'claim');
}

function halves<Item>(items: readonly Item[], isOne: (item: Item) => boolean): readonly (readonly Item[])[] {
  return [items.filter(item => !isOne(item)), items.filter(isOne)].filter(half => half.length > 0);
}
