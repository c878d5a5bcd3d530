import { workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const firstPartyTokens = defineRule({
  id: 'MW0419',
  name: 'first-party-tokens',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Proxies show tokens that are good everywhere and for ever',
  why: 'A first-party token of a service account has no audience and does not expire: who reads one can be that workload to the Kubernetes API as well.',
  fix: 'Leave jwtPolicy out, or set it to third-party-jwt.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#configure-third-party-service-account-tokens',
  of: ['SailIstio', 'IstioOperator', ...workloadKindNames],
  examples: {
    bad: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: { global: { jwtPolicy: first-party-jwt } } }
    `,
    good: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: { global: { jwtPolicy: third-party-jwt } } }
    `,
  },

  *check(on) {
    const message = 'the jwtPolicy is first-party-jwt';
    if ('pilotEnv' in on) {
      if (on.jwtPolicy === 'first-party-jwt') yield { at: 'spec.values.global.jwtPolicy', message };
      return;
    }
    for (const [i, { env }] of on.containers.entries()) if (env.get('JWT_POLICY') === 'first-party-jwt') yield { at: `${on.podPath}.containers[${i}].env`, message };
  },
});
