import { covers, HostIndex, type VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const meshHostTakenTwice = defineRule({
  id: 'IST0109',
  name: 'mesh-host-taken-twice',
  category: 'traffic',
  severity: 'error',
  title: 'Two VirtualServices for the mesh have the same host',
  why: 'Sidecars do not merge them: the oldest takes the host, and the routes of the others are ignored without a word.',
  fix: 'Make them one VirtualService, or export them to different namespaces.',
  alsoKnownAs: ['KIA1106'],
  analyzers: ['virtualservice.ConflictingMeshGatewayHostsAnalyzer'],
  reads: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews-v2, namespace: shop }
      spec: { hosts: [reviews.shop.svc.cluster.local], http: [{ route: [{ destination: { host: reviews, subset: v2 } }] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews-outside, namespace: shop }
      spec: { hosts: [reviews], gateways: [edge], http: [{ route: [{ destination: { host: reviews } }] }] }
    `,
  },

  *check(mesh) {
    const claims = new Map<string, VirtualService[]>();
    for (const service of mesh.virtualServices) {
      if (!service.appliesToMesh) continue;
      const scopes = service.visibility.everywhere ? ['*'] : service.visibility.namespaces;
      for (const scope of scopes) {
        for (const host of new Set(service.fullHosts)) {
          const key = `${scope} ${host}`;
          const list = claims.get(key);
          if (list) list.push(service);
          else claims.set(key, [service]);
        }
      }
    }
    const forAll = [...claims].filter(([key]) => key.startsWith('* ')).map(([key, services]) => ({ host: key.slice(2), services }));
    const index = new HostIndex<VirtualService>();
    for (const { host, services } of forAll) for (const service of services) index.add(host, service);
    const reported = new Set<VirtualService>();
    for (const [key, own] of claims) {
      const [scope = '', host = ''] = key.split(' ');
      const rivals = scope === '*' ? own : [...new Set([...own, ...meeting(host, index, forAll)])];
      if (rivals.length < 2) continue;
      const names = rivals.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
      for (const on of rivals) {
        if (reported.has(on)) continue;
        reported.add(on);
        yield { on, at: `spec.hosts[${Math.max(0, on.fullHosts.indexOf(host))}]`, message: `${names} all have the host ${host} for the mesh${scope === '*' ? '' : ` in namespace ${scope}`}` };
      }
    }
  },
});

/** What is exported to everyone and meets a host that is exported to one namespace. */
function meeting(host: string, index: HostIndex<VirtualService>, forAll: readonly { readonly host: string; readonly services: readonly VirtualService[] }[]): VirtualService[] {
  const above = [...index.covering(host)].flatMap(({ values }) => values);
  return host.startsWith('*') ? [...above, ...forAll.filter(other => covers(host, other.host)).flatMap(({ services }) => services)] : above;
}
