import { field } from '../../manifest/index.ts';
import { delegateOf, ownEntries, type DelegateFound, type VirtualService } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const delegateUnknown = defineRule({
  id: 'MW0307',
  name: 'delegate-unknown',
  category: 'traffic',
  severity: 'error',
  title: 'A route delegates to a VirtualService that is not there, has hosts, or is not exported to it',
  why: 'Istio leaves the route out without a word: its requests take a later route, or get 404 (NR).',
  fix: 'Name a VirtualService without hosts, with its namespace, and export it to the namespace of the one that delegates.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http: [{ match: [{ uri: { prefix: /photos/ } }], delegate: { name: photo, namespace: media } }]
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: photos, namespace: media }
      spec: { http: [{ route: [{ destination: { host: photos.media.svc.cluster.local } }] }] }
    `,
    good: yaml`
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
      spec: { http: [{ route: [{ destination: { host: photos.media.svc.cluster.local } }] }] }
    `,
  },

  // A delegate that delegates again is refused by the webhook already.
  when: ({ isDelegate, routes }) => !isDelegate && routes.some(({ raw }) => field(raw, 'delegate') !== undefined),

  *check(on, mesh) {
    for (const { actions, from } of ownEntries(mesh, on)) {
      const { delegate } = actions;
      if (!delegate) continue;
      const found = delegateOf(mesh, on, delegate);
      // A namespace of which nothing is here may hold it.
      if (found.kind === 'delegate' || (found.kind === 'unknown' && delegate.namespace !== on.namespace && !mesh.knowsNamespace(delegate.namespace))) continue;
      yield { at: `${from.at}.delegate`, message: said(found, on, `${delegate.namespace}/${delegate.name}`) };
    }
  },
});

function said(found: Exclude<DelegateFound, { kind: 'delegate' }>, { namespace }: VirtualService, name: string): string {
  switch (found.kind) {
    case 'unknown': return `there is no VirtualService ${name}`;
    case 'has hosts': return `VirtualService ${name} has hosts (${listed(found.virtualService.hosts)}), so that nothing can be delegated to it`;
    case 'not exported': return `VirtualService ${name} is exported to ${listed([...found.virtualService.visibility.namespaces]) || 'no namespace'}, not to ${namespace}`;
  }
}
