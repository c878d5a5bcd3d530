import type { RuleProps } from './declared-rule.ts';
import { AccessRule } from './access-rule.ts';
import type { PolicyTarget } from './policy-place.ts';

/** Who is let in. */
export interface AllowProps extends RuleProps {
  /** Whether it is only logged what this would let in (`istio.io/dry-run`). @default false */
  readonly dryRun?: boolean | undefined;
}

/**
 * Lets callers in, for what `calls` has no words for. Whatever is declared for a target lands in one AuthorizationPolicy;
 * as soon as there is one, nothing else is let in.
 *
 * @example
 * new Allow(ratings, 'reports', { from: [Caller.serviceAccount('reporting', 'report')], to: [{ methods: ['GET'], paths: ['/ratings/{*}'] }] });
 *
 * @see https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export class Allow extends AccessRule {
  /** @throws when the rule takes nothing, something else than it says, or cannot be kept there */
  constructor(target: PolicyTarget, id: string, props: AllowProps) {
    super(target, id, 'ALLOW', props);
  }
}
