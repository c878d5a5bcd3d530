import { covers, HostIndex, indexOf, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { listed, mostListed } from '../listed.ts';
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
  of: ['VirtualService'],
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

  when: (on, mesh) => on.appliesToMesh && on.fullHosts.some(host => host.startsWith('*') || mesh.virtualServicesByHost.find(host, other => other !== on) !== undefined),

  *check(on, mesh) {
    const conflict = on.appliesToMesh ? firstConflict(mesh, on) : undefined;
    if (!conflict) return;
    const { host, scope, rivals } = conflict;
    const names = listed(rivals.slice(0, mostListed + 1).map(({ namespace, name }) => `${namespace}/${name}`));
    yield { at: `spec.hosts[${Math.max(0, on.fullHosts.indexOf(host))}]`, message: `${names} all have the host ${host} for the mesh${scope === undefined ? '' : ` in namespace ${scope}`}` };
  },
});

interface Conflict {
  readonly host: string;
  /** The namespace where clients see both; undefined for all. */
  readonly scope: string | undefined;
  readonly rivals: readonly VirtualService[];
}

function firstConflict(mesh: Mesh, on: VirtualService): Conflict | undefined {
  for (const host of new Set(on.fullHosts)) {
    const { everywhere, namespaces } = on.visibility;
    const forAll = everywhere ? sameHost(mesh, host, undefined) : [];
    if (forAll.length > 1) return { host, scope: undefined, rivals: forAll };
    // Where one is for a namespace and one for all, hosts that only cover each other conflict too.
    for (const scope of everywhere ? scopesMeeting(mesh, host) : namespaces) {
      for (const own of everywhere ? hostsMeeting(mesh, host, scope) : [host]) {
        const rivals = [...new Set([...sameHost(mesh, own, scope), ...meetingEverywhere(mesh, own)])];
        if (rivals.length > 1) return { host: own, scope, rivals };
      }
    }
  }
  return undefined;
}

/** Those that have exactly this host and are for everyone, or for one namespace. */
function sameHost(mesh: Mesh, host: string, scope: string | undefined): readonly VirtualService[] {
  const { everywhere, inNamespace } = apart(mesh.virtualServicesByHost.at(host));
  return scope === undefined ? everywhere : inNamespace.get(scope) ?? [];
}

/** VirtualServices of the mesh: those for everyone, and those for some namespaces, by namespace. */
interface Apart {
  readonly everywhere: readonly VirtualService[];
  readonly inNamespace: ReadonlyMap<string, readonly VirtualService[]>;
}

const known = new WeakMap<readonly VirtualService[], Apart>();

/** What is for one host is put apart once, however many of them ask. */
function apart(all: readonly VirtualService[]): Apart {
  const before = known.get(all);
  if (before) return before;
  const ofMesh = all.filter(({ appliesToMesh }) => appliesToMesh);
  const inNamespace = new Map<string, VirtualService[]>();
  for (const service of ofMesh) {
    for (const namespace of service.visibility.namespaces) {
      const own = inNamespace.get(namespace);
      if (own) own.push(service);
      else inNamespace.set(namespace, [service]);
    }
  }
  const made = { everywhere: ofMesh.filter(({ visibility }) => visibility.everywhere), inNamespace };
  known.set(all, made);
  return made;
}

/** VirtualServices by the wildcards that cover their hosts. */
const virtualServicesBelow = indexOf('virtual service below', ['VirtualService'], ({ fullHosts }) => fullHosts.flatMap(HostIndex.above));

/** Those whose hosts cover a host, or are covered by it. */
function meeting(mesh: Mesh, host: string): VirtualService[] {
  const above = [...mesh.virtualServicesByHost.covering(host)].flatMap(({ values }) => values);
  const below = !host.startsWith('*') ? [] : (host.startsWith('*.') ? mesh.at(virtualServicesBelow, host.toLowerCase()) : mesh.virtualServices).filter(({ fullHosts }) => fullHosts.some(own => covers(host, own)));
  return [...above, ...below].filter(({ appliesToMesh }) => appliesToMesh);
}

/** Those of them that are for everyone. */
function meetingEverywhere(mesh: Mesh, host: string): VirtualService[] {
  if (host.startsWith('*')) return meeting(mesh, host).filter(({ visibility }) => visibility.everywhere);
  return [...mesh.virtualServicesByHost.covering(host)].flatMap(({ values }) => apart(values).everywhere);
}

function scopesMeeting(mesh: Mesh, host: string): Set<string> {
  return new Set(meeting(mesh, host).flatMap(({ visibility }) => [...visibility.namespaces]));
}

function hostsMeeting(mesh: Mesh, host: string, scope: string): Set<string> {
  return new Set(meeting(mesh, host).filter(({ visibility }) => visibility.namespaces.has(scope)).flatMap(({ fullHosts }) => fullHosts.filter(own => covers(host, own) || covers(own, host))));
}
