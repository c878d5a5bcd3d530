import { hasAmbient, isAmbientService, waypointOf } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { ownersRouted } from './route-without-waypoint.ts';

export const routeOutsideServiceNamespace = defineRule({
  id: 'MW0153',
  name: 'route-outside-service-namespace',
  category: 'ambient',
  severity: 'warning',
  title: 'A service in ambient mode is configured from a namespace that its waypoint does not ask',
  why: 'A waypoint takes VirtualServices and DestinationRules from the namespace of the service and from its own: what clients have in theirs has no effect.',
  fix: 'Put it into the namespace of the Service.',
  alsoKnownAs: ['KIA0212', 'KIA1114'],
  of: ['VirtualService', 'DestinationRule'],
  examples: {
    bad: example('front', 'reviews.shop.svc.cluster.local'),
    good: example('shop', 'reviews'),
  },

  when: (_, mesh) => hasAmbient(mesh),

  *check(on, mesh) {
    for (const { owner, at } of ownersRouted(mesh, on)) {
      const waypoint = isAmbientService(mesh, owner) ? waypointOf(mesh, owner) : undefined;
      if (!waypoint || on.namespace === owner.namespace || on.namespace === waypoint.namespace) continue;
      // DestinationRules of the root namespace are for all.
      if ('subsets' in on && on.namespace === mesh.config.rootNamespace) continue;
      yield { at, message: `${owner.kind} ${owner.namespace}/${owner.name} uses waypoint ${waypoint.namespace}/${waypoint.name}, which takes no ${on.kind} from namespace ${on.namespace}` };
    }
  },
});

function example(namespace: string, host: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint } }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: { name: reviews, namespace: ${namespace} }
    spec: { host: ${host}, trafficPolicy: { connectionPool: { http: { maxRetries: 1 } } } }
  `;
}
