import { hasSidecar, indexes, isAmbient, policiesSelecting, runsGateway, waypointOf, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const workloadWithoutAuthorizationPolicy = defineRule({
  id: 'MW0155',
  name: 'workload-without-authorization-policy',
  category: 'security',
  severity: 'info',
  title: 'A workload is left out of the AuthorizationPolicies of the mesh',
  why: 'Everyone may call it. Where others are protected, this one may have been forgotten.',
  fix: 'Write an AuthorizationPolicy for it, or one that allows nothing (`spec: {}`) for its namespace. Where the mesh has no AuthorizationPolicy, and for what no Service selects, this is not asked.',
  alsoKnownAs: ['KIA1301'],
  of: ['Deployment', 'StatefulSet', 'DaemonSet'],
  examples: {
    bad: example('selector: { matchLabels: { app: ratings } }, '),
    good: example(''),
  },

  when: (_, mesh) => mesh.has('AuthorizationPolicy'),

  *check(on, mesh) {
    if (!mesh.has('AuthorizationPolicy') || runsGateway(on) || !(isAmbient(mesh, on) || hasSidecar(mesh, on))) return;
    const services = mesh.servicesOf(on);
    if (services.length === 0 || !policiesSelecting(mesh, 'AuthorizationPolicy', on.namespace, on.podLabels).next().done) return;
    const attached = services.some(service => {
      const waypoint = waypointOf(mesh, service);
      return isTarget(mesh, 'Service', service.namespace, service.name)
        || (waypoint && (isTarget(mesh, 'Gateway', waypoint.namespace, waypoint.name) || isTarget(mesh, 'GatewayClass', mesh.config.rootNamespace, 'istio-waypoint')));
    });
    if (!attached) yield { message: `no AuthorizationPolicy is for ${on.kind} ${on.name}` };
  },
});

function isTarget(mesh: Mesh, kind: string, namespace: string, name: string): boolean {
  return mesh.at(indexes.policiesByTarget, `${kind} ${namespace}/${name}`).some(policy => policy.kind === 'AuthorizationPolicy');
}

function example(selector: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio-injection: enabled } }
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
    metadata: { name: within, namespace: shop }
    spec: { ${selector}rules: [{ from: [{ source: { namespaces: [shop] } }] }] }
  `;
}
