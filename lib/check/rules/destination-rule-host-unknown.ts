import { covers, indexes, isVisible, ownersOf, type DestinationRule, type HostOwner, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const destinationRuleHostUnknown = defineRule({
  id: 'IST0174',
  name: 'destination-rule-host-unknown',
  category: 'traffic',
  severity: 'warning',
  title: 'A DestinationRule is for a host that does not exist',
  why: 'It applies to nothing.',
  fix: 'Name a Service or ServiceEntry that is there and visible; or add the missing one to what is checked.',
  alsoKnownAs: ['KIA0202'],
  analyzers: ['destinationrule.SubsetSelectPodAnalyzer'],
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: revews, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: reviews, namespace: shop }
      spec: { host: reviews, trafficPolicy: { loadBalancer: { simple: RANDOM } } }
    `,
  },

  when: ({ fullHost }, mesh) => !mesh.hosts.at(fullHost).some(({ visibility }) => visibility.everywhere),

  *check(on, mesh) {
    if (ownersOfRule(mesh, on).next().done) yield { at: 'spec.host', message: `"${on.host}" is no Service or ServiceEntry that namespace ${on.namespace} can see` };
  },
});

/** Who stands behind the host of a rule; for a wildcard, everyone whom it covers. */
export function* ownersOfRule(mesh: Mesh, rule: DestinationRule): Generator<HostOwner> {
  const visible = (owner: HostOwner): boolean => owner.visibility.everywhere || [rule.namespace, ...rule.exportTo.map(entry => (entry === '.' ? rule.namespace : entry))].some(viewer => isVisible(owner.visibility, viewer));
  if (rule.fullHost.startsWith('*')) {
    const hostsOf = (owner: HostOwner): readonly string[] => ('hosts' in owner ? owner.hosts : [owner.host]);
    for (const owner of below(mesh, rule.fullHost)) if (visible(owner) && hostsOf(owner).some(host => covers(rule.fullHost, host) || covers(host, rule.fullHost))) yield owner;
    return;
  }
  let found = false;
  for (const { values } of mesh.hosts.covering(rule.fullHost)) {
    for (const owner of values) {
      if (!visible(owner)) continue;
      found = true;
      yield owner;
    }
  }
  // A host without a dot may be the host of a ServiceEntry as it stands.
  if (!found && rule.host !== rule.fullHost) yield* ownersOf(mesh, rule.host, rule.namespace);
}

/** Whom a wildcard may cover. */
function* below(mesh: Mesh, wildcard: string): Generator<HostOwner> {
  if (!wildcard.startsWith('*.')) {
    yield* mesh.services;
    yield* mesh.serviceEntries;
    return;
  }
  yield* mesh.at(indexes.hostsBelow, wildcard.toLowerCase());
  for (const { values } of mesh.hosts.covering(wildcard)) yield* values;
}
