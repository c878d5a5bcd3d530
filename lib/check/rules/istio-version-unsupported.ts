import { workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const istioVersionUnsupported = defineRule({
  id: 'MW0424',
  name: 'istio-version-unsupported',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Istio runs in a version that gets no fixes',
  why: 'Weaknesses that are found in Envoy and Istio are mended in the supported versions alone, and published.',
  fix: 'Upgrade to a supported minor version, at best one step at a time.',
  source: 'https://istio.io/latest/docs/releases/supported-releases/',
  of: ['SailIstio', 'IstioOperator', ...workloadKindNames],
  examples: {
    bad: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.24.2, namespace: istio-system, values: {} }
    `,
    good: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: {} }
    `,
  },

  *check(on) {
    if ('pilotEnv' in on) {
      if (isOld(on.release)) yield { at: on.releasePath, message: `version ${on.release} is no longer supported` };
      return;
    }
    for (const [i, { image }] of on.containers.entries()) {
      const [, name = '', tag = ''] = /(?:^|\/)(pilot|proxyv2|ztunnel|install-cni):([^@]+)/.exec(image) ?? [];
      if (isOld(tag)) yield { at: `${on.podPath}.containers[${i}].image`, message: `${name} ${tag} is no longer supported` };
    }
  },
});

/** Each minor version is supported until some weeks after the next but one: of 1.31, the newest that is known, two before it. */
const oldest = 29;

function isOld(version: string): boolean {
  const [, minor] = /^v?1\.(\d{1,3})(?!\d)/.exec(version) ?? [];
  return minor !== undefined && Number(minor) < oldest;
}
