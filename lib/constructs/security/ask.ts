import type { RuleProps } from './declared-rule.ts';
import { AccessRule } from './access-rule.ts';
import type { PolicyTarget } from './policy-place.ts';

/** Which requests an external authorizer is asked about. */
export interface AskProps extends RuleProps {
  /** The name of the authorizer, as the mesh config has it (`extensionProviders`) and the mesh knows it (`authorizers`). */
  readonly authorizer: string;
}

/**
 * Has an external authorizer asked about requests: what it refuses is refused, the rest goes on to what else is
 * declared. It is asked before tokens and identities are looked at, so no rule of this kind can ask for those.
 *
 * @example
 * new Ask(ingress, 'login', { authorizer: 'oauth2-proxy', from: 'anyone', to: [{ notPaths: ['/static/*'] }] });
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-custom/
 */
export class Ask extends AccessRule {
  /** @throws when the mesh knows no such authorizer, the rule takes nothing, or it cannot be kept there */
  constructor(target: PolicyTarget, id: string, { authorizer, ...rule }: AskProps) {
    super(target, id, 'CUSTOM', { ...rule, provider: authorizer });
  }
}
