import { mtlsModeOf, mtlsModeOfNamespace, type AuthorizationPolicy, type AuthorizationRule, type Mesh, type MtlsDecision } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const sourceIdentityWithoutMtls = defineRule({
  id: 'MW0107',
  name: 'source-identity-without-mtls',
  category: 'security',
  severity: 'error',
  title: 'An AuthorizationPolicy asks who calls where mutual TLS is off',
  why: 'Over plaintext callers have no identity: a rule that lets in some callers lets in no one, one that refuses some refuses no one. This is asked where a PeerAuthentication turns mutual TLS off; with auto mTLS, sidecars use it everywhere else.',
  fix: 'Let the PeerAuthentication allow mutual TLS (PERMISSIVE or STRICT), or ask for something other than the caller\'s identity.',
  alsoKnownAs: ['KIA0105'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: DISABLE } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: PeerAuthentication
      metadata: { name: default, namespace: shop }
      spec: { mtls: { mode: STRICT } }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }
    `,
  },

  when: ({ targetRefs }, mesh) => targetRefs.length === 0 && mesh.has('PeerAuthentication'),

  *check(on, mesh) {
    const fields = on.rules.flatMap(identityFields);
    if (fields.length === 0 || on.targetRefs.length > 0 || !mesh.has('PeerAuthentication')) return;
    const off = disabledFor(mesh, on);
    if (!off) return;
    for (const at of fields) yield { at, message: `mutual TLS is off for ${off.who}${off.by?.from ? `, by PeerAuthentication ${off.by.from.on.namespace}/${off.by.from.on.name}` : ''}: callers have no identity` };
  },
});

const identities = ['principals', 'namespaces', 'serviceAccounts', 'trustDomains'] as const;
const conditions = new Set(['source.principal', 'source.namespace', 'source.serviceAccount', 'source.trustDomain']);

/** Where a rule asks for an identity that must be there; what a caller must not be holds over plaintext too. */
function identityFields({ from, when }: AuthorizationRule): string[] {
  return [
    ...from.flatMap(source => identities.filter(name => source[name].length > 0).map(name => `${source.path}.${name}`)),
    ...when.filter(({ key, values }) => conditions.has(key) && values.length > 0).map(({ path }) => `${path}.values`),
  ];
}

function disabledFor(mesh: Mesh, { namespace, selector }: AuthorizationPolicy): { readonly who: string; readonly by: MtlsDecision | undefined } | undefined {
  // For all of the mesh, or all of a namespace, what holds there by default is looked at.
  if (!selector || selector.size === 0 || namespace === mesh.config.rootNamespace) {
    const by = mtlsModeOfNamespace(mesh, namespace);
    return by.mode === 'DISABLE' ? { who: namespace === mesh.config.rootNamespace ? 'the mesh' : `namespace ${namespace}`, by } : undefined;
  }
  for (const { kind, name, podLabels } of mesh.workloadsSelectedBy(selector, namespace)) {
    const by = mtlsModeOf(mesh, { namespace, labels: podLabels });
    if (by.mode === 'DISABLE') return { who: `${kind} ${name}`, by };
  }
  if (mesh.workloadsIn(namespace).length > 0) return undefined;
  const by = mtlsModeOf(mesh, { namespace, labels: selector });
  return by.mode === 'DISABLE' ? { who: 'the pods that it selects', by } : undefined;
}
