import { field, textMap } from '../../manifest/index.ts';
import { isServedByIstio, policiesSelecting, runsGateway, type EnvoyFilter } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayWithoutConnectionLimit = defineRule({
  id: 'MW0421',
  name: 'gateway-without-connection-limit',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'A gateway takes any number of connections',
  why: 'A flood of connections takes all memory of the gateway, and everyone is cut off.',
  fix: 'Set overload.global_downstream_max_connections in runtimeValues of the annotation proxy.istio.io/config, or limit connections with an EnvoyFilter.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#configure-a-limit-on-downstream-connections',
  of: ['Deployment', 'DaemonSet', 'KubernetesGateway'],
  examples: {
    bad: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: edge, namespace: shop }
      spec: { template: { metadata: { labels: { istio: edge }, annotations: { inject.istio.io/templates: gateway } }, spec: { containers: [{ name: istio-proxy, image: auto }] } } }
    `,
    good: yaml`
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: edge, namespace: shop }
      spec: { template: { metadata: { labels: { istio: edge }, annotations: { inject.istio.io/templates: gateway, proxy.istio.io/config: '{ "runtimeValues": { "overload.global_downstream_max_connections": "50000" } }' } }, spec: { containers: [{ name: istio-proxy, image: auto }] } } }
    `,
  },

  *check(on, mesh) {
    if (mesh.config.limitsConnections) return;
    if ('podPath' in on) {
      if (!runsGateway(on) || limits(on.podAnnotations)) return;
      const filters = [...policiesSelecting(mesh, 'EnvoyFilter', on.namespace, on.podLabels)];
      if (!filters.some(filter => 'patches' in filter && (filter as EnvoyFilter).patches.some(({ name }) => name === 'envoy.filters.network.connection_limit'))) yield { message: `nothing limits the connections of ${on.kind} ${on.name}` };
      return;
    }
    if (on.isWaypoint || !isServedByIstio(mesh, on) || limits(on.annotations) || limits(textMap(field(field(on.manifest.object.spec, 'infrastructure'), 'annotations')))) return;
    yield { message: `nothing limits the connections of Gateway ${on.name}` };
  },
});

function limits(annotations: ReadonlyMap<string, string>): boolean {
  return annotations.has('sidecar.istio.io/bootstrapOverride') || (annotations.get('proxy.istio.io/config') ?? '').includes('overload.global_downstream_max_connections');
}
