import { visibilitiesMeet, type DestinationRule, type Subset } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const destinationRulesSameHost = defineRule({
  id: 'MW0110',
  name: 'destination-rules-same-host',
  category: 'traffic',
  severity: 'warning',
  title: 'Part of a DestinationRule is dropped, as another one of its namespace is for the same host',
  why: 'Of several with the same exportTo Istio takes the first trafficPolicy and the first subset of a name; of several with another exportTo it takes the last that a client sees, whole. Which is first depends on which was made first.',
  fix: 'Say everything about the host in one DestinationRule.',
  alsoKnownAs: ['KIA0201'],
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: one, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: two, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1.1 } }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: one, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: two, namespace: shop }
      spec: { host: reviews, subsets: [{ name: v2, labels: { version: v2 } }] }
    `,
  },

  when: ({ fullHost }, mesh) => mesh.destinationRulesByHost.at(fullHost).length > 1,

  *check(on, mesh) {
    const { place, group, others } = standingOf(on, mesh.destinationRulesByHost.at(on.fullHost));
    const first = group.withPolicy;
    if (first && first.place < place && on.policy && said(first.rule.policy?.raw) !== said(on.policy.raw)) yield { at: 'spec.trafficPolicy', message: `it is dropped: that of ${nameOf(first.rule)} holds for ${on.host}` };
    for (const subset of on.subsets) {
      const own = group.subsets.get(subset.name);
      if (own && own.place < place && saidOfSubset(own.subset) !== saidOfSubset(subset)) yield { at: subset.path, message: `it is dropped: ${nameOf(own.rule)} has a subset "${subset.name}" of ${on.host} too` };
    }
    let apart: Placed | undefined;
    for (const { last } of others) if (last.place > place && visibilitiesMeet(last.rule.visibility, on.visibility) && (!apart || last.place > apart.place)) apart = last;
    if (apart) yield { at: 'spec.host', message: `clients that see ${nameOf(apart.rule)} too take nothing of this one for ${on.host}: their exportTo differs` };
  },
});

interface Placed {
  readonly rule: DestinationRule;
  readonly place: number;
}

/** Rules of a host that are merged: those of one namespace, for the same clients, with the same exportTo. */
interface Group {
  withPolicy: Placed | undefined;
  /** By name, of the first that has it. */
  readonly subsets: Map<string, Placed & { readonly subset: Subset }>;
  last: Placed;
}

interface Standing {
  readonly place: number;
  readonly group: Group;
  /** Those of the same namespace and clients with another exportTo. */
  readonly others: readonly Group[];
}

const known = new WeakMap<readonly DestinationRule[], ReadonlyMap<DestinationRule, Standing>>();

/** Where a rule stands among those of its host, which are put in groups once, however many of them ask. */
function standingOf(on: DestinationRule, all: readonly DestinationRule[]): Standing {
  let standings = known.get(all);
  if (!standings) known.set(all, standings = standingsOf(all));
  const standing = standings.get(on);
  if (!standing) throw new Error(`DestinationRule ${on.namespace}/${on.name} is not among those of its host`);
  return standing;
}

function standingsOf(all: readonly DestinationRule[]): Map<DestinationRule, Standing> {
  const sides = new Map<string, Map<string, Group>>();
  const groups = all.map((rule, place) => {
    const side = `${rule.namespace} ${rule.workloadSelector ? said([...rule.workloadSelector].sort()) : ''}`;
    const ofSide = sides.get(side) ?? new Map<string, Group>();
    sides.set(side, ofSide);
    const exported = exportedOf(rule);
    const placed: Placed = { rule, place };
    let group = ofSide.get(exported);
    if (!group) ofSide.set(exported, group = { withPolicy: undefined, subsets: new Map(), last: placed });
    group.last = placed;
    if (rule.policy) group.withPolicy ??= placed;
    for (const subset of rule.subsets) if (!group.subsets.has(subset.name)) group.subsets.set(subset.name, { ...placed, subset });
    return { rule, place, group, ofSide };
  });
  const others = new Map<Group, readonly Group[]>();
  return new Map(groups.map(({ rule, place, group, ofSide }) => {
    let rest = others.get(group);
    if (!rest) others.set(group, rest = [...ofSide.values()].filter(other => other !== group));
    return [rule, { place, group, others: rest }];
  }));
}

function exportedOf({ visibility }: DestinationRule): string {
  return visibility.everywhere ? '*' : [...visibility.namespaces].sort().join(',');
}

function saidOfSubset({ labels, policy }: Subset): string {
  return said([[...labels].sort(), policy?.raw]);
}

/** With keys in order, so that what means the same is the same text. */
function said(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'object' && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part));
}

function nameOf({ namespace, name }: DestinationRule): string {
  return `DestinationRule ${namespace}/${name}`;
}
