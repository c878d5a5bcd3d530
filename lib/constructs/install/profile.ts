import { nearest, shown } from '../../schema/index.ts';

/** A set of values that Istio ships. What `ambient` is in the name of runs ztunnel and waypoints instead of sidecars. */
export type Profile = 'default' | 'demo' | 'minimal' | 'ambient' | 'preview' | 'stable' | 'openshift' | 'openshift-ambient';

/** A profile as the charts say it: the name of a file of values in each, and a platform. */
export interface ChartProfile {
  readonly profile?: string;
  readonly platform?: string;
}

/**
 * What a profile is in the values of the charts, which have no file for the default one.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/config-profiles/
 */
export const chartProfile: Readonly<Record<Profile, ChartProfile>> = {
  default: {},
  minimal: {},
  demo: { profile: 'demo' },
  ambient: { profile: 'ambient' },
  preview: { profile: 'preview' },
  stable: { profile: 'stable' },
  openshift: { platform: 'openshift' },
  'openshift-ambient': { profile: 'ambient', platform: 'openshift' },
};

/** @throws with the nearest name when Istio has no such profile */
export function checkProfile(where: string, profile: string): Profile {
  if (Object.hasOwn(chartProfile, profile)) return profile as Profile;
  const near = nearest(String(profile), Object.keys(chartProfile));
  throw new Error(`${where}: ${shown(profile)} is no profile of Istio; ${near === undefined ? `take one of ${Object.keys(chartProfile).join(', ')}` : `did you mean "${near}"?`}`);
}

export function isAmbientProfile(profile: Profile): boolean {
  return chartProfile[profile].profile === 'ambient';
}
