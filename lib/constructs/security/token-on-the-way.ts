import type { PolicyTarget } from './policy-place.ts';
import { RequireJwt } from './require-jwt.ts';

/**
 * Why no request would have a token left for a service behind a gateway: what reads a token takes it out, unless told
 * otherwise. Undefined where one may.
 *
 * @param before - what requirements of the gateway may be declared for
 * @param behind - the same, of the service
 */
export function tokenTakenAway(before: readonly PolicyTarget[], behind: readonly PolicyTarget[]): string | undefined {
  const readers = requirementsOf(before);
  const [first] = readers;
  if (!first) return undefined;
  const left = readers.flatMap(({ issuers }) => issuers).map(({ issuer }) => issuer)
    .filter(issuer => readers.every(({ issuers }) => issuers.every(own => own.issuer !== issuer || own.forwardsToken)));
  const starved = requirementsOf(behind).find(({ issuers }) => !issuers.some(({ issuer }) => left.includes(issuer)));
  return starved && `${first.node.path} takes the token out of requests, and ${starved === first ? 'requires it' : `${starved.node.path} requires one`} again at ${behind[0]?.node.path ?? 'the service'}, which none would have; set forwardOriginalToken for an issuer that is known to both`;
}

function requirementsOf(targets: readonly PolicyTarget[]): readonly RequireJwt[] {
  return targets.map(target => RequireJwt.of(target)).filter(known => known !== undefined);
}
