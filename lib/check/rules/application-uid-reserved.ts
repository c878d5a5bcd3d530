import { workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';
import { isControlPlane } from './port-name-unconventional.ts';

export const applicationUidReserved = defineRule({
  id: 'IST0144',
  name: 'application-uid-reserved',
  category: 'injection',
  severity: 'warning',
  title: 'An application runs as user 1337',
  why: 'That is the user of the proxy; its traffic is not captured, so that the application bypasses the mesh.',
  fix: 'Use another runAsUser.',
  analyzers: ['applicationUID.Analyzer'],
  of: workloadKindNames,
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { spec: { containers: [{ name: reviews, image: reviews, securityContext: { runAsUser: 1337 } }] } } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { spec: { containers: [{ name: reviews, image: reviews, securityContext: { runAsUser: 1000 } }] } } }
    `,
  },

  when: ({ runAsUser, containers }) => runAsUser === 1337 || containers.some(container => container.runAsUser === 1337),

  *check(on) {
    if (isControlPlane(on)) return;
    const message = 'user 1337 is that of the proxy';
    if (on.runAsUser === 1337) yield { at: `${on.podPath}.securityContext.runAsUser`, message };
    for (const [i, { name, runAsUser }] of on.containers.entries()) {
      if (runAsUser === 1337 && name !== 'istio-proxy' && name !== 'istio-operator') yield { at: `${on.podPath}.containers[${i}].securityContext.runAsUser`, message };
    }
  },
});
