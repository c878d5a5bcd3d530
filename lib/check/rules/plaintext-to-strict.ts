import { connectionsTo, ofOwner, type Mesh, type Service } from '../../mesh/index.ts';
import { keyOf } from '../../manifest/index.ts';
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
    const open = mesh.derived('services spoken to in plaintext', () => openServices(mesh)).get(keyOf(on));
    if (open) yield { at: 'spec.mtls.mode', message: `clients speak plaintext to port ${open.port} of Service ${open.service.namespace}/${open.service.name}: auto mTLS is off, and no DestinationRule gives it mutual TLS` };
  },
});

interface Open {
  readonly service: Service;
  readonly port: number;
}

/** By policy, the first Service to which its own namespace speaks plaintext, though the policy asks for mutual TLS there. */
function openServices(mesh: Mesh): Map<string, Open> {
  const found = new Map<string, Open>();
  for (const service of mesh.services) {
    const client = { kind: 'sidecar', namespace: service.namespace, labels: new Map<string, string>() } as const;
    const [registered] = ofOwner(service);
    for (const port of registered?.ports ?? []) {
      if (!registered || port.protocol === 'UDP') continue;
      for (const { security, client: { mode, from: said }, server } of connectionsTo(mesh, client, registered, port)) {
        // What a DestinationRule says is for another rule to judge.
        if (security !== 'broken' || mode !== 'none' || said || !server?.from) continue;
        const policy = keyOf(server.from.on);
        if (!found.has(policy)) found.set(policy, { service, port: port.number });
      }
    }
  }
  return found;
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
