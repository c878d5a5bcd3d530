import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { networkLabels, networkView, servicePorts } from './gateway.ts';
import type { ControlPlane, GatewayPlan, InstallationPlan, NodeAgent } from './plan.ts';
import { isTree, merged, pruned, type Tree } from './values.ts';

/**
 * A file for `istioctl install -f`: an IstioOperator for each control plane. No cluster has a CRD of that kind, so it
 * is nothing to apply.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/
 */
export function istioOperator(scope: Construct, plan: InstallationPlan, controlPlane: ControlPlane): void {
  const { namespace, base, profile, cni, ztunnel, gateways } = plan;
  const { release, revision, values: { meshConfig, ...values }, unchecked } = controlPlane;
  // What old and new share is installed with the control plane of its own release.
  const mine = (component: { readonly release: { readonly text: string } }): boolean => {
    const owner = plan.controlPlanes.find(other => other.release.text === component.release.text) ?? plan.controlPlanes[0];
    return owner === controlPlane;
  };
  const agents = (agent: NodeAgent | undefined): agent is NodeAgent => agent !== undefined && mine(agent);
  const ingress = gateways.filter(gateway => gateway.kind !== 'egress' && mine(gateway));
  const egress = gateways.filter(gateway => gateway.kind === 'egress' && mine(gateway));
  new ApiObject(scope, `operator-${revision ?? 'default'}`, {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata: { name: revision === undefined ? 'istio' : `istio-${revision}`, namespace },
    spec: pruned({
      profile: operatorProfile(profile.profile, profile.platform),
      revision,
      tag: release.text,
      namespace,
      meshConfig,
      components: {
        base: { enabled: base !== undefined && mine(base) },
        pilot: { enabled: true },
        cni: agents(cni) ? { enabled: true, namespace: cni.namespace, ...otherTag(cni, controlPlane) } : { enabled: false },
        ztunnel: agents(ztunnel) ? { enabled: true, namespace: ztunnel.namespace, ...otherTag(ztunnel, controlPlane) } : { enabled: false },
        // Profiles enable gateways of their own, which nobody asked for here.
        ingressGateways: [...unasked('istio-ingressgateway', ingress), ...ingress.map(gateway => component(gateway, controlPlane))],
        egressGateways: [...unasked('istio-egressgateway', egress), ...egress.map(gateway => component(gateway, controlPlane))],
      },
      values: merged(
        { defaultRevision: base && mine(base) ? base.defaultRevision : undefined },
        profile.platform === undefined ? {} : { global: { platform: profile.platform } },
        values, agents(cni) ? cni.values : {}, agents(ztunnel) ? ztunnel.values : {},
        gateways.length > 0 ? { gateways: { 'istio-ingressgateway': { injectionTemplate: 'gateway' }, 'istio-egressgateway': { injectionTemplate: 'gateway' } } } : {},
        unchecked,
      ),
    }),
  });
}

function operatorProfile(profile: string | undefined, platform: string | undefined): string {
  if (platform === 'openshift') return profile === 'ambient' ? 'openshift-ambient' : 'openshift';
  return profile ?? 'default';
}

function otherTag({ release }: { readonly release: { readonly text: string } }, controlPlane: ControlPlane): { tag?: string } {
  return release.text === controlPlane.release.text ? {} : { tag: release.text };
}

function unasked(name: string, asked: readonly GatewayPlan[]): Tree[] {
  return asked.some(gateway => gateway.name === name) ? [] : [{ name, enabled: false }];
}

/** A gateway as `istioctl` takes it: the settings of Kubernetes stand apart from its name. */
function component(gateway: GatewayPlan, controlPlane: ControlPlane): Tree {
  const { name, namespace, selector, values } = gateway;
  const service = isTree(values.service) ? values.service : {};
  const { minReplicas, maxReplicas } = isTree(values.autoscaling) ? values.autoscaling : {};
  return pruned({
    name, namespace, enabled: true, ...otherTag(gateway, controlPlane),
    label: { istio: selector, app: name, ...networkLabels(values), ...(isTree(values.labels) ? values.labels : {}) },
    k8s: {
      service: { type: service.type, ports: servicePorts(values) },
      serviceAnnotations: isTree(service.annotations) ? service.annotations : undefined,
      resources: values.resources,
      hpaSpec: minReplicas === undefined ? undefined : { minReplicas, maxReplicas },
      env: networkView(values),
    },
  });
}
