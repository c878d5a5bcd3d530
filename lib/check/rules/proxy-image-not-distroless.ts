import { defineRule, yaml } from '../rule.ts';

export const proxyImageNotDistroless = defineRule({
  id: 'MW0418',
  name: 'proxy-image-not-distroless',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'Proxies run in images with a shell',
  why: 'What is in an image and is not needed helps who gets into it, and has weaknesses of its own.',
  fix: 'Set values.global.variant to distroless.',
  source: 'https://istio.io/latest/docs/ops/configuration/security/harden-docker-images/',
  of: ['SailIstio', 'IstioOperator'],
  examples: {
    bad: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: {} }
    `,
    good: yaml`
      apiVersion: sailoperator.io/v1
      kind: Istio
      metadata: { name: default }
      spec: { version: v1.30.3, namespace: istio-system, values: { global: { variant: distroless } } }
    `,
  },

  *check({ variant }) {
    if (variant !== 'distroless') yield { at: 'spec.values', message: variant === '' ? 'no variant of the images is said' : `the variant of the images is ${variant}` };
  },
});
