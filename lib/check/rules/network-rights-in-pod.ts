import { hasSidecar, isAmbient, workloadKindNames } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const networkRightsInPod = defineRule({
  id: 'MW0417',
  name: 'network-rights-in-pod',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Pods hold rights over their network',
  why: 'Who may change the network of a pod can take away the capture of its traffic, and with it every policy.',
  fix: 'Install the Istio CNI plugin, so that no pod needs NET_ADMIN; take the capability, or `privileged`, away from the container.',
  source: 'https://istio.io/latest/docs/setup/additional-setup/cni/',
  of: [...workloadKindNames, 'SailIstio', 'IstioOperator'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } }, spec: { initContainers: [{ name: istio-init, image: proxyv2, securityContext: { capabilities: { add: [NET_ADMIN, NET_RAW] } } }], containers: [{ name: reviews, image: reviews }] } } }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: reviews, namespace: shop }
      spec: { template: { metadata: { labels: { app: reviews } }, spec: { containers: [{ name: reviews, image: reviews }] } } }
    `,
  },

  *check(on, mesh) {
    if ('pilotEnv' in on) {
      if (!on.cni && !mesh.has('IstioCNI')) yield { severity: 'info', message: 'the CNI plugin is not installed with it, so that every pod with a sidecar gets an init container with NET_ADMIN' };
      return;
    }
    if (!hasSidecar(mesh, on) && !isAmbient(mesh, on)) return;
    for (const [list, containers] of [['initContainers', on.initContainers], ['containers', on.containers]] as const) {
      for (const [i, { name, capabilities, privileged }] of containers.entries()) {
        const right = privileged ? 'is privileged' : capabilities.some(one => one === 'NET_ADMIN' || one === 'ALL' || one === 'SYS_ADMIN') ? `has ${capabilities.join(' and ')}` : undefined;
        if (right !== undefined) yield { at: `${on.podPath}.${list}[${i}].securityContext`, message: `container ${name} ${right}` };
      }
    }
  },
});
