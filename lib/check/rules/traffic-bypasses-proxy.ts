import { workloadKindNames } from '../../mesh/index.ts';
import { podMetadata } from '../pod-metadata.ts';
import { defineRule, yaml } from '../rule.ts';

export const trafficBypassesProxy = defineRule({
  id: 'MW0416',
  name: 'traffic-bypasses-proxy',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Some traffic of a pod passes no proxy',
  why: 'What is left out of capture has no mutual TLS, and no policy applies to it.',
  fix: 'Take the annotation away, or keep those ports to what needs no guard, and shut them with a NetworkPolicy.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#understand-traffic-capture-limitations',
  of: workloadKindNames,
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { annotations: { traffic.sidecar.istio.io/excludeInboundPorts: "8080" } }, spec: { containers: [{ name: reviews, image: reviews }] } } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ name: reviews, image: reviews }] } } }
    `,
  },

  *check(on) {
    for (const [name, all] of captured) {
      const value = on.podAnnotations.get(name);
      if (value !== undefined && value !== all) yield { at: podMetadata(on, 'annotations', name), message: `${name} is ${value === '' ? 'empty' : value}` };
    }
  },
});

/** Annotations that say what is captured, and their value where that is everything. */
const captured: ReadonlyMap<string, string> = new Map([
  ['traffic.sidecar.istio.io/excludeInboundPorts', ''],
  ['traffic.sidecar.istio.io/excludeOutboundPorts', ''],
  ['traffic.sidecar.istio.io/excludeOutboundIPRanges', ''],
  ['traffic.sidecar.istio.io/excludeInterfaces', ''],
  ['traffic.sidecar.istio.io/includeInboundPorts', '*'],
  ['traffic.sidecar.istio.io/includeOutboundIPRanges', '*'],
  ['ambient.istio.io/bypass-inbound-capture', 'false'],
]);
