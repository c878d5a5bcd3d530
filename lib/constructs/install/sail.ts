import type { Construct } from 'constructs';
import { Istio, IstioCNI, IstioRevisionTag, ZTunnel, type IstioSpec, type ZTunnelSpec } from '../l1.ts';
import type { SailProps } from './back-end.ts';
import { emitInjectedGateway } from './injected-gateway.ts';
import { emitNamespaces } from './namespaces.ts';
import type { ControlPlane, GatewayPlan, InstallationPlan } from './plan.ts';
import { knownVersions, type Release } from './versions.ts';
import { merged, pruned, type Tree } from './values.ts';

/**
 * The resources of the Sail operator: an Istio for each revision, its tags, the node agents. The operator installs no
 * gateways; they are Deployments that istiod fills in.
 *
 * @throws when the operator installs no such release
 *
 * Source: https://github.com/istio-ecosystem/sail-operator/blob/main/docs/README.adoc
 */
export function emitSail(scope: Construct, plan: InstallationPlan, props: SailProps, placeOf: (gateway: GatewayPlan) => Construct): void {
  const { where, namespace, profile, controlPlanes, cni, ztunnel, gateways } = plan;
  emitNamespaces(scope, plan);
  for (const controlPlane of controlPlanes) {
    new Istio(scope, `istio-${istioName(controlPlane)}`, {
      metadata: { name: istioName(controlPlane) },
      spec: {
        version: sailVersion(where, controlPlane.release),
        namespace,
        ...(sailProfile(profile.profile, profile.platform) ?? {}),
        updateStrategy: {
          type: props.updateStrategy ?? 'InPlace',
          ...(props.inactiveRevisionDeletionGracePeriodSeconds === undefined ? {} : { inactiveRevisionDeletionGracePeriodSeconds: props.inactiveRevisionDeletionGracePeriodSeconds }),
        },
        values: pruned(merged(controlPlane.values, profile.platform === undefined ? {} : { global: { platform: profile.platform } })),
      },
    });
    for (const tag of controlPlane.tags) {
      new IstioRevisionTag(scope, `tag-${tag}`, { metadata: { name: tag }, spec: { targetRef: { kind: 'Istio', name: istioName(controlPlane) } } });
    }
  }
  if (cni) {
    new IstioCNI(scope, 'cni', {
      metadata: { name: 'default' },
      spec: { version: sailVersion(where, cni.release), namespace: cni.namespace, ...(sailProfile(profile.profile, profile.platform) ?? {}), ...said(cni.values) },
    });
  }
  const leader = plan.base?.defaultRevision ?? 'default';
  if (ztunnel) {
    new ZTunnel(scope, 'ztunnel', {
      metadata: { name: 'default' },
      spec: {
        version: sailVersion(where, ztunnel.release), namespace: ztunnel.namespace, ...said(ztunnel.values),
        ...(leader === 'default' ? {} : { targetRef: { kind: 'Istio', name: leader } }),
      },
    });
  }
  for (const gateway of gateways) emitInjectedGateway(placeOf(gateway), gateway);
}

/** The Istio named `default` is the default revision; of others the name is the revision. */
function istioName({ revision }: Pick<ControlPlane, 'revision'>): string {
  return revision ?? 'default';
}

function sailVersion(where: string, { text }: Release): NonNullable<ZTunnelSpec['version']> {
  if (knownVersions.includes(text)) return `v${text}` as NonNullable<ZTunnelSpec['version']>;
  throw new Error(`${where}: the Sail operator that meshwright knows installs Istio up to ${knownVersions[0] ?? ''}, got ${text}; take one of its releases, or another back end`);
}

function said(values: Tree): { readonly values?: Tree } {
  return Object.keys(values).length > 0 ? { values } : {};
}

function sailProfile(profile: string | undefined, platform: string | undefined): { profile: NonNullable<IstioSpec['profile']> } | undefined {
  if (platform === 'openshift') return { profile: profile === 'ambient' ? 'openshift-ambient' : 'openshift' };
  return profile === undefined ? undefined : { profile: profile as NonNullable<IstioSpec['profile']> };
}
