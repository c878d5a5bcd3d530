import { droppedByRoots } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const delegateRouteDropped = defineRule({
  id: 'MW0308',
  name: 'delegate-route-dropped',
  category: 'traffic',
  severity: 'warning',
  title: 'A route of a delegate contradicts every route that leads to it',
  why: 'Istio joins the matches of both, and leaves out a route of the delegate where one of its matches fits none of the root: a path outside the prefix of the root, another method, a regular expression on a field that both match.',
  fix: 'Match less in the root, or something within it in the delegate: a longer prefix or an exact path, and no field twice otherwise.',
  of: ['VirtualService'],
  examples: {
    bad: roots('/albums/'),
    good: roots('/photos/large/'),
  },

  when: ({ isDelegate }) => isDelegate,

  *check(on, mesh) {
    for (const { entry, roots } of droppedByRoots(mesh, on)) {
      yield { at: entry.from.at, message: `it is left out, since its matches do not fit under ${roots.map(({ from }) => `${from.at} of ${from.on.namespace}/${from.on.name}`).join(' or ')}` };
    }
  },
});

function roots(prefix: string): string {
  return yaml`
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: reviews, namespace: shop }
    spec:
      hosts: [reviews]
      http: [{ match: [{ uri: { prefix: /photos/ } }], delegate: { name: photos, namespace: media } }]
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: photos, namespace: media }
    spec: { http: [{ match: [{ uri: { prefix: ${prefix} } }], route: [{ destination: { host: photos.media.svc.cluster.local } }] }] }
  `;
}
