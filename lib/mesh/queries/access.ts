import type { From, Rule, Stage } from '../conditions.ts';
import type { AuthorizationPolicy } from '../entities/policies.ts';
import type { Mesh } from '../mesh.ts';
import { meaningOf, type Evaluator } from './access-rules.ts';
import { authorizationPoliciesFor, authorizationPoliciesOfZtunnel, type PolicyTarget } from './policies-for.ts';

/** What CUSTOM policies do with a request: ask a provider, refuse it since there is no provider that could be asked, or nothing. */
export type CustomVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'ask'; readonly provider: string }
  | { readonly kind: 'deny'; readonly because: string };

/** Who may call a proxy: the stages that a request goes through, in this order. */
export interface Access {
  /** The policies that apply, whatever their action. */
  readonly policies: readonly AuthorizationPolicy[];
  readonly custom: Stage<CustomVerdict>;
  readonly audit: Stage<'audit' | 'pass'>;
  readonly deny: Stage<'deny' | 'pass'>;
  /** Without an ALLOW policy everything is allowed; with one, only what a rule allows. */
  readonly allow: Stage<'allow' | 'deny'>;
  /** What the policies under `istio.io/dry-run` would do; it is only logged. */
  readonly dryRun: Pick<Access, 'custom' | 'deny' | 'allow'>;
  /** Rules and fields that do not count for this proxy, and why. */
  readonly ignored: readonly { readonly from: From; readonly why: string }[];
}

/**
 * Who may call a sidecar, a gateway or a waypoint, as it evaluates requests (`http`) or connections (`tcp`).
 *
 * Source: https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export function accessTo(mesh: Mesh, target: PolicyTarget, evaluator: 'http' | 'tcp'): Access {
  return accessOf(mesh, authorizationPoliciesFor(mesh, target), evaluator);
}

/** Who may connect to an ambient workload, as ztunnel evaluates it: by identity, address and port only. */
export function accessThroughZtunnel(mesh: Mesh, target: PolicyTarget): Access {
  // ztunnel is sent neither CUSTOM nor AUDIT policies nor dry runs.
  const policies = authorizationPoliciesOfZtunnel(mesh, target).filter(({ action, dryRun }) => !dryRun && (action === 'ALLOW' || action === 'DENY'));
  return accessOf(mesh, policies, 'ztunnel');
}

function accessOf(mesh: Mesh, policies: readonly AuthorizationPolicy[], evaluator: Evaluator): Access {
  const ignored: { from: From; why: string }[] = [];
  const rules = <Treatment>(list: readonly AuthorizationPolicy[], treatment: (policy: AuthorizationPolicy) => Treatment): Rule<Treatment>[] => list.flatMap(policy =>
    policy.rules.flatMap(rule => {
      const meaning = meaningOf(policy, rule, { namespace: policy.namespace, config: mesh.config }, evaluator);
      ignored.push(...meaning.ignored.map(({ at, why }) => ({ from: { on: policy, at }, why })));
      return meaning.alternatives.map(all => ({ all, treatment: treatment(policy), from: { on: policy, at: rule.path } }));
    }));
  const stages = (list: readonly AuthorizationPolicy[]): Pick<Access, 'custom' | 'audit' | 'deny' | 'allow'> => {
    const of = (action: AuthorizationPolicy['action']): readonly AuthorizationPolicy[] => list.filter(policy => policy.action === action);
    const custom = of('CUSTOM');
    const allow = of('ALLOW');
    return {
      custom: { rules: rules(custom, policy => customVerdict(mesh, policy, custom)), otherwise: { kind: 'pass' } },
      audit: { rules: rules(of('AUDIT'), () => 'audit' as const), otherwise: 'pass' },
      deny: { rules: rules(of('DENY'), () => 'deny' as const), otherwise: 'pass' },
      allow: { rules: rules(allow, () => 'allow' as const), otherwise: allow.length > 0 ? 'deny' : 'allow' },
    };
  };
  return { policies, ...stages(policies.filter(({ dryRun }) => !dryRun)), dryRun: stages(policies.filter(({ dryRun }) => dryRun)), ignored };
}

function customVerdict(mesh: Mesh, { provider }: AuthorizationPolicy, policies: readonly AuthorizationPolicy[]): CustomVerdict {
  if (new Set(policies.map(policy => policy.provider)).size > 1) return { kind: 'deny', because: 'the policies of one workload name several providers' };
  const known = mesh.config.extensionProviders.some(({ name, type }) => name === provider && type.startsWith('envoyExtAuthz'));
  return known ? { kind: 'ask', provider } : { kind: 'deny', because: `no extension provider of the mesh is called "${provider}"` };
}
