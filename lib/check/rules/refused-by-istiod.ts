import { defineRuleOfEvery, yaml } from '../rule.ts';
import { validate, validatedKinds } from '../validation/index.ts';

export const refusedByIstiod = defineRuleOfEvery({
  id: 'IST0106',
  furtherCodes: ['IST0130', 'IST0131', 'IST0133'],
  name: 'refused-by-istiod',
  category: 'schema',
  severity: 'error',
  title: 'An object breaks a rule of istiod\'s webhook',
  why: 'The webhook refuses it (IST0106); where it is off, Envoy may refuse the configuration, and a proxy keeps its old one. It warns of what has no effect (IST0133), and of routes that nothing reaches (IST0130, IST0131).',
  fix: 'Correct the field; the message says what is asked of it.',
  analyzers: ['schema.ValidationAnalyzer'],
  of: new Set(validatedKinds),
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination: { host: reviews }
            retries: { attempts: 0, perTryTimeout: 1s }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec:
        hosts: [reviews]
        http:
          - route:
              - destination: { host: reviews }
            retries: { attempts: 2, perTryTimeout: 1s }
    `,
  },

  check: on => validate(on.manifest.object, on.namespace).map(({ path, message, code = 'IST0106' }) => ({
    at: path, message: path === '' ? message : `${path}: ${message}`, code, severity: severities[code],
  })),
});

const severities = { IST0106: 'error', IST0133: 'warning', IST0130: 'warning', IST0131: 'info' } as const;
