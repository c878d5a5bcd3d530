import { Lazy } from 'cdk8s';
import { AuthorizationPolicy, type AuthorizationPolicySpec, type Rule } from '../l1.ts';
import type { DeclaredRule, PolicyAction } from './declared-rule.ts';
import type { Attachment, PolicyPlace, PolicyTarget } from './policy-place.ts';
import { printedRules } from './printed-rule.ts';

const byTarget = new WeakMap<PolicyTarget, AccessPolicies>();

/**
 * The rules that constructs have declared for a target, and the AuthorizationPolicies that say them: one for each action,
 * printed when the app is synthesized, so that a reviewer finds all that is allowed in one place, and all that is denied.
 */
export class AccessPolicies {
  readonly declared: DeclaredRule[] = [];
  readonly #policies = new Map<string, readonly DeclaredRule[]>();

  /** What is declared for a target. */
  static of(target: PolicyTarget): AccessPolicies {
    let known = byTarget.get(target);
    if (!known) byTarget.set(target, known = new AccessPolicies());
    return known;
  }

  /** Adds a rule; the first of its kind brings the policy. */
  declare(rule: DeclaredRule, place: PolicyPlace): void {
    this.declared.push(rule);
    if (rule.action === 'ALLOW' && !rule.dryRun && place.allow) {
      place.allow(rule);
      return;
    }
    const name = policyName(rule);
    const known = this.#policies.get(name);
    this.#policies.set(name, [...known ?? [], rule]);
    if (known) return;
    const { scope, prefix } = place;
    place.attach(({ suffix, selection }) => {
      new AuthorizationPolicy(scope, `${name}${suffix}`, {
        metadata: { name: `${prefix === '' ? '' : `${prefix}-`}${name}${suffix}`, ...(rule.dryRun ? { annotations: { 'istio.io/dry-run': 'true' } } : {}) },
        spec: Lazy.any({ produce: () => this.#spec(name, place, selection) }) as AuthorizationPolicySpec,
      });
    });
  }

  #spec(name: string, place: PolicyPlace, selection: Attachment['selection']): AuthorizationPolicySpec {
    const rules = this.#policies.get(name) ?? [];
    const [first] = rules;
    const printed = distinctRules(rules.flatMap(rule => printedRules(rule, place)));
    if (first?.action === 'CUSTOM') return { ...selection, action: 'CUSTOM', provider: { name: first.provider ?? '' }, rules: printed };
    return { ...selection, action: first?.action ?? 'ALLOW', rules: printed };
  }
}

/** Rules without those that say the same as an earlier one. */
export function distinctRules(rules: readonly Rule[]): Rule[] {
  const texts = rules.map(rule => JSON.stringify(rule));
  return rules.filter((_, i) => texts.indexOf(texts[i] ?? '') === i);
}

function policyName({ action, provider, dryRun }: DeclaredRule): string {
  const names: Readonly<Record<PolicyAction, string>> = { ALLOW: 'allowed', DENY: 'denied', AUDIT: 'audited', CUSTOM: `asks-${provider ?? ''}` };
  return `${names[action]}${dryRun ? '-dry-run' : ''}`;
}
