import { shown } from '../../schema/index.ts';
import { dnsLabel } from '../values/name.ts';
import type { IstioInstallationProps } from './installation-props.ts';
import { revisionOf, stepNumber } from './upgrade.ts';
import { istioRelease, type Release } from './versions.ts';

/** Which control planes there are, and which release of everything else. */
export interface ControlPlaneSet {
  readonly controlPlanes: readonly { readonly release: Release; readonly revision: string | undefined; readonly tags: readonly string[] }[];
  /** The release of CRDs. */
  readonly base: Release;
  /** The revision that validates, and injects what is labelled with no revision of its own. */
  readonly leading: string | undefined;
  /** The release of node agents and gateways. */
  readonly dataPlane: Release;
}

/** @throws when a revision or tag is none, stands twice, or the upgrade goes back or too far */
export function controlPlaneSet(where: string, props: IstioInstallationProps): ControlPlaneSet {
  const { version, upgrade, tags = [], backEnd } = props;
  const release = istioRelease(where, 'version', version);
  const byOperator = backEnd?.kind === 'sail' && backEnd.updateStrategy === 'RevisionBased';
  if (byOperator && (upgrade ?? props.revision) !== undefined) throw new Error(`${where}: with RevisionBased the Sail operator names revisions and removes old ones by itself; leave revision and upgrade out, or take the strategy InPlace`);
  const revision = named(props.revision) ?? (!byOperator && (tags.length > 0 || upgrade) ? revisionOf(release.text) : undefined);
  if (revision !== undefined) dnsLabel(where, 'revision', revision);
  // From JavaScript a single one may come, without its list.
  if (typeof (tags as unknown) === 'string') throw new Error(`${where}: tags must be a list, got ${shown(tags)}; write ['${String(tags)}']`);
  for (const [i, tag] of tags.entries()) {
    dnsLabel(where, 'a tag', tag);
    if (tags.indexOf(tag) !== i) throw new Error(`${where}: the tag "${tag}" is there twice; remove one`);
    if (tag === revision) throw new Error(`${where}: the tag "${tag}" is the name of a revision as well; give the tag a name that can move, such as "prod"`);
  }
  if (!upgrade) return { controlPlanes: [{ release, revision, tags }], base: release, leading: revision, dataPlane: release };
  const from = istioRelease(where, 'upgrade.from', upgrade.from);
  const step = stepNumber(where, upgrade.step);
  const fromRevision = 'fromRevision' in upgrade ? named(upgrade.fromRevision) : revisionOf(from.text);
  if (fromRevision !== undefined) dnsLabel(where, 'upgrade.fromRevision', fromRevision);
  checkDistance(where, from, release);
  if (fromRevision === revision) throw new Error(`${where}: old and new control plane are both revision "${revision ?? 'default'}"; give the new one another revision`);
  const canaries = tags.map(tag => `${tag}-canary`);
  const moved = step >= 1;
  const old = { release: from, revision: fromRevision, tags: moved ? [] : tags };
  const fresh = { release, revision, tags: step === 3 ? tags : moved ? [...tags, ...canaries] : canaries };
  return {
    controlPlanes: step === 3 ? [fresh] : [old, fresh],
    base: release,
    leading: moved ? revision : fromRevision,
    dataPlane: step >= 2 ? release : from,
  };
}

/** `default` is the name of no revision in the charts. */
function named(revision: string | undefined): string | undefined {
  return revision === 'default' ? undefined : revision;
}

/** Source: https://istio.io/latest/docs/setup/upgrade/ */
function checkDistance(where: string, from: Release, to: Release): void {
  const minors = to.minor - from.minor;
  if (minors < 0 || (minors === 0 && to.patch < from.patch)) throw new Error(`${where}: an upgrade goes from ${from.text} back to ${to.text}; to go back, take the step before instead`);
  if (minors > 2) throw new Error(`${where}: an upgrade from ${from.text} to ${to.text} skips ${minors - 1} minor releases, and Istio supports one; go by way of 1.${from.minor + 2}`);
}
