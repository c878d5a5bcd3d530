import { field, list, text } from '../../manifest/index.ts';
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
  of: ['Service', 'ServiceEntry', 'AuthorizationPolicy'],
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
    for (const [i, condition] of list(field(on.manifest.object.status, 'conditions')).entries()) {
      if (field(condition, 'status') !== 'False') continue;
      const said = ['type', 'reason', 'message'].map(name => text(field(condition, name)) ?? '');
      yield { at: `status.conditions[${i}]`, message: `${said[0] ?? ''} is false: ${said.slice(1).filter(part => part !== '').join(', ') || 'no reason is given'}` };
    }
  },
});
