import { destinationRuleFor, effectivePolicy, hasSidecar, indexes, mtlsModeOf, type Mesh, type PeerAuthentication, type Service } from '../../mesh/index.ts';
import { text } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const plaintextToStrict = defineRule({
  id: 'MW0112',
  name: 'plaintext-to-strict',
  category: 'security',
  severity: 'error',
  title: 'Workloads take mutual TLS only, auto mTLS is off, and no DestinationRule makes clients speak it',
  why: 'With `enableAutoMtls: false` a client speaks plaintext unless a DestinationRule says otherwise, and a workload in STRICT mode closes the connection.',
  fix: 'Leave auto mTLS on, or add a DestinationRule with `tls: { mode: ISTIO_MUTUAL }` for the hosts of these workloads.',
  alsoKnownAs: ['KIA0401', 'KIA0501'],
  of: ['PeerAuthentication'],
  examples: { bad: example('LEAST_REQUEST }'), good: example('LEAST_REQUEST }, tls: { mode: ISTIO_MUTUAL }') },

  *check(on, mesh) {
    if (mesh.config.autoMtls || on.mode !== 'STRICT') return;
    for (const service of on.namespace === mesh.config.rootNamespace ? mesh.services : mesh.at(indexes.servicesOf, on.namespace)) {
      const port = openPort(mesh, service, on);
      if (port === undefined) continue;
      yield { at: 'spec.mtls.mode', message: `clients speak plaintext to port ${port} of Service ${service.namespace}/${service.name}: auto mTLS is off, and no DestinationRule gives it mutual TLS` };
      return;
    }
  },
});

/** A port of a Service to which its own namespace speaks plaintext, though the policy asks for mutual TLS there. */
function openPort(mesh: Mesh, service: Service, on: PeerAuthentication): number | undefined {
  const workloads = mesh.workloadsOf(service).filter(workload => hasSidecar(mesh, workload));
  if (workloads.length === 0) return undefined;
  const rule = destinationRuleFor(mesh, service.host, service.namespace, { namespace: service.namespace, labels: new Map() });
  for (const { number, targetPort, transport } of service.ports) {
    if (transport !== 'TCP' || text(effectivePolicy(rule, '', number).tls?.value.mode) !== undefined) continue;
    const target = typeof targetPort === 'number' ? targetPort : undefined;
    if (workloads.some(({ namespace, podLabels }) => {
      const { mode, from } = mtlsModeOf(mesh, { namespace, labels: podLabels }, target);
      return mode === 'STRICT' && from?.on === on;
    })) return number;
  }
  return undefined;
}

function example(policy: string): string {
  return yaml`
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: istio, namespace: istio-system }
    data: { mesh: "enableAutoMtls: false" }
    ---
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio-injection: enabled } }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { metadata: { labels: { app: reviews } } } }
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: { name: default, namespace: shop }
    spec: { mtls: { mode: STRICT } }
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: { name: all, namespace: shop }
    spec: { host: "*.shop.svc.cluster.local", trafficPolicy: { loadBalancer: { simple: ${policy} } }
  `;
}
