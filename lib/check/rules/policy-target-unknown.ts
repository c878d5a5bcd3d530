import type { Mesh, TargetRef } from '../../mesh/index.ts';
import { kindKey } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const policyTargetUnknown = defineRule({
  id: 'MW0306',
  name: 'policy-target-unknown',
  category: 'security',
  severity: 'error',
  title: 'A policy is attached to an object that does not exist',
  why: 'A policy with targetRefs holds only where these objects are; attached to nothing it protects nothing.',
  fix: 'Name a Gateway, Service or ServiceEntry of the policy\'s own namespace (a GatewayClass from the root namespace).',
  of: ['AuthorizationPolicy', 'RequestAuthentication', 'Telemetry', 'WasmPlugin', 'TrafficExtension'],
  examples: {
    bad: yaml`
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: { name: public, namespace: shop }
      spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: public, namespace: shop }
      spec:
        targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: publik }]
        action: DENY
        rules: [{ to: [{ operation: { paths: [/admin/*] } }] }]
    `,
    good: yaml`
      apiVersion: gateway.networking.k8s.io/v1
      kind: Gateway
      metadata: { name: public, namespace: shop }
      spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: public, namespace: shop }
      spec:
        targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: public }]
        action: DENY
        rules: [{ to: [{ operation: { paths: [/admin/*] } }] }]
    `,
  },

  when: ({ targetRefs }) => targetRefs.length > 0,

  *check(on, mesh) {
    for (const ref of on.targetRefs) {
      if (isKnown(mesh, ref, on.namespace) === false) yield { at: 'spec.targetRefs', message: `there is no ${ref.kind} ${on.namespace}/${ref.name}` };
    }
  },
});

/** Undefined where nothing of the kind is among the objects, so that nothing can be said. */
function isKnown(mesh: Mesh, { group, kind, name }: TargetRef, namespace: string): boolean | undefined {
  const known = { '/Service': 'Service', 'networking.istio.io/ServiceEntry': 'ServiceEntry', 'gateway.networking.k8s.io/Gateway': 'KubernetesGateway' } as const;
  const found = known[kindKey({ group: group === 'core' ? '' : group, kind }) as keyof typeof known] as (typeof known)[keyof typeof known] | undefined;
  if (!found || !mesh.has(found)) return undefined;
  return mesh.get({ group: group === 'core' ? '' : group, version: '', kind, namespace, name }) !== undefined;
}
