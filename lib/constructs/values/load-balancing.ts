import type { Duration } from 'cdk8s';

/** How the table of a consistent hash is made. */
export interface HashTable {
  /** The least number of points on the ring of a ring hash. @default - Istio's: 1024 */
  readonly ring?: number | undefined;
  /** The size of the table of Maglev, a prime, instead of a ring. @default - no Maglev */
  readonly maglev?: number | undefined;
}

/** A cookie that Envoy makes where a client has none. */
export interface HashCookie extends HashTable {
  /** How long it lives; 0 for as long as the browser is open. @default - a cookie that is not made, only read */
  readonly ttl?: Duration | undefined;
  /** @default - none */
  readonly path?: string | undefined;
  /** Attributes such as `SameSite`; an empty value for one that has none, such as `Secure`. @default - none */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}

/** Which endpoint takes a request. */
export type LoadBalancing =
  | { readonly by: 'UNSPECIFIED' | 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM' | 'PASSTHROUGH' }
  | { readonly by: 'header' | 'query'; readonly name: string; readonly table: HashTable }
  | { readonly by: 'cookie'; readonly name: string; readonly cookie: HashCookie }
  | { readonly by: 'sourceIp'; readonly table: HashTable };

/**
 * Which endpoint takes a request: any, in some manner, or the same for the same client, by a consistent hash.
 *
 * @example
 * LoadBalancing.byCookie('session', { ttl: Duration.hours(1) })
 */
export const LoadBalancing = {
  /** Istio's own choice, whatever is said of the whole service. */
  unspecified: (): LoadBalancing => ({ by: 'UNSPECIFIED' }),
  /** One after the other. */
  roundRobin: (): LoadBalancing => ({ by: 'ROUND_ROBIN' }),
  /** The less busy of two; Istio's own choice. */
  leastRequest: (): LoadBalancing => ({ by: 'LEAST_REQUEST' }),
  /** Any. */
  random: (): LoadBalancing => ({ by: 'RANDOM' }),
  /** The address that the client dialled. */
  passthrough: (): LoadBalancing => ({ by: 'PASSTHROUGH' }),
  /** The same for the same value of a header. */
  byHeader: (name: string, table: HashTable = {}): LoadBalancing => ({ by: 'header', name, table }),
  /** The same for the same value of a query parameter. */
  byQuery: (name: string, table: HashTable = {}): LoadBalancing => ({ by: 'query', name, table }),
  /** The same for the same value of a cookie. */
  byCookie: (name: string, cookie: HashCookie = {}): LoadBalancing => ({ by: 'cookie', name, cookie }),
  /** The same for the same address of the client. */
  bySourceIp: (table: HashTable = {}): LoadBalancing => ({ by: 'sourceIp', table }),
};
