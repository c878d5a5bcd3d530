import type { ChartProfile } from './profile.ts';
import type { ControlPlane, InstallationPlan, NodeAgent } from './plan.ts';
import { merged, pruned, type Tree } from './values.ts';

/** One chart, as Helm would install it. */
export interface ChartRelease {
  readonly chart: 'base' | 'istiod' | 'cni' | 'ztunnel' | 'gateway';
  /** The name of the Helm release. */
  readonly name: string;
  readonly version: string;
  readonly namespace: string;
  readonly values: Tree;
  /** What comes first has the lowest number. */
  readonly wave: number;
  /** Names of the releases that must be there first. */
  readonly after: readonly string[];
}

/** The charts of an installation, in the order in which they are installed. */
export function chartReleases(plan: InstallationPlan): readonly ChartRelease[] {
  const { namespace, base, controlPlanes, cni, ztunnel, gateways, profile } = plan;
  const baseName = 'istio-base';
  const istiods = controlPlanes.map(controlPlane => istiodName(controlPlane));
  return [
    ...(base ? [{
      chart: 'base', name: baseName, version: base.release.text, namespace, wave: 0, after: [],
      values: { defaultRevision: base.defaultRevision, base: failClosed },
    } satisfies ChartRelease] : []),
    ...controlPlanes.map((controlPlane): ChartRelease => ({
      chart: 'istiod', name: istiodName(controlPlane), version: controlPlane.release.text, namespace, wave: 1, after: base ? [baseName] : [],
      values: istiodValues(controlPlane, profile),
    })),
    ...(cni ? [agentRelease('cni', 'istio-cni', cni, profile, 2, istiods, cni.values)] : []),
    ...(ztunnel ? [agentRelease('ztunnel', 'ztunnel', ztunnel, profile, 3, [...istiods, ...(cni ? ['istio-cni'] : [])], flatZtunnel(ztunnel.values))] : []),
    ...gateways.map((gateway): ChartRelease => ({
      chart: 'gateway', name: gateway.name, version: gateway.release.text, namespace: gateway.namespace, wave: 4,
      // Its pods say `image: auto` until istiod fills it in.
      after: [...istiods, ...(cni ? ['istio-cni'] : [])],
      values: pruned(merged(said(profile, ['platform']), { revision: gateway.revision }, gateway.values)),
    })),
  ];
}

export function istiodName({ revision }: Pick<ControlPlane, 'revision'>): string {
  return revision === undefined ? 'istiod' : `istiod-${revision}`;
}

/** istiod writes `Fail` into its webhook once it runs; said at once, nobody has to write it back. */
const failClosed = { validationFailurePolicy: 'Fail' } as const;

function istiodValues({ revision, values, unchecked }: ControlPlane, profile: ChartProfile): Tree {
  return pruned(merged(said(profile, ['profile', 'platform']), { base: failClosed }, { revision }, values, unchecked));
}

function agentRelease(chart: 'cni' | 'ztunnel', name: string, { release, namespace }: NodeAgent, profile: ChartProfile, wave: number, after: readonly string[], values: Tree): ChartRelease {
  return { chart, name, version: release.text, namespace, wave, after, values: pruned(merged(said(profile, ['profile', 'platform']), values)) };
}

/** The charts take the profile at the top and the platform among the values that all charts share. */
function said({ profile, platform }: ChartProfile, keys: readonly ('profile' | 'platform')[]): Tree {
  return {
    ...(profile !== undefined && keys.includes('profile') ? { profile } : {}),
    ...(platform !== undefined && keys.includes('platform') ? { global: { platform } } : {}),
  };
}

/** The ztunnel chart has its values at the top, and writes two of them small. */
function flatZtunnel({ ztunnel = {}, ...rest }: Tree & { readonly ztunnel?: Tree }): Tree {
  const { Annotations: annotations, Labels: labels, ...own } = ztunnel;
  return merged(rest, own, { annotations, labels });
}
