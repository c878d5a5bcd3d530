import { effectOnSeries } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const telemetryChangesSeries = defineRule({
  id: 'MW0351',
  name: 'telemetry-changes-series',
  category: 'telemetry',
  severity: 'info',
  title: 'A Telemetry changes how many time series proxies emit',
  why: 'Each combination of labels is a series that Prometheus keeps, so that what a label costs is seen only when it is multiplied. The figure is an estimate: who calls whom is read from Sidecars, AuthorizationPolicies and gateway routes, and requests are assumed to end in five ways.',
  fix: 'Nothing need be done. Take off labels that no dashboard or alert asks for, and metrics that nobody reads.',
  of: ['Telemetry'],
  examples: {
    bad: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec:
        metrics:
        - providers: [{ name: prometheus }]
          overrides:
          - match: { metric: REQUEST_SIZE }
            disabled: true
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: cart, namespace: shop }
      spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: cart, namespace: shop }
      spec:
        selector: { matchLabels: { app: cart } }
        template: { metadata: { labels: { app: cart } }, spec: { containers: [{ name: cart, image: cart }] } }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: istio-system }
      spec:
        metrics:
        - providers: [{ name: prometheus }]
      ---
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Service
      metadata: { name: cart, namespace: shop }
      spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: cart, namespace: shop }
      spec:
        selector: { matchLabels: { app: cart } }
        template: { metadata: { labels: { app: cart } }, spec: { containers: [{ name: cart, image: cart }] } }
    `,
  },

  when: ({ hasMetrics }) => hasMetrics,
  *check(on, mesh) {
    const effect = effectOnSeries(mesh, on);
    if (!effect || effect.with === effect.without) return;
    const proxies = `${effect.proxies} ${effect.proxies === 1 ? 'proxy' : 'proxies'}`;
    const [verb, change] = effect.with < effect.without ? ['drops', effect.without - effect.with] : ['adds', effect.with - effect.without];
    yield { at: 'spec.metrics', message: `${verb} ${change} ${verb === 'drops' ? 'of' : 'to'} ${effect.without} estimated series of ${proxies}` };
  },
});
