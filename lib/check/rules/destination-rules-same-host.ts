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
    const all = [...new Set(mesh.destinationRulesByHost.at(on.fullHost))].filter(other => other.namespace === on.namespace && sameClients(other, on));
    const place = all.indexOf(on);
    const merged = all.slice(0, place).filter(other => exported(other) === exported(on));
    const first = merged.find(({ policy }) => policy);
    if (first && on.policy && said(first.policy?.raw) !== said(on.policy.raw)) yield { at: 'spec.trafficPolicy', message: `it is dropped: that of ${nameOf(first)} holds for ${on.host}` };
    for (const subset of on.subsets) {
      for (const other of merged) {
        const own = other.subsets.find(({ name }) => name === subset.name);
        if (!own) continue;
        if (saidOfSubset(own) !== saidOfSubset(subset)) yield { at: subset.path, message: `it is dropped: ${nameOf(other)} has a subset "${subset.name}" of ${on.host} too` };
        break;
      }
    }
    const apart = all.slice(place + 1).findLast(other => exported(other) !== exported(on) && visibilitiesMeet(other.visibility, on.visibility));
    if (apart) yield { at: 'spec.host', message: `clients that see ${nameOf(apart)} too take nothing of this one for ${on.host}: their exportTo differs` };
  },
});

/** Those with a selector are for other clients than those without. */
function sameClients({ workloadSelector: a }: DestinationRule, { workloadSelector: b }: DestinationRule): boolean {
  return (a && said([...a].sort())) === (b && said([...b].sort()));
}

function exported({ visibility }: DestinationRule): string {
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
