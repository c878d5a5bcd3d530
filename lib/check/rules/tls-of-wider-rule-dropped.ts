import { isVisible, type DestinationRule, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const tlsOfWiderRuleDropped = defineRule({
  id: 'MW0111',
  name: 'tls-of-wider-rule-dropped',
  category: 'security',
  severity: 'warning',
  title: 'A DestinationRule without TLS settings takes the place of a wider one that has them',
  why: 'Only the most specific DestinationRule holds for a host, and nothing of the wider one is kept: connections to the host do not use its `tls`.',
  fix: 'Repeat the `tls` of the wider rule in this one.',
  alsoKnownAs: ['KIA0204'],
  of: ['DestinationRule'],
  examples: { bad: example(''), good: example(', tls: { mode: SIMPLE }') },

  when: ({ fullHost }, mesh) => mesh.destinationRulesByHost.hasWider(fullHost),

  *check(on, mesh) {
    if (on.policy?.tlsMode !== undefined || on.policy?.ports.some(({ tlsMode }) => tlsMode !== undefined)) return;
    const wider = widerOf(mesh, on);
    const mode = wider?.policy?.tlsMode;
    // Auto mTLS speaks mutual TLS to whoever takes it.
    if (!wider || mode === undefined || (mode === 'ISTIO_MUTUAL' && mesh.config.autoMtls)) return;
    // What a rule of the same host says for the whole of it is merged with this one.
    if (mesh.destinationRulesByHost.at(on.fullHost).some(other => other !== on && other.namespace === on.namespace && other.policy?.tlsMode !== undefined)) return;
    yield { at: on.policy ? 'spec.trafficPolicy' : 'spec.host', message: `connections to ${on.host} lose the TLS settings (${mode}) of DestinationRule ${wider.namespace}/${wider.name}, which is for ${wider.host}` };
  },
});

/** What would hold for its clients without it: looked for as Istio does, in their namespace, in that of the service, in the root namespace. */
function widerOf(mesh: Mesh, on: DestinationRule): DestinationRule | undefined {
  const viewers = isVisible(on.visibility, on.namespace) ? [on.namespace, ...on.visibility.namespaces] : [...on.visibility.namespaces];
  let first: DestinationRule | undefined;
  for (const viewer of viewers) {
    const found = widerFor(mesh, on, viewer);
    if (found?.policy?.tlsMode !== undefined) return found;
    first ??= found;
  }
  return first;
}

function widerFor(mesh: Mesh, on: DestinationRule, viewer: string): DestinationRule | undefined {
  const { rootNamespace } = mesh.config;
  const wider = [...mesh.destinationRulesByHost.covering(on.fullHost)].filter(({ host }) => host !== on.fullHost.toLowerCase()).flatMap(({ values }) => values)
    .filter(({ workloadSelector, namespace, visibility }) => !workloadSelector && (namespace === viewer || isVisible(visibility, viewer)));
  // One of the root namespace never takes the place of one that is looked for earlier.
  const later = on.namespace === rootNamespace ? [] : [...mesh.hosts.at(on.fullHost).map(({ namespace }) => namespace), rootNamespace];
  for (const place of [on.namespace, ...later]) {
    const found = wider.find(({ namespace }) => namespace === place);
    if (found) return found;
  }
  return undefined;
}

function example(tls: string): string {
  return yaml`
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: { name: vendors, namespace: shop }
    spec: { host: "*.example.com", trafficPolicy: { tls: { mode: SIMPLE } } }
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: { name: payments, namespace: shop }
    spec: { host: pay.example.com, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN }${tls} } }
  `;
}
