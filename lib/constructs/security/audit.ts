import type { RuleProps } from './declared-rule.ts';
import { AccessRule } from './access-rule.ts';
import type { PolicyTarget } from './policy-place.ts';

/**
 * Marks requests to be written down by a plugin of the mesh that audits; nothing is let in or refused.
 *
 * @example
 * new Audit(payments, 'writes', { from: 'anyone', to: [{ notMethods: ['GET'] }] });
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/#AuthorizationPolicy-Action
 */
export class Audit extends AccessRule {
  /** @throws when the rule takes nothing, something else than it says, or cannot be kept there */
  constructor(target: PolicyTarget, id: string, props: RuleProps) {
    super(target, id, 'AUDIT', props);
  }
}
