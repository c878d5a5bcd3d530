import { field, list, mapping, text } from '../../manifest/index.ts';
import { millisecondsOf } from '../entities/duration.ts';
import type { EffectivePolicy } from './effective-policy.ts';

/** What decides which endpoint keeps getting the requests of a client. */
export type ConsistentHash =
  | { readonly by: 'header' | 'query'; readonly name: string }
  | { readonly by: 'address' }
  /** Milliseconds; undefined for a cookie that only the application sets. */
  | { readonly by: 'cookie'; readonly name: string; readonly path: string; readonly ttl: number | undefined; readonly attributes: readonly { readonly name: string; readonly value: string }[] };

/**
 * The consistent hash of a policy; undefined where endpoints are chosen otherwise.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB
 */
export function consistentHashOf({ loadBalancer }: EffectivePolicy): ConsistentHash | undefined {
  const hash = loadBalancer && mapping(field(loadBalancer.value, 'consistentHash'));
  if (!hash) return undefined;
  const header = text(hash.httpHeaderName);
  if (header !== undefined) return { by: 'header', name: header };
  const query = text(hash.httpQueryParameterName);
  if (query !== undefined) return { by: 'query', name: query };
  const cookie = mapping(hash.httpCookie);
  if (cookie) {
    return {
      by: 'cookie', name: text(cookie.name) ?? '', path: text(cookie.path) ?? '', ttl: millisecondsOf(text(cookie.ttl)),
      attributes: list(cookie.attributes).map(item => ({ name: text(field(item, 'name')) ?? '', value: text(field(item, 'value')) ?? '' })),
    };
  }
  return hash.useSourceIp === true ? { by: 'address' } : undefined;
}
