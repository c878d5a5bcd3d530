import type { RuleProps } from './declared-rule.ts';
import { AccessRule } from './access-rule.ts';
import type { PolicyTarget } from './policy-place.ts';

/** What is refused. */
export interface DenyProps extends RuleProps {
  /** Whether it is only logged what this would refuse (`istio.io/dry-run`). @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Refuses requests, whatever allows them.
 *
 * @example
 * new Deny(ingress, 'blocked', { from: [Caller.remoteIp('203.0.113.0/24')] });
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export class Deny extends AccessRule {
  /** @throws when the rule takes nothing, something else than it says, or cannot be kept there */
  constructor(target: PolicyTarget, id: string, props: DenyProps) {
    super(target, id, 'DENY', props);
  }
}
