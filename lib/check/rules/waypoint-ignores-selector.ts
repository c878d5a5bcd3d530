import { hasAmbient } from '../../mesh/index.ts';
import { ambientReach, l7PolicyKinds, waypointField } from '../l7-policy.ts';
import { defineRule, yaml } from '../rule.ts';

export const waypointIgnoresSelector = defineRule({
  id: 'MW0151',
  name: 'waypoint-ignores-selector',
  category: 'ambient',
  severity: 'warning',
  title: 'A policy about requests is not attached to the waypoint that could enforce it',
  why: 'Waypoints take policies by targetRefs alone. Without them an AuthorizationPolicy stays with ztunnel, which sees no request and takes the waypoint for the caller; the others have no effect.',
  fix: 'Use targetRefs with the Service, or with the Gateway of the waypoint, in place of a selector.',
  alsoKnownAs: ['KIA0110', 'KIA1115', 'KIA1116', 'KIA1117'],
  of: l7PolicyKinds,
  examples: {
    bad: example('selector: { matchLabels: { app: reviews } }'),
    good: example('targetRefs: [{ group: "", kind: Service, name: reviews }]'),
  },

  when: (_, mesh) => hasAmbient(mesh),

  *check(on, mesh) {
    if (waypointField(on) === undefined) return;
    const reach = ambientReach(mesh, on);
    if (!reach?.waypoint) return;
    const { namespace, name } = reach.waypoint;
    const hasSelector = on.selector !== undefined && on.selector.size > 0;
    // A Telemetry for a whole namespace is for the waypoints in it too.
    if ('tracing' in on && !hasSelector && namespace === on.namespace) return;
    yield { at: hasSelector ? 'spec.selector' : 'spec', message: `${reach.what} uses waypoint ${namespace}/${name}, which takes policies with targetRefs only` };
  },
});

function example(attached: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint } }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { metadata: { labels: { app: reviews } } } }
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: { name: readers, namespace: shop }
    spec:
      ${attached}
      rules: [{ to: [{ operation: { methods: [GET] } }] }]
  `;
}
