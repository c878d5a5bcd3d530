import type { DestinationRule, Subset, TrafficPolicy } from '../entities/destination-rule.ts';
import { selects } from '../entities/selector.ts';
import { isVisible } from '../entities/visibility.ts';
import type { Mesh } from '../mesh.ts';

/** Who asks: the namespace and the labels of the client. */
export interface Asking {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** What the DestinationRules of one host say together. */
export interface MergedDestinationRule {
  /** The oldest first. */
  readonly rules: readonly DestinationRule[];
  readonly policy: { readonly policy: TrafficPolicy; readonly on: DestinationRule } | undefined;
  readonly subsets: ReadonlyMap<string, { readonly subset: Subset; readonly on: DestinationRule }>;
}

/**
 * The DestinationRule that holds for a client and a host: looked for in the client's namespace, then in the service's, then in the
 * root namespace; in each the most specific host wins, and nothing is merged across them.
 *
 * Source: https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration, and istio/istio
 * pilot/pkg/model/push_context.go
 */
export function destinationRuleFor(mesh: Mesh, host: string, serviceNamespace: string, asking: Asking): MergedDestinationRule | undefined {
  const root = mesh.config.rootNamespace;
  const levels = [...mesh.destinationRulesByHost.covering(host)].map(({ values }) => values);
  const among = (namespace: string, passes: (rule: DestinationRule) => boolean): MergedDestinationRule | undefined => {
    for (const values of levels) {
      const found = mergedOf([...new Set(values)].filter(rule => rule.namespace === namespace && passes(rule)), asking);
      if (found) return found;
    }
    return undefined;
  };
  const own = asking.namespace === root
    ? among(root, ({ visibility }) => !visibility.everywhere && visibility.namespaces.size === 1 && visibility.namespaces.has(root))
    : among(asking.namespace, () => true);
  const exported = ({ visibility }: DestinationRule): boolean => isVisible(visibility, asking.namespace);
  return own ?? (serviceNamespace === '' ? undefined : among(serviceNamespace, exported)) ?? among(root, exported);
}

/** Rules of one namespace and host: those with the same exportTo are one, those with another are apart, and the last of them is used. */
function mergedOf(rules: readonly DestinationRule[], { namespace, labels }: Asking): MergedDestinationRule | undefined {
  const selecting = rules.filter(rule => rule.workloadSelector && rule.namespace === namespace && selects(rule.workloadSelector, labels));
  const taken = selecting.length > 0 ? selecting : rules.filter(rule => !rule.workloadSelector);
  const groups = new Map<string, DestinationRule[]>();
  for (const rule of taken) {
    const key = rule.visibility.everywhere ? '*' : [...rule.visibility.namespaces].sort().join(',');
    groups.set(key, [...groups.get(key) ?? [], rule]);
  }
  const group = [...groups.values()].at(-1);
  if (!group) return undefined;
  const subsets = new Map<string, { subset: Subset; on: DestinationRule }>();
  for (const on of group) for (const subset of on.subsets) if (!subsets.has(subset.name)) subsets.set(subset.name, { subset, on });
  const first = group.find(({ policy }) => policy);
  return { rules: group, policy: first?.policy && { policy: first.policy, on: first }, subsets };
}
