import { nearest, shown } from '../../schema/index.ts';
import { sailFacts, type IstioSpec } from '../l1.ts';

type Tagged = Exclude<NonNullable<IstioSpec['version']>, `${string}-latest`>;

/** A release of Istio that the values are known for; a later patch is taken as well. */
export type IstioVersion = Tagged extends `v${infer Version}` ? Version : never;

/** A release, as numbers. */
export interface Release {
  readonly text: string;
  readonly minor: number;
  readonly patch: number;
}

/** Releases that the Sail operator installs, the newest first. */
export const knownVersions: readonly string[] = enumOf(sailFacts.kinds.Istio.versions.v1.schema).filter(version => !version.endsWith('-latest')).map(version => version.slice(1));

/** The release that values are checked against. */
export const newestKnown = releaseOf(knownVersions[0] ?? '');

/**
 * Reads a release of Istio. One that is newer than what the facts know is legal, up to two minor releases on.
 *
 * @throws when it is no release, or older than the charts that take these values
 */
export function istioRelease(where: string, what: string, version: string): Release {
  // From JavaScript, or from the environment, it may be missing, or a number that YAML made of it.
  if (typeof version !== 'string') throw new Error(`${where}: ${what} must be a release of Istio such as "${newestKnown.text}", got ${shown(version)}`);
  const release = /^1\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+)?$/.test(version) ? releaseOf(version) : undefined;
  const near = nearest(version.replace(/^v/, ''), knownVersions);
  const hint = near === undefined ? `take one from 1.${oldestMinor}.0 to ${newestKnown.text}` : `did you mean "${near}"?`;
  if (!release) throw new Error(`${where}: ${what} must be a release of Istio such as "${newestKnown.text}", got ${JSON.stringify(version)}; ${hint}`);
  // The charts took other values before: flat ones for istiod, CRDs that Helm upgrades.
  if (release.minor < oldestMinor) throw new Error(`${where}: ${what} ${version} is older than 1.${oldestMinor}, whose charts take other values; ${hint}`);
  const unheardOf = release.minor > newestKnown.minor + 2 || (!isNew(release) && !knownVersions.includes(version));
  if (unheardOf) throw new Error(`${where}: ${what} ${version} is no known release of Istio; ${hint}`);
  return release;
}

/** Whether a release came after those that the facts know. */
export function isNew({ minor, patch }: Release): boolean {
  const known = knownVersions.map(releaseOf).filter(release => release.minor === minor).map(release => release.patch);
  return minor > newestKnown.minor || patch > Math.max(...known);
}

/**
 * The releases of Kubernetes that a minor release of Istio supports, from and to.
 *
 * Source: https://istio.io/latest/docs/releases/supported-releases/#support-status-of-istio-releases
 */
const kubernetes: Readonly<Record<number, readonly [from: number, to: number]>> = {
  24: [28, 31], 25: [29, 32], 26: [29, 33], 27: [29, 33], 28: [30, 34], 29: [31, 35], 30: [32, 36],
};

/** @throws when a release of Istio does not support the Kubernetes of the cluster, as far as its support is known */
export function checkKubernetes(where: string, release: Release, version: string): void {
  const minor = /^v?1\.(\d+)(?:\.\d+)?(?:[-+].*)?$/.exec(version)?.[1];
  if (minor === undefined) throw new Error(`${where}: kubernetes must be a release such as "1.33", got ${JSON.stringify(version)}`);
  const [from, to] = kubernetes[release.minor] ?? [];
  if (from === undefined || to === undefined || (Number(minor) >= from && Number(minor) <= to)) return;
  const takes = Object.entries(kubernetes).filter(([, [first, last]]) => Number(minor) >= first && Number(minor) <= last).map(([of]) => `1.${of}`);
  throw new Error(`${where}: Istio ${release.text} supports Kubernetes 1.${from} to 1.${to}, but the cluster runs ${version}; ${takes.length === 0 ? 'upgrade the cluster first' : `take Istio ${takes.join(' or ')}, or upgrade the cluster first`}`);
}

/**
 * Refuses a component that does not work with a control plane: one ahead of it, or more than one minor release behind.
 *
 * Source: https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export function checkSkew(where: string, component: string, release: Release, controlPlane: Release): void {
  const behind = controlPlane.minor - release.minor;
  if (behind < 0) throw new Error(`${where}: ${component} ${release.text} is ahead of the control plane ${controlPlane.text}; upgrade the control plane first`);
  if (behind > 1) throw new Error(`${where}: ${component} ${release.text} is ${behind} minor releases behind the control plane ${controlPlane.text}, and Istio supports one; upgrade it to 1.${controlPlane.minor - 1} first`);
}

const oldestMinor = 24;

function releaseOf(text: string): Release {
  const [, minor = 0, patch = 0] = text.split(/[.-]/).map(Number);
  return { text, minor, patch };
}

interface SchemaWithVersions {
  readonly properties?: { readonly spec?: { readonly properties?: { readonly version?: { readonly enum?: readonly string[] } } } };
}

function enumOf(schema: SchemaWithVersions): readonly string[] {
  return schema.properties?.spec?.properties?.version?.enum ?? [];
}
