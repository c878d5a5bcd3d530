/** Where the workloads are that take the requests of a region, zone and sub-zone. */
export type Locality =
  | { readonly kind: 'distribute'; readonly distribute: Readonly<Record<string, Readonly<Record<string, number>>>> }
  | { readonly kind: 'failover'; readonly failover: Readonly<Record<string, string>> }
  | { readonly kind: 'priority'; readonly labels: readonly string[] }
  | { readonly kind: 'zoneAware'; readonly zoneAware: ZoneAware }
  | { readonly kind: 'off' };

/** How requests stay in their zone as far as it has room for them. */
export interface ZoneAware {
  /** The least number of endpoints for which zones matter. @default - Envoy's: 6 */
  readonly minClusterSize?: number | undefined;
  /** The region that takes over from another. @default - none */
  readonly failover?: Readonly<Record<string, string>> | undefined;
  /** Labels by which endpoints are preferred. @default - none */
  readonly failoverPriority?: readonly string[] | undefined;
}

/**
 * Where the workloads are that take the requests of a region, zone and sub-zone, as `region/zone/subzone`.
 *
 * @example
 * Locality.failover({ 'us-east': 'eu-west' })
 */
export const Locality = {
  /** For each locality, how many of a hundred requests go to which. */
  distribute: (distribute: Readonly<Record<string, Readonly<Record<string, number>>>>): Locality => ({ kind: 'distribute', distribute }),
  /** The region that takes over where endpoints of one fail; outlier detection finds those. */
  failover: (failover: Readonly<Record<string, string>>): Locality => ({ kind: 'failover', failover }),
  /** Labels that client and endpoint share, most wanted first; `label=value` for a value of one's own. */
  failoverPriority: (labels: readonly [string, ...string[]]): Locality => ({ kind: 'priority', labels }),
  /** The own zone as far as it has room. */
  zoneAware: (zoneAware: ZoneAware = {}): Locality => ({ kind: 'zoneAware', zoneAware }),
  /** No locality counts, whatever the mesh says. */
  off: (): Locality => ({ kind: 'off' }),
};
