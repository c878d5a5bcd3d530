import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { standInNoNamespace } from '../platform/patches.ts';
import type { InstallationPlan } from './plan.ts';

/**
 * What the namespace of a node agent needs: they work in the network namespaces of others.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/pod-security-admission/
 */
export const privilegedNamespace = { 'pod-security.kubernetes.io/enforce': 'privileged' } as const;

/** The Namespaces of the control plane and of the node agents, where what installs them does not make them. */
export function emitNamespaces(scope: Construct, plan: InstallationPlan): void {
  const privileged = new Set([plan.cni?.namespace, plan.ztunnel?.namespace].filter(name => name !== undefined));
  for (const name of new Set([plan.namespace, ...privileged])) {
    const own = name === plan.namespace;
    emitNamespace(scope, name, { ...(own ? plan.namespaceLabels : {}), ...(privileged.has(name) ? privilegedNamespace : {}) }, own ? plan.namespaceAnnotations : {});
  }
}

/** A Namespace, which stands in none. */
export function emitNamespace(scope: Construct, name: string, labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>> = {}): void {
  const namespace = new k8s.KubeNamespace(scope, `namespace-${name}`, {
    metadata: {
      name,
      ...(Object.keys(labels).length > 0 ? { labels: { ...labels } } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations: { ...annotations } } : {}),
    },
  });
  standInNoNamespace(namespace);
}
