import type { Access, AuthorizationPolicy, Dimension, Rule, Stage } from '../../mesh/index.ts';
import { decide, type Decision, type Values } from '../evaluate.ts';
import type { Said } from '../trace.ts';
import { whyNot } from '../why-not.ts';
import type { Answer } from './arrival.ts';
import type { ServerStep } from './steps.ts';
import { unsaid } from './values.ts';

/** What policies say of a request or a connection. */
export interface Authorized {
  readonly steps: readonly ServerStep[];
  /** Undefined where it goes on. */
  readonly answer: Answer | undefined;
  /** False where a provider, or something that is not known, may decide otherwise. */
  readonly sure: boolean;
}

type Action = AuthorizationPolicy['action'];

/** CUSTOM policies: asked before any token is looked at. What a provider says is not known. */
export function authorizeCustom(access: Access, values: Values, refusal: (flag: string) => Answer): Authorized {
  if (!has(access, 'CUSTOM')) return nothing;
  const { decision, step, sure } = ask(access, 'CUSTOM', access.custom, values);
  const shadow = dryRun(access, 'CUSTOM', access.dryRun.custom, values);
  const { treatment } = decision;
  if (treatment.kind === 'ask') {
    const note = `the provider "${treatment.provider}" decides, which cannot be known here`;
    return { steps: [{ ...step, result: 'unsure', note }, ...shadow], answer: undefined, sure: false };
  }
  if (treatment.kind === 'pass') return { steps: [step, ...shadow], answer: undefined, sure };
  return { steps: [{ ...step, note: treatment.because }, ...shadow], answer: refusal(''), sure };
}

/** AUDIT, DENY and ALLOW policies, in Envoy's order. */
export function authorize(access: Access, values: Values, refusal: (flag: string) => Answer, by: 'proxy' | 'ztunnel'): Authorized {
  if (access.policies.length === 0) return nothing;
  const steps: ServerStep[] = [];
  if (has(access, 'AUDIT')) steps.push(ask(access, 'AUDIT', access.audit, values, by).step);
  let sure = true;
  if (has(access, 'DENY')) {
    const denied = ask(access, 'DENY', access.deny, values, by);
    steps.push(denied.step, ...dryRun(access, 'DENY', access.dryRun.deny, values));
    if (denied.decision.treatment === 'deny') return { steps, answer: refusal(''), sure: true };
    sure = denied.sure;
  }
  if (has(access, 'ALLOW')) {
    const allowed = ask(access, 'ALLOW', access.allow, values, by);
    steps.push(allowed.step, ...dryRun(access, 'ALLOW', access.dryRun.allow, values));
    // Who is not allowed for certain is kept out, whatever a DENY policy would say.
    return allowed.decision.treatment === 'deny' ? { steps, answer: refusal(''), sure: allowed.sure } : { steps, answer: undefined, sure };
  }
  return { steps, answer: undefined, sure };
}

const nothing: Authorized = { steps: [], answer: undefined, sure: true };

interface Asked<Treatment> {
  readonly decision: Decision<Treatment>;
  readonly step: ServerStep & { readonly kind: 'authorization' };
  readonly sure: boolean;
}

function ask<Treatment>(access: Access, action: Action, stage: Stage<Treatment>, values: Values, by: 'proxy' | 'ztunnel' = 'proxy'): Asked<Treatment> {
  const decision = decide(stage, values);
  const missing = unsaid(values).filter(dim => stage.rules.some(rule => asksFor(rule, dim)));
  const unsure = decision.unsure.length > 0 || missing.length > 0;
  const enforced = access.policies.find(policy => policy.action === action && !policy.dryRun);
  const result = decision.rule ? 'matched' : unsure ? 'unsure' : enforced ? 'none matched' : 'no policy';
  const note = noteOf(access, action, decision, missing);
  return {
    decision,
    sure: !unsure,
    step: {
      kind: 'authorization', by, action, result,
      from: decision.rule?.from ?? decision.unsure[0]?.from ?? (enforced && { on: enforced, at: 'spec' }),
      close: [...decision.close.map(({ rule, clause }) => ({ from: rule.from, why: whyNot(clause, values) })), ...ignored(access, action)],
      ...(note === undefined ? {} : { note }),
    },
  };
}

function noteOf(access: Access, action: Action, { rule, unsure }: Decision<unknown>, missing: readonly Dimension[]): string | undefined {
  if (rule) return undefined;
  if (unsure.length > 0) return 'a rule looks at what is not modelled';
  if (missing.length > 0) return `a rule looks at ${missing.join(' and ')}, which the request does not say`;
  if (access.policies.some(policy => policy.action === action && !policy.dryRun && policy.rules.length === 0)) return 'a policy without rules matches nothing';
  return undefined;
}

function ignored({ ignored: list }: Access, action: Action): NonNullable<Said['close']> {
  return list.filter(({ from }) => (from.on as AuthorizationPolicy).action === action).slice(0, 3);
}

function dryRun<Treatment>(access: Access, action: Action, stage: Stage<Treatment>, values: Values): ServerStep[] {
  const policy = access.policies.find(one => one.action === action && one.dryRun);
  if (!policy) return [];
  const { rule } = decide(stage, values);
  const would = action === 'ALLOW' ? (rule ? 'allow' : 'deny') : action === 'DENY' ? (rule ? 'deny' : 'not deny') : rule ? 'ask its provider about' : 'say nothing of';
  return [{ kind: 'authorization', by: 'proxy', action, result: 'dry run', from: rule?.from ?? { on: policy, at: 'metadata.annotations["istio.io/dry-run"]' }, note: `enforced, it would ${would} this request` }];
}

function has({ policies }: Access, action: Action): boolean {
  return policies.some(policy => policy.action === action);
}

function asksFor({ all }: Rule<unknown>, dim: Dimension): boolean {
  return all.some(clause => clause.dim === dim);
}
