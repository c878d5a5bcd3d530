import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { standInNoNamespace } from '../platform/patches.ts';

/** What a collector runs: the distribution for Kubernetes, which has all that the files here name. */
export const collectorImage = 'otel/opentelemetry-collector-k8s:0.127.0';

/** The port at which a collector says that it works. */
export const healthPort = 13133;

/** Refuses an amount of memory in which no collector runs. */
export function collectorMemory(where: string, mebibytes: number): number {
  if (Number.isInteger(mebibytes) && mebibytes >= 64) return mebibytes;
  throw new Error(`${where}: memoryMebibytes must be a whole number, at least 64, got ${String(mebibytes)}`);
}

/** A ServiceAccount for a collector, which may read what pods are called and belong to, so that it can say which pod a span or line came from. */
export function mayReadPods(scope: Construct, namespace: MeshNamespace, name: string): void {
  new k8s.KubeServiceAccount(scope, 'account', { metadata: { name } });
  const inCluster = { name: `${namespace.name}-${name}` };
  const verbs = ['get', 'list', 'watch'];
  const role = new k8s.KubeClusterRole(scope, 'role', { metadata: inCluster, rules: [{ apiGroups: [''], resources: ['pods', 'namespaces'], verbs }, { apiGroups: ['apps'], resources: ['replicasets'], verbs }] });
  const binding = new k8s.KubeClusterRoleBinding(scope, 'binding', {
    metadata: inCluster,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: inCluster.name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: namespace.name }],
  });
  for (const object of [role, binding]) standInNoNamespace(object);
}

/** What a collector writes of the pod of a span or line; the service is named by the label `app`, not by what is sent. */
export const podAttributes = {
  metadata: ['k8s.namespace.name', 'k8s.pod.name', 'k8s.deployment.name', 'k8s.node.name'],
  labels: [{ tag_name: 'service.name', key: 'app', from: 'pod' }],
};

/** The processor that keeps a collector from dying of what comes in: at four fifths of its memory it refuses. */
export function memoryLimiter(mebibytes: number): object {
  return { check_interval: '1s', limit_mib: Math.floor(mebibytes * 0.8), spike_limit_mib: Math.floor(mebibytes * 0.2) };
}

/** How much of its memory a collector uses before it frees some. */
export function memoryGoal(mebibytes: number): k8s.EnvVar {
  return { name: 'GOMEMLIMIT', value: `${Math.floor(mebibytes * 0.8)}MiB` };
}
