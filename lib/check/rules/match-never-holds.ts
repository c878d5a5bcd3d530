import { field } from '../../manifest/index.ts';
import { httpEntries, workloadsOfGateway, type HttpMatch, type Mesh, type VirtualService } from '../../mesh/index.ts';
import { selectorText } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml, type Violation } from '../rule.ts';
import { gatewayNamed } from './gateway-unknown.ts';

export const matchNeverHolds = defineRule({
  id: 'MW0302',
  name: 'match-never-holds',
  category: 'traffic',
  severity: 'warning',
  title: 'A match holds at no proxy: its port, gateway or source does not exist',
  why: 'Istio leaves such a match out of every proxy without a word, and the requests take another route.',
  fix: 'Name a gateway that the VirtualService is bound to, a port that its hosts or gateways have, and sources that exist.',
  of: ['VirtualService'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - match: [{ uri: { prefix: /v2 }, gateways: [istio-ingress/shop] }]
            route: [{ destination: { host: reviews, subset: v2 } }]
          - route: [{ destination: { host: reviews, subset: v1 } }]
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        gateways: [mesh, istio-ingress/shop]
        http:
          - match: [{ uri: { prefix: /v2 }, gateways: [istio-ingress/shop] }]
            route: [{ destination: { host: reviews, subset: v2 } }]
          - route: [{ destination: { host: reviews, subset: v1 } }]
    `,
  },

  when: ({ isDelegate, routes }) => !isDelegate && routes.some(({ raw, matches }) => field(raw, 'delegate') !== undefined || matches.some(isNarrowed)),

  *check(on, mesh) {
    if (on.isDelegate) return;
    for (const { matches } of httpEntries(mesh, on)) {
      for (const { match, from } of matches) if (from.on === on) yield* ofMatch(mesh, on, match);
    }
  },
});

/** Whether a match says anything of the proxy and the port. */
function isNarrowed(match: unknown): boolean {
  return ['gateways', 'port', 'sourceNamespace', 'sourceLabels'].some(name => field(match, name) !== undefined);
}

function* ofMatch(mesh: Mesh, on: VirtualService, { gateways, port, sourceNamespace, sourceLabels, path }: HttpMatch): Generator<Violation> {
  const bound = gateways.length === 0 ? on.gateways : gateways.map(name => (name === 'mesh' || name.includes('/') ? name : `${on.namespace}/${name}`)).filter(name => on.gateways.includes(name));
  if (bound.length === 0) {
    yield { at: `${path}.gateways`, message: `the VirtualService is bound to ${listed(on.gateways)}, not to ${gateways.join(', ')}` };
    return;
  }
  const ports = port === undefined ? undefined : portsOf(mesh, on, bound);
  if (port !== undefined && ports && !ports.has(port)) yield { at: `${path}.port`, message: `neither its hosts nor its gateways have port ${port}; they have ${listed([...ports].sort((a, b) => a - b).map(String))}` };
  if (gateways.length > 0) return;
  if (sourceNamespace !== '' && mesh.has('Namespace') && !mesh.knowsNamespace(sourceNamespace)) yield { at: `${path}.sourceNamespace`, message: `there is no namespace ${sourceNamespace}` };
  else if (sourceLabels.size > 0 && mesh.hasWorkloads && mesh.workloadsSelectedBy(sourceLabels, sourceNamespace === '' ? undefined : sourceNamespace).length === 0) {
    yield { at: `${path}.sourceLabels`, message: `no workload${sourceNamespace === '' ? '' : ` of namespace ${sourceNamespace}`} carries ${selectorText(sourceLabels)}` };
  }
}

/** The ports at which the VirtualService is asked; undefined where one of its hosts or gateways is not among the objects. */
function portsOf(mesh: Mesh, on: VirtualService, bound: readonly string[]): Set<number> | undefined {
  const ports = new Set<number>();
  for (const name of bound) {
    if (name === 'mesh') {
      for (const host of on.fullHosts) {
        const owners = mesh.hosts.at(host);
        if (owners.length === 0) return undefined;
        for (const owner of owners) for (const { number } of owner.ports) ports.add(number);
      }
      continue;
    }
    const gateway = gatewayNamed(mesh, name);
    if (!gateway) return undefined;
    if ('listeners' in gateway) for (const { port } of gateway.listeners) ports.add(port);
    else {
      // A server's port may be one of the Service in front, whose target port the pods open.
      for (const { port } of gateway.servers) ports.add(port);
      for (const pod of workloadsOfGateway(mesh, gateway)) for (const service of mesh.servicesOf(pod)) for (const { number } of service.ports) ports.add(number);
    }
  }
  return ports;
}
