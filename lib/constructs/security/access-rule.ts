import { Construct } from 'constructs';
import { freeId } from '../values/name.ts';
import { AccessPolicies } from './access-policies.ts';
import { refusedBy } from './contradictions.ts';
import type { DeclaredRule, PolicyAction, RuleProps } from './declared-rule.ts';
import type { PolicyPlace, PolicyTarget } from './policy-place.ts';
import { checkRule, unseenByZtunnel } from './rule-traps.ts';
import { unknownIssuers } from './unknown-issuers.ts';

/** What a construct adds to a rule. */
export interface AccessRuleProps extends RuleProps {
  readonly dryRun?: boolean | undefined;
  readonly provider?: string | undefined;
}

/** A rule about who may send what to a target, as a construct below it. */
export abstract class AccessRule extends Construct {
  /** @throws when the rule takes nothing, something else than it says, or cannot be kept there */
  constructor(target: PolicyTarget, id: string, action: PolicyAction, props: AccessRuleProps) {
    const place = target.policyPlace(`${target.node.path}/${id}`);
    super(place.scope, freeId(place.scope, id));
    const { from, to, when, dryRun = false, provider } = props;
    const rule: DeclaredRule = { action, from, to, when, dryRun, provider, declaredBy: this };
    checkRule(rule, place, target);
    AccessPolicies.of(target).declare(rule, place);
    this.node.addValidation({ validate: () => [...this.#refused(rule, target, place), ...unknownIssuers(rule, [target, ...place.within]), ...unseenByZtunnel(rule, place)] });
  }

  #refused(rule: DeclaredRule, target: PolicyTarget, { within, mesh }: PolicyPlace): readonly string[] {
    const rival = rule.action === 'ALLOW' && !rule.dryRun ? refusedBy(rule, [target, ...within], mesh.trustDomain) : undefined;
    return rival === undefined ? [] : [`${rival} refuses all that this lets in, and what refuses goes first, so the grant would never hold; remove one of the two, or narrow the one that refuses`];
  }
}
