import { field, list, text } from '../../manifest/index.ts';
import type { Entity } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const conditionNegative = defineRule({
  id: 'IST0171',
  name: 'condition-negative',
  category: 'traffic',
  severity: 'warning',
  title: 'The status of an object says that it does not hold',
  why: 'Istio, or a waypoint, has not accepted it.',
  fix: 'See the reason; it is what the control plane said.',
  analyzers: ['conditions.ConditionAnalyzer'],
  of: ['Service', 'ServiceEntry', 'AuthorizationPolicy', 'KubernetesGateway', 'HTTPRoute', 'GRPCRoute'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      status: { conditions: [{ type: istio.io/WaypointBound, status: "False", reason: WaypointMissing, message: waypoint not found }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: Service
      metadata: { name: reviews, namespace: shop }
      status: { conditions: [{ type: istio.io/WaypointBound, status: "True", reason: WaypointAccepted }] }
    `,
  },

  when: ({ manifest }) => manifest.object.status !== undefined,

  *check(on) {
    for (const [condition, at] of conditionsOf(on)) {
      const [type, reason, message] = ['type', 'reason', 'message'].map(name => text(field(condition, name)) ?? '');
      const says = [reason, message].filter(part => part !== '').join(', ') || 'no reason is given';
      // Others write conditions too, and mean other things by them.
      if (!told[on.kind]?.has(type?.replace(/^istio\.io\//, '') ?? '')) continue;
      if (field(condition, 'status') === 'False') yield { at, message: `${type ?? ''} is false: ${says}` };
      // A waypoint that takes only a part of a policy accepts it.
      else if (type?.endsWith('WaypointAccepted') && reason === 'PartiallyInvalid') yield { at, message: `${type} is only partly true: ${says}` };
    }
  },
});

/** The conditions by which Istio says whether an object holds. */
const told: Readonly<Record<string, ReadonlySet<string>>> = {
  Service: new Set(['WaypointBound']),
  ServiceEntry: new Set(['WaypointBound']),
  AuthorizationPolicy: new Set(['ZtunnelAccepted', 'WaypointAccepted']),
  Gateway: new Set(['Accepted', 'Programmed', 'ResolvedRefs']),
  HTTPRoute: new Set(['Accepted', 'Programmed', 'ResolvedRefs']),
  GRPCRoute: new Set(['Accepted', 'Programmed', 'ResolvedRefs']),
};

/** The conditions of an object, and where they stand; those of a route, of each of its parents. */
function* conditionsOf({ manifest: { object: { status } } }: Entity): Generator<readonly [unknown, string]> {
  for (const [i, condition] of list(field(status, 'conditions')).entries()) yield [condition, `status.conditions[${i}]`];
  for (const [i, parent] of list(field(status, 'parents')).entries()) {
    for (const [j, condition] of list(field(parent, 'conditions')).entries()) yield [condition, `status.parents[${i}].conditions[${j}]`];
  }
}
