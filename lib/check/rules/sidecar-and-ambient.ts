import { hasAmbient, hasSidecar, runsGateway, workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarAndAmbient = defineRule({
  id: 'MW0156',
  name: 'sidecar-and-ambient',
  category: 'ambient',
  severity: 'warning',
  title: 'A workload is to have a sidecar and to be in ambient mode',
  why: 'A pod is in one of the two modes. The sidecar wins, so that the pod uses no waypoint for what it receives and is configured like any pod with a sidecar.',
  fix: 'Remove one of the labels. A pod that keeps its sidecar in a namespace in ambient mode says so with `istio.io/dataplane-mode: none`.',
  alsoKnownAs: ['KIA1311', 'KIA1314', 'KIA1315', 'KIA1316'],
  of: workloadKindNames,
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews, sidecar.istio.io/inject: "true", istio.io/dataplane-mode: ambient } } } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews, istio.io/dataplane-mode: ambient } } } }
    `,
  },

  when: (_, mesh) => hasAmbient(mesh),

  *check(on, mesh) {
    const mode = on.podLabels.get('istio.io/dataplane-mode');
    const byNamespace = mode === undefined && mesh.namespace(on.namespace)?.ambient;
    if ((mode !== 'ambient' && !byNamespace) || runsGateway(on) || !hasSidecar(mesh, on)) return;
    const where = byNamespace ? `in namespace ${on.namespace}, which is in ambient mode` : 'and the label istio.io/dataplane-mode: ambient';
    yield { message: `the pods of ${on.kind} ${on.name} have a sidecar ${where}` };
  },
});
