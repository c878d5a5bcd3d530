import { grantedVerbs, indexes, type Role } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayRightsBroad = defineRule({
  id: 'MW0411',
  name: 'gateway-rights-broad',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Too many may make Gateways',
  why: 'Who may write a Gateway can open ports to the outside and take over host names.',
  fix: 'Grant `create`, `update` and `patch` of gateways to those who run them, and to no group that everyone is in.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#restrict-gateway-creation-privileges',
  of: ['ClusterRole', 'RoleBinding', 'ClusterRoleBinding'],
  examples: {
    bad: yaml`
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: { name: routes, labels: {} }
      rules: [{ apiGroups: [networking.istio.io], resources: [gateways, virtualservices], verbs: [get, create, update] }]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: { name: routes }
      roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: routes }
      subjects: [{ kind: Group, name: "system:authenticated" }]
    `,
    good: yaml`
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: { name: routes, labels: {} }
      rules: [{ apiGroups: [networking.istio.io], resources: [gateways, virtualservices], verbs: [get, create, update] }]
      ---
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: { name: routes }
      roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: routes }
      subjects: [{ kind: Group, name: "platform" }]
    `,
  },

  *check(on, mesh) {
    if ('rules' in on) {
      const aggregate = ['edit', 'admin'].find(name => on.labels.get(`rbac.authorization.k8s.io/aggregate-to-${name}`) === 'true');
      const [granted] = aggregate === undefined ? [] : writes(on);
      if (granted) yield { at: granted.path, message: `everyone with the role ${aggregate ?? ''} may ${granted.verb === '*' ? 'do anything with' : granted.verb} gateways` };
      return;
    }
    const [role] = mesh.at(indexes.roleByName, on.role.kind === 'ClusterRole' ? on.role.name : `${on.namespace}/${on.role.name}`);
    if (!role || writes(role).length === 0) return;
    for (const { kind, name, path } of on.subjects) {
      if ((kind === 'Group' && /^system:(authenticated|unauthenticated|serviceaccounts(:.*)?)$/.test(name)) || (kind === 'ServiceAccount' && name === 'default')) {
        yield { at: path, message: `${kind} ${name} may write gateways, by ${role.kind} ${role.name}` };
      }
    }
  },
});

function writes(role: Role): ReturnType<typeof grantedVerbs> {
  return ['networking.istio.io', 'gateway.networking.k8s.io'].flatMap(group => grantedVerbs(role, group, 'gateways')).filter(({ verb }) => verb === 'create' || verb === 'update' || verb === 'patch' || verb === '*');
}
