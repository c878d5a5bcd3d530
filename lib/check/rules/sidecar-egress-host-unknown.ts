import { covers, indexes, indexOf, isVisible, type EgressHost, type HostOwner, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sidecarEgressHostUnknown = defineRule({
  id: 'MW0114',
  name: 'sidecar-egress-host-unknown',
  category: 'traffic',
  severity: 'warning',
  title: 'A Sidecar lets through a host that nobody answers to',
  why: 'The entry imports nothing, so that the host that was meant stays unknown to the proxies: with REGISTRY_ONLY they refuse it.',
  fix: 'Name a host of a Service or ServiceEntry that is exported to the namespace of the Sidecar, and the namespace where it stands.',
  alsoKnownAs: ['KIA1004'],
  of: ['Sidecar'],
  examples: { bad: example('shop/revews.shop.svc.cluster.local'), good: example('shop/reviews.shop.svc.cluster.local') },

  *check(on, mesh) {
    for (const listener of on.egress ?? []) {
      for (const entry of listener.hosts) {
        if (entry.excludes || entry.namespace === '~' || entry.host === '*' || entry.host === '' || !isDecided(mesh, entry)) continue;
        if (!imports(mesh, entry, on.namespace)) yield { at: entry.path, message: `"${entry.written}" is no host that namespace ${on.namespace} can see` };
      }
    }
  },
});

const serviceEntriesOf = indexOf('service entry of namespace', ['ServiceEntry'], ({ namespace }) => [namespace]);

/** Whether the objects that would answer to it are among those that are checked. */
function isDecided(mesh: Mesh, { namespace, host }: EgressHost): boolean {
  if (namespace !== '*') return mesh.at(indexes.anythingByNamespace, namespace).length > 0;
  const ending = `.svc.${mesh.config.clusterDomain}`;
  if (!host.endsWith(ending)) return mesh.has('ServiceEntry');
  const place = host.slice(0, -ending.length).split('.').at(-1) ?? '';
  return place.includes('*') ? mesh.has('Service') : mesh.at(indexes.anythingByNamespace, place).length > 0;
}

function imports(mesh: Mesh, { namespace, host }: EgressHost, viewer: string): boolean {
  const from = (owner: HostOwner | VirtualService): boolean => (namespace === '*' || owner.namespace === namespace) && isVisible(owner.visibility, viewer);
  const covering = [mesh.hosts, mesh.virtualServicesByHost].some(index => [...index.covering(host)].some(({ values }) => values.some(from)));
  if (covering || !host.startsWith('*')) return covering;
  // A wildcard for part of a name is refused by the webhook, which says so.
  if (!host.startsWith('*.')) return true;
  const below = namespace === '*' ? mesh.at(indexes.hostsBelow, host.toLowerCase()) : [...mesh.at(indexes.servicesOf, namespace), ...mesh.at(serviceEntriesOf, namespace)];
  return below.some(owner => from(owner) && ('hosts' in owner ? owner.hosts : [owner.host]).some(own => covers(host, own)));
}

function example(host: string): string {
  return yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata: { name: default, namespace: web }
    spec: { egress: [{ hosts: ["./*", ${host}] }] }
  `;
}
