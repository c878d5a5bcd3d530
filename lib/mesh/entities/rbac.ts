import { field, list, text, texts } from '../../manifest/index.ts';
import type { Entity } from './entity.ts';

/** A Role or a ClusterRole. */
export interface Role extends Entity {
  readonly rules: readonly { readonly groups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[]; readonly path: string }[];
}

/** A RoleBinding or a ClusterRoleBinding. */
export interface RoleBinding extends Entity {
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly namespace: string; readonly name: string; readonly path: string }[];
}

export function roleOf(entity: Entity): Role {
  return {
    ...entity,
    rules: list(entity.manifest.object.rules).map((rule, i) => ({
      groups: texts(field(rule, 'apiGroups')), resources: texts(field(rule, 'resources')), verbs: texts(field(rule, 'verbs')), path: `rules[${i}]`,
    })),
  };
}

export function roleBindingOf(entity: Entity): RoleBinding {
  const { roleRef, subjects } = entity.manifest.object;
  return {
    ...entity,
    role: { kind: text(field(roleRef, 'kind')) ?? '', name: text(field(roleRef, 'name')) ?? '' },
    subjects: list(subjects).map((subject, i) => ({
      kind: text(field(subject, 'kind')) ?? '', namespace: text(field(subject, 'namespace')) ?? '', name: text(field(subject, 'name')) ?? '', path: `subjects[${i}]`,
    })),
  };
}

/** What a role lets its holders do with a resource, and the rule that says so. */
export function grantedVerbs({ rules }: Role, group: string, resource: string): readonly { readonly verb: string; readonly path: string }[] {
  const names = (written: readonly string[], wanted: string): boolean => written.includes('*') || written.includes(wanted);
  return rules.filter(({ groups, resources }) => names(groups, group) && names(resources, resource)).flatMap(({ verbs, path }) => verbs.map(verb => ({ verb, path })));
}
