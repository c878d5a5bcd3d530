import { isAmbient, runsGateway, workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const waypointOutsideAmbient = defineRule({
  id: 'MW0157',
  name: 'waypoint-outside-ambient',
  category: 'ambient',
  severity: 'warning',
  title: 'A workload asks for a waypoint and is not in ambient mode',
  why: 'Only the mesh\'s own proxies lead traffic through waypoints. To pods outside ambient mode it goes directly, and what the waypoint was to enforce is not enforced.',
  fix: 'Label the pods or their namespace with `istio.io/dataplane-mode: ambient`, or remove the label. Where its Namespace is not among the objects, this is not asked.',
  alsoKnownAs: ['KIA1312'],
  of: workloadKindNames,
  examples: {
    bad: example('istio-injection: enabled'),
    good: example('istio.io/dataplane-mode: ambient'),
  },

  when: ({ podLabels }) => podLabels.has('istio.io/use-waypoint'),

  *check(on, mesh) {
    const name = on.podLabels.get('istio.io/use-waypoint') ?? 'none';
    if (name === 'none' || name === '' || runsGateway(on) || !mesh.namespace(on.namespace) || isAmbient(mesh, on)) return;
    yield { message: `the pods of ${on.kind} ${on.name} ask for waypoint ${name} and are not in ambient mode` };
  },
});

function example(label: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { ${label} } }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { metadata: { labels: { app: reviews, istio.io/use-waypoint: waypoint } } } }
  `;
}
