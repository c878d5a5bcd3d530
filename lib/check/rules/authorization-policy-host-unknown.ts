import { HostIndex, indexes, indexOf, type AuthorizationPolicy, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const authorizationPolicyHostUnknown = defineRule({
  id: 'MW0106',
  name: 'authorization-policy-host-unknown',
  category: 'security',
  severity: 'warning',
  title: 'An AuthorizationPolicy names a host that nobody answers to',
  why: 'The operation never matches: a rule that lets in lets no one in, one that refuses refuses no one.',
  fix: 'Name the host as clients send it: of a Service, a ServiceEntry, a VirtualService, a gateway or a route. Only names without a wildcard, and those that begin with "*.", are asked about.',
  alsoKnownAs: ['KIA0104'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { hosts: [revews.shop.svc.cluster.local] } }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      spec: { ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { hosts: ["reviews.shop.svc.cluster.local:80", reviews.shop] } }] }] }
    `,
  },

  when: ({ rules }) => rules.some(({ to }) => to.some(({ hosts, notHosts }) => hosts.length + notHosts.length > 0)),

  *check(on, mesh) {
    for (const operation of on.rules.flatMap(({ to }) => to)) {
      for (const name of ['hosts', 'notHosts'] as const) {
        for (const [i, written] of operation[name].entries()) {
          const host = written.replace(/:(\d+|\*)$/, '').toLowerCase();
          if (isAskable(host) && !isKnown(mesh, on, host)) yield { at: `${operation.path}.${name}[${i}]`, message: `nobody answers to the host "${written}"` };
        }
      }
    }
  },
});

/** Patterns that are no names, and addresses, are not looked up. */
function isAskable(host: string): boolean {
  return !host.replace(/^\*\./, '').includes('*') && !/^[\d.]*$|^\[|^localhost$/.test(host);
}

function isKnown(mesh: Mesh, { namespace }: AuthorizationPolicy, host: string): boolean {
  if (!mesh.has('Service', 'ServiceEntry', 'VirtualService', 'Gateway', 'KubernetesGateway', 'HTTPRoute', 'GRPCRoute')) return true;
  const names = new HostIndex(key => mesh.at(namesOfHosts, key));
  if (!host.includes('.')) return isKnownByShortName(mesh, namespace, host) || !names.covering(host).next().done;
  // Services are called by their short names too.
  const [service = '', place = '', ...rest] = host.split('.');
  const known = mesh.service(place, service) !== undefined && (rest.length === 0 || (rest.length === 1 && rest[0] === 'svc'));
  if (known || !names.covering(host).next().done || (host.startsWith('*.') && mesh.at(belowWildcards, host).length > 0)) return true;
  // What is not among the objects cannot be told from what does not exist: a Service of a namespace that has none here.
  return rest[0] === 'svc' && place !== namespace && mesh.at(indexes.servicesOf, place).length === 0;
}

/** By what clients of its namespace call it; in a namespace without a Service nothing is known. */
function isKnownByShortName(mesh: Mesh, namespace: string, name: string): boolean {
  return mesh.at(indexes.servicesOf, namespace).length === 0 || mesh.at(shortNames, name).length > 0;
}

const shortNames = indexOf('short name of a host', ['Service', 'VirtualService'], on => ('hosts' in on ? on.hosts.filter(host => !host.includes('.')).map(host => host.toLowerCase()) : [on.name]));

const kinds = ['Service', 'ServiceEntry', 'VirtualService', 'Gateway', 'KubernetesGateway', 'HTTPRoute', 'GRPCRoute'] as const;

function hostsOf(on: object): readonly string[] {
  if ('host' in on) return [on.host as string];
  if ('fullHosts' in on) return on.fullHosts as readonly string[];
  if ('hostnames' in on) return on.hostnames as readonly string[];
  if ('servers' in on) return (on.servers as readonly { readonly hosts: readonly { readonly host: string }[] }[]).flatMap(({ hosts }) => hosts.map(({ host }) => host));
  if ('listeners' in on) return (on.listeners as readonly { readonly hostname: string }[]).flatMap(({ hostname }) => (hostname === '' ? [] : [hostname]));
  return (on as { readonly hosts: readonly string[] }).hosts;
}

const namesOfHosts = indexOf('name of a host', kinds, on => HostIndex.keys(hostsOf(on).filter(host => host !== '*')));
const belowWildcards = indexOf('name of a host below', kinds, on => hostsOf(on).flatMap(HostIndex.above));
