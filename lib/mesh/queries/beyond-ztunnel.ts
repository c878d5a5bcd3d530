import type { AuthorizationPolicy } from '../entities/policies.ts';
import { conditionOf, operationConditions, sourceConditions, type Condition } from './access-conditions.ts';

/**
 * The first field of an AuthorizationPolicy that only a waypoint can enforce; undefined where ztunnel enforces it all.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/l4-policy/#policy-enforcement-using-ztunnel
 */
export function beyondZtunnel({ action, rules }: AuthorizationPolicy): string | undefined {
  if (action === 'CUSTOM' || action === 'AUDIT') return 'spec.action';
  for (const { from, to, when } of rules) {
    for (const source of from) for (const name of unknownFields(sourceConditions, source)) return `${source.path}.${name}`;
    for (const operation of to) for (const name of unknownFields(operationConditions, operation)) return `${operation.path}.${name}`;
    for (const { key, path } of when) {
      const condition = conditionOf(key);
      if (typeof condition !== 'object' || !condition.ztunnel) return `${path}.key`;
    }
  }
  return undefined;
}

function* unknownFields(conditions: Readonly<Record<string, Condition>>, value: Readonly<Record<string, readonly string[] | string>>): Generator<string> {
  for (const [name, { ztunnel }] of Object.entries(conditions)) {
    if (ztunnel) continue;
    for (const field of [name, `not${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`]) if ((value[field] ?? []).length > 0) yield field;
  }
}
