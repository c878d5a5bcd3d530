import { indexes, indexOf, type Mesh } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const principalUnknown = defineRule({
  id: 'MW0108',
  name: 'principal-unknown',
  category: 'security',
  severity: 'error',
  title: 'An AuthorizationPolicy names a service account that does not exist',
  why: 'No caller has that identity: those who were to be let in are refused, or those who were to be refused get in.',
  fix: 'Name the ServiceAccount that the callers run with. Trust domains other than the mesh\'s own, patterns, and namespaces of which no ServiceAccount is among the objects are not asked about.',
  alsoKnownAs: ['KIA0106'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: web, namespace: shop }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/wbe] } }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: ServiceAccount
      metadata: { name: web, namespace: shop }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }
    `,
  },

  *check(on, mesh) {
    for (const source of on.rules.flatMap(({ from }) => from)) {
      for (const name of ['principals', 'notPrincipals', 'serviceAccounts', 'notServiceAccounts'] as const) {
        for (const [i, written] of source[name].entries()) {
          const account = name.endsWith('rincipals') ? ofPrincipal(mesh, written) : ofAccount(written, on.namespace);
          if (account && !mayExist(mesh, account)) yield { at: `${source.path}.${name}[${i}]`, message: `namespace ${account.namespace} has no ServiceAccount ${account.name}` };
        }
      }
    }
  },
});

interface Account {
  readonly namespace: string;
  readonly name: string;
}

function ofPrincipal({ config }: Mesh, principal: string): Account | undefined {
  const parts = /^([^/*]+|\*)\/ns\/([^/*]+)\/sa\/([^/*]+)$/.exec(principal);
  if (!parts) return undefined;
  const [, domain = '', namespace = '', name = ''] = parts;
  // `cluster.local` stands for the mesh's own trust domain, whatever that is called.
  const own = domain === '*' || domain === 'cluster.local' || domain === config.trustDomain || config.trustDomainAliases.includes(domain);
  return own ? { namespace, name } : undefined;
}

function ofAccount(written: string, own: string): Account {
  const [namespace = '', name] = written.split('/');
  return name === undefined ? { namespace: own, name: namespace } : { namespace, name };
}

function mayExist(mesh: Mesh, { namespace, name }: Account): boolean {
  if (name === 'default' || mesh.at(indexes.serviceAccountsOf, namespace).length === 0) return true;
  const full = `${namespace}/${name}`;
  return mesh.at(indexes.serviceAccountByName, full).length > 0
    || mesh.at(indexes.workloadsByServiceAccount, full).length > 0
    || mesh.at(accountsOutside, full).length > 0
    || mesh.at(accountsOfGateways, full).length > 0
    // The namespace's waypoint may stand elsewhere; that it is missing is for another rule to say.
    || mesh.namespace(namespace)?.waypoint === name;
}

/** Machines outside Kubernetes by `namespace/service account`. */
const accountsOutside = indexOf('service account outside', ['WorkloadEntry', 'WorkloadGroup'], ({ namespace, serviceAccount }) => [`${namespace}/${serviceAccount}`]);

/** Gateways by the service account that Istio makes for them: that of a waypoint has the Gateway's name, of others its class too. */
const accountsOfGateways = indexOf('service account of gateway', ['KubernetesGateway'], ({ namespace, name, className }) => [`${namespace}/${name}`, `${namespace}/${name}-${className}`]);
