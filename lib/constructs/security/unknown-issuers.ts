import { testsOf } from '../values/caller.ts';
import type { RuleProps } from './declared-rule.ts';
import type { PolicyTarget } from './policy-place.ts';
import { RequireJwt } from './require-jwt.ts';

/** What a rule asks of tokens that nothing validates where it is kept, so that nobody could have shown one. */
export function unknownIssuers({ from, when = [] }: RuleProps, targets: readonly PolicyTarget[]): readonly string[] {
  const tests = from === 'anyone' ? [] : from.flatMap(testsOf).filter(({ on }) => on === 'token' || on === 'claim');
  if (tests.length === 0 && !when.some(({ key }) => key.startsWith('request.auth.'))) return [];
  const validating = targets.map(target => RequireJwt.of(target)).filter(known => known !== undefined);
  const [place] = targets;
  if (validating.length === 0) return [`it asks for tokens, and nothing validates any at ${place?.node.path ?? 'its target'}, so nobody could have shown one; declare RequireJwt there, or for its namespace or mesh`];
  const known = new Set(validating.flatMap(({ issuers }) => issuers.map(({ issuer }) => issuer)));
  return [...new Set(tests.flatMap(test => (test.on === 'token' && test.issuer !== undefined && !known.has(test.issuer) ? [test.issuer] : [])))]
    .map(issuer => `it asks for tokens of ${JSON.stringify(issuer)}, and ${validating.map(({ node }) => node.path).join(' and ')} validates only those of ${[...known].map(one => JSON.stringify(one)).join(', ')}; add the issuer there, or ask for another`);
}
