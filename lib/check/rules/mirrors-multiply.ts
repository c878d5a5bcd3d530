import { mirroredLoad, type MirroredLoad, type Service, type VirtualService } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

/** From here on the copies are as many as the requests themselves. */
const worthKnowing = 2;

/** Mirrors of mirrored calls. */
const surprising = 4;

export const mirrorsMultiply = defineRule({
  id: 'MW0324',
  name: 'mirrors-multiply',
  category: 'traffic',
  severity: 'info',
  title: 'Mirrored requests call on, so that services behind get more requests',
  why: 'Who gets a copy answers nobody, but calls its own callees like anybody else, and writes what it writes twice. Mirrors along a chain multiply.',
  fix: 'Mirror fewer of a hundred, or at one place of the chain; let what gets copies call stand-ins. Where a request comes to four or more this is a warning. Who calls whom is read from Sidecars and AuthorizationPolicies.',
  of: ['VirtualService'],
  examples: {
    bad: chain(100),
    good: chain(5),
  },

  when: mirrorsInMesh,

  *check(on, mesh) {
    if (!mirrorsInMesh(on)) return;
    for (const host of on.fullHosts) {
      const service = mesh.hosts.at(host).find((owner): owner is Service => !('hosts' in owner));
      const behind = service ? mirroredLoad(mesh, service, on.namespace).filter(({ from, plain }) => from && plain > 0) : [];
      const worst = behind.reduce<MirroredLoad | undefined>((most, load) => (!most || growth(load) > growth(most) ? load : most), undefined);
      if (!worst || growth(worst) < worthKnowing) continue;
      yield {
        at: 'spec.http',
        severity: growth(worst) < surprising ? 'info' : 'warning',
        message: `${way(worst).map(load => `${load.service.name} (${rounded(growth(load))})`).join(' → ')}: through mirrors ${worst.service.name} gets ${rounded(growth(worst))} times the requests`,
      };
      return;
    }
  },
});

function mirrorsInMesh({ appliesToMesh, isDelegate, routes }: VirtualService): boolean {
  return appliesToMesh && !isDelegate && routes.some(({ mirrors }) => mirrors.length > 0);
}

function growth({ requests, plain }: MirroredLoad): number {
  return plain === 0 ? requests : requests / plain;
}

function way(load: MirroredLoad): readonly MirroredLoad[] {
  return [...(load.from ? way(load.from) : []), load];
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function chain(percent: number): string {
  const service = (name: string): string => yaml`
    apiVersion: v1
    kind: Service
    metadata: { name: ${name}, namespace: shop }
    spec: { selector: { app: ${name} }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: ${name}, namespace: shop }
    spec: { template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: ${name} } } }
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata: { name: ${name}, namespace: shop }
    spec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name}, subset: v1 } }], mirrors: [{ destination: { host: ${name}, subset: v2 }, percentage: { value: ${String(percent)} } }] }] }
  `;
  const policy = yaml`
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata: { name: ratings, namespace: shop }
    spec: { selector: { matchLabels: { app: ratings } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/reviews] } }] }] }
  `;
  return [service('reviews'), service('ratings'), policy].join('\n---\n');
}
