import { hasAmbient, ownerNamed, waypointOf } from '../../mesh/index.ts';
import { ambientReach, l7PolicyKinds, waypointField } from '../l7-policy.ts';
import { defineRule, yaml } from '../rule.ts';

export const l7PolicyWithoutWaypoint = defineRule({
  id: 'MW0150',
  name: 'l7-policy-without-waypoint',
  category: 'ambient',
  severity: 'warning',
  title: 'A policy about requests is for what has no waypoint',
  why: 'ztunnel sees connections and no requests. A rule that allows by path or token lets nothing in, one that denies by them denies more than it says, and tokens, plugins and telemetry of requests have no effect.',
  fix: 'Label the namespace or the Service with `istio.io/use-waypoint`, and attach the policy by targetRefs; or say it by identities, addresses and ports alone.',
  alsoKnownAs: ['KIA0109', 'KIA1110', 'KIA1111', 'KIA1112', 'KIA1317'],
  of: l7PolicyKinds,
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: readers, namespace: shop }
      spec: { rules: [{ to: [{ operation: { methods: [GET] } }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 9080 }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: readers, namespace: shop }
      spec:
        targetRefs: [{ group: "", kind: Service, name: reviews }]
        rules: [{ to: [{ operation: { methods: [GET] } }] }]
    `,
  },

  when: ({ targetRefs }, mesh) => targetRefs.length > 0 || hasAmbient(mesh),

  *check(on, mesh) {
    const at = waypointField(on);
    if (at === undefined) return;
    const reach = ambientReach(mesh, on);
    if (reach && !reach.waypoint) yield { at, message: `only a waypoint can do this, and ${reach.what}, which is in ambient mode, uses none` };
    for (const { kind, name } of on.targetRefs) {
      // No other proxy takes policies that are attached to a service.
      const owner = kind === 'Service' || kind === 'ServiceEntry' ? ownerNamed(mesh, on.namespace, name) : undefined;
      if (owner?.kind === kind && mesh.namespace(on.namespace) && !waypointOf(mesh, owner)) yield { at: 'spec.targetRefs', message: `only a waypoint takes policies of a ${kind}, and ${kind} ${name} uses none` };
    }
  },
});
