import { Chart } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { shown } from '../../schema/index.ts';
import { ExtensionProviders } from '../observability/extension-provider.ts';
import { placeIn, placeOf, placeOn } from '../platform/placement.ts';
import { dnsLabel } from '../values/name.ts';
import { warn } from '../values/warning.ts';
import { emitApplications } from './argo-cd.ts';
import { BackEnd } from './back-end.ts';
import { controlPlaneSet, type ControlPlaneSet } from './control-planes.ts';
import { eastWestGateway, emitAmbientEastWest, emitEastWestRoutes } from './east-west.ts';
import { emitHelmReleases } from './flux.ts';
import { gatewaySelector, gatewayValues, type InstalledGateway } from './gateway.ts';
import type { IstioInstallationProps, NodeAgentProps } from './installation-props.ts';
import { istioOperator } from './istio-operator.ts';
import { istiodValues, undefinedAuthorizers } from './istiod-values.ts';
import { emitNamespace, emitNamespaces } from './namespaces.ts';
import type { GatewayPlan, InstallationPlan, NodeAgent } from './plan.ts';
import { availabilityPreset, sizePreset } from './presets.ts';
import { chartProfile, checkProfile, isAmbientProfile } from './profile.ts';
import { emitRemoteSecrets } from './remote-secrets.ts';
import { emitRevisionTag } from './revision-tag.ts';
import { emitSail } from './sail.ts';
import { notServed } from './served-mesh.ts';
import { checkValues, merged, pruned, type Tree } from './values.ts';
import { checkKubernetes, checkSkew, istioRelease, isNew, newestKnown } from './versions.ts';

/**
 * Istio itself: CRDs, control plane, node agents and gateways, for Argo CD, Flux, the Sail operator or istioctl. What is
 * applied goes to the folder `install`, revision tags and what opens a gateway between networks to `platform`.
 *
 * @example
 * new IstioInstallation(app, 'istio', { version: '1.30.3', mesh, ingressGateways: [{ name: 'istio-ingress' }] });
 *
 * @see https://istio.io/latest/docs/setup/install/
 */
export class IstioInstallation extends Construct {
  readonly plan: InstallationPlan;
  readonly backEnd: BackEnd;
  readonly #props: IstioInstallationProps;

  /** @throws when the version, profile or a value is unknown to Istio, parts do not fit each other, or the cluster has the revision already */
  constructor(scope: Construct, id: string, props: IstioInstallationProps) {
    super(scope, id);
    this.#props = props;
    this.backEnd = props.backEnd ?? BackEnd.argoCd();
    this.plan = this.#planned();
    const others = installationsOn(this);
    this.#standBeside(others);
    if (props.cluster) placeOn(this, props.cluster.name);
    this.#emit();
    const { mesh } = props;
    if (!mesh) return;
    this.node.addValidation({ validate: () => undefinedAuthorizers(mesh, this.#props, ExtensionProviders.of(this)) });
    // Namespaces and installations may be added until the app is synthesized.
    this.node.addValidation({ validate: () => {
      const all = installationsOn(this).filter(installation => installation.#props.mesh === mesh);
      return all[0] === this ? notServed(mesh, all.map(({ plan }) => plan)) : [];
    } });
  }

  #planned(): InstallationPlan {
    const where = this.node.path;
    const props = this.#props;
    const { cluster, mesh, controlPlaneOnly = false } = props;
    const profile = checkProfile(where, props.profile ?? 'default');
    const ambient = isAmbientProfile(profile);
    const namespace = dnsLabel(where, 'namespace', props.namespace ?? mesh?.rootNamespace ?? 'istio-system');
    const set = controlPlaneSet(where, props);
    this.#checkCluster();
    this.#checkReleases(set, ambient);
    if (cluster?.primary && ambient) throw new Error(`${where}: ambient mode has no clusters without a control plane; use MultiCluster.multiPrimary, or the profile "default"`);
    if (cluster?.primary && profile !== 'default' && profile !== 'openshift') throw new Error(`${where}: cluster "${cluster.name}" uses the control plane of "${cluster.primary.name}", so its profile is "remote"; leave profile out`);
    if (props.ztunnel && !ambient) throw new Error(`${where}: ztunnel is the node proxy of ambient mode, but the profile is "${profile}"; take the profile "ambient", or leave ztunnel out`);
    if (ambient && props.cni === false) throw new Error(`${where}: ambient mode needs the CNI plugin; leave cni out`);
    const cni = controlPlaneOnly || !(ambient || (props.cni ?? false)) ? undefined : this.#agent('cni', 'IstioCNI', typeof props.cni === 'object' ? props.cni : {}, set, namespace, 'istio-cni');
    const ztunnel = controlPlaneOnly || !ambient ? undefined : this.#agent('ztunnel', 'ZTunnel', props.ztunnel ?? {}, set, namespace, 'ztunnel');
    return {
      where,
      namespace,
      profile: cluster?.primary ? { ...chartProfile[profile], profile: 'remote' } : chartProfile[profile],
      namespaceLabels: cluster ? { 'topology.istio.io/network': cluster.network } : {},
      namespaceAnnotations: cluster?.primary ? { 'topology.istio.io/controlPlaneClusters': cluster.primary.name } : {},
      controlPlanes: set.controlPlanes.map(controlPlane => ({
        ...controlPlane,
        answersTo: [...controlPlane.tags, this.#revisionOf(controlPlane)],
        values: istiodValues(where, props, {
          namespace, ambient, revision: controlPlane.revision, providers: ExtensionProviders.of(this),
          cni: cni !== undefined || (controlPlaneOnly && (props.cni ?? ambient) !== false),
          ztunnelNamespace: ztunnel && ztunnel.namespace !== namespace ? ztunnel.namespace : undefined,
        }),
        unchecked: this.#unchecked(),
      })),
      base: controlPlaneOnly ? undefined : { release: set.base, defaultRevision: set.leading ?? 'default' },
      cni,
      ztunnel,
      gateways: controlPlaneOnly ? [] : this.#gateways(set, ambient, namespace),
      cluster,
    };
  }

  #checkCluster(): void {
    const where = this.node.path;
    const { cluster, mesh, remoteSecrets } = this.#props;
    if (!backEndKinds.includes(this.backEnd.kind)) throw new Error(`${where}: ${shown(this.backEnd.kind)} is no back end; take BackEnd.argoCd(), .flux(), .sail() or .istioctl()`);
    if (remoteSecrets && !cluster) throw new Error(`${where}: remoteSecrets are for the other clusters of a mesh, and the installation is in none; give cluster, from MultiCluster, or leave them out`);
    const meshCluster = mesh && placeOf(mesh).cluster;
    if (mesh && meshCluster !== cluster?.name) throw new Error(`${where}: it is for cluster ${named(cluster?.name)}, but the mesh ${mesh.node.path} for cluster ${named(meshCluster)}; give both the same cluster`);
  }

  /** The Sail operator makes names of its own for the revisions of an Istio that is RevisionBased. */
  #revisionOf({ release, revision }: ControlPlaneSet['controlPlanes'][number]): string {
    const byOperator = this.backEnd.kind === 'sail' && this.backEnd.updateStrategy === 'RevisionBased';
    return byOperator ? `default-v${release.text.replaceAll('.', '-')}` : revision ?? 'default';
  }

  #checkReleases({ controlPlanes, base }: ControlPlaneSet, ambient: boolean): void {
    const where = this.node.path;
    const { kubernetes, cluster } = this.#props;
    for (const { release } of controlPlanes) {
      if (isNew(release)) warn(this, `Istio ${release.text} is newer than ${newestKnown.text}, which its values are checked against; look at what it changed`);
      if (kubernetes !== undefined) checkKubernetes(where, release, kubernetes);
    }
    if (ambient && cluster?.betweenNetworks && base.minor < 27) throw new Error(`${where}: ambient mode reaches over networks from 1.27 on, got ${base.text}; take a newer release, or put the clusters into one network`);
  }

  #agent(prop: 'cni' | 'ztunnel', kind: 'IstioCNI' | 'ZTunnel', props: NodeAgentProps<object>, set: ControlPlaneSet, namespace: string, sailNamespace: string): NodeAgent {
    const where = this.node.path;
    const { size, availability = 'single', cluster } = this.#props;
    const release = props.version === undefined ? set.dataPlane : istioRelease(where, `${prop}.version`, props.version);
    for (const controlPlane of set.controlPlanes) {
      // While two control planes run, agents follow the old one, which the new one must take.
      if (set.controlPlanes.length === 1 || controlPlane === set.controlPlanes.at(-1)) checkSkew(where, prop, release, controlPlane.release);
    }
    checkValues(where, `${prop}.values`, kind, props.values ?? {});
    const presets = [sizePreset(size), availabilityPreset(availability, {})];
    const ofCluster = prop === 'ztunnel' && cluster ? { ztunnel: { multiCluster: { clusterName: cluster.name }, network: cluster.network } } : {};
    const beside = prop === 'ztunnel' ? {
      ztunnel: {
        istioNamespace: namespace === 'istio-system' ? undefined : namespace,
        revision: set.leading,
      },
    } : {};
    return {
      release,
      namespace: dnsLabel(where, `${prop}.namespace`, props.namespace ?? (this.backEnd.kind === 'sail' ? sailNamespace : namespace)),
      values: pruned(merged(...presets.map(preset => preset[prop]), beside, ofCluster, props.values ?? {})),
    };
  }

  #gateways(set: ControlPlaneSet, ambient: boolean, namespace: string): GatewayPlan[] {
    const { cluster, ingressGateways = [], egressGateways = [] } = this.#props;
    const eastWest = cluster && !ambient && (cluster.betweenNetworks || cluster.servesRemotes)
      ? [this.#gateway('east-west', { name: eastWestGateway, namespace, values: { networkGateway: cluster.network } }, set)]
      : [];
    const gateways = [
      ...ingressGateways.map(gateway => this.#gateway('ingress', gateway, set)),
      ...egressGateways.map(gateway => this.#gateway('egress', gateway, set)),
      ...eastWest,
    ];
    for (const [i, { name }] of gateways.entries()) {
      if (gateways.findIndex(other => other.name === name) !== i) throw new Error(`${this.node.path}: two gateways are named "${name}"; give one of them another name`);
    }
    return gateways;
  }

  #gateway(kind: GatewayPlan['kind'], props: InstalledGateway, set: ControlPlaneSet): GatewayPlan {
    const where = this.node.path;
    const { size, availability = 'single' } = this.#props;
    if (typeof props.name !== 'string') throw new Error(`${where}: a gateway of ${kind} needs a name, got ${shown(props.name)}; give name: 'istio-${kind}'`);
    const release = props.version === undefined ? set.dataPlane : istioRelease(where, `gateway "${props.name}": version`, props.version);
    const newest = set.controlPlanes.at(-1);
    if (newest) checkSkew(where, `gateway "${props.name}"`, release, newest.release);
    const leader = set.controlPlanes.find(({ revision }) => revision === set.leading);
    return {
      name: props.name,
      kind,
      namespace: dnsLabel(where, `the namespace of gateway "${props.name}"`, props.namespace ?? props.name),
      release,
      // A tag moves, and its gateways with it.
      revision: leader?.tags[0] ?? leader?.revision,
      values: gatewayValues(where, kind, props, [sizePreset(size), availabilityPreset(availability, {})]),
      selector: gatewaySelector(props.name),
    };
  }

  #unchecked(): Tree {
    const { unchecked = {} } = this.#props;
    if (Object.keys(unchecked).length > 0 && this.backEnd.kind === 'sail') throw new Error(`${this.node.path}: unchecked values (${Object.keys(unchecked).join(', ')}) are for charts; the CRD of the Sail operator would drop them`);
    if ('revisionTags' in unchecked) throw new Error(`${this.node.path}: say tags instead of revisionTags: a tag in two charts would be written and removed by both`);
    // The mesh config has been merged, whether it was checked or not.
    return Object.fromEntries(Object.entries(unchecked).filter(([key]) => key !== 'meshConfig'));
  }

  /** @throws when the revision, or what a cluster has once, is there already */
  #standBeside(others: readonly IstioInstallation[]): void {
    const where = this.node.path;
    const names = (plan: InstallationPlan): string[] => plan.controlPlanes.flatMap(({ answersTo }) => answersTo);
    for (const other of others.filter(installation => installation !== this)) {
      const twice = names(this.plan).find(name => names(other.plan).includes(name));
      if (twice !== undefined) throw new Error(`${where}: revision or tag "${twice}" is installed by ${other.node.path} already; give one of them another revision`);
      if (this.plan.base && other.plan.base) throw new Error(`${where}: CRDs, node agents and gateways are installed by ${other.node.path} already; say controlPlaneOnly: true in one of the two`);
    }
  }

  #emit(): void {
    const { plan, backEnd } = this;
    const { namespace, cluster, controlPlanes } = plan;
    const install = new Chart(this, this.node.id, { disableResourceNameHashes: true });
    placeIn(install, 'install');
    if (backEnd.kind === 'argo-cd') emitApplications(install, plan, backEnd);
    if (backEnd.kind === 'flux') emitHelmReleases(install, plan, backEnd);
    if (backEnd.kind === 'sail') emitSail(install, plan, backEnd, gateway => this.#placeOf(gateway, install));
    if (backEnd.kind === 'istioctl') {
      emitNamespaces(install, plan);
      for (const controlPlane of controlPlanes) {
        const file = new Chart(this, `${this.node.id}${controlPlane.revision === undefined ? '' : `-${controlPlane.revision}`}-operator`, { disableResourceNameHashes: true });
        placeIn(file, 'istioctl');
        istioOperator(file, plan, controlPlane);
      }
    }
    const platform = new Chart(this, `${this.node.id}-platform`, { disableResourceNameHashes: true });
    placeIn(platform, 'platform');
    if (backEnd.kind !== 'sail') {
      for (const controlPlane of controlPlanes) for (const tag of controlPlane.tags) emitRevisionTag(platform, tag, controlPlane, namespace);
    }
    if (!cluster || !plan.base) return;
    const leader = controlPlanes.at(-1)?.revision;
    const istiod = `istiod${leader === undefined ? '' : `-${leader}`}.${namespace}.svc.${this.#props.mesh?.clusterDomain ?? 'cluster.local'}`;
    if (plan.ztunnel && cluster.betweenNetworks) emitAmbientEastWest(platform, cluster, namespace);
    else if (!plan.ztunnel) emitEastWestRoutes(platform, cluster, namespace, istiod);
    if (this.#props.remoteSecrets) emitRemoteSecrets(platform, cluster, namespace, this.#props.remoteSecrets);
  }

  /** The objects of a gateway stand with the Namespace that they are in. */
  #placeOf({ namespace }: GatewayPlan, install: Chart): Construct {
    const known = this.#props.mesh?.namespaces.find(({ name }) => name === namespace);
    if (known) return known;
    if (namespace !== this.plan.namespace && !install.node.tryFindChild(`namespace-${namespace}`)) emitNamespace(install, namespace, {});
    return install;
  }
}

const backEndKinds = Object.values(BackEnd).map(make => make().kind);

function named(cluster: string | undefined): string {
  return cluster === undefined ? 'none' : `"${cluster}"`;
}

function installationsOn(installation: IstioInstallation): IstioInstallation[] {
  const cluster = installation.plan.cluster?.name;
  return installation.node.root.node.findAll().filter((construct: IConstruct) => construct instanceof IstioInstallation).filter(other => other.plan.cluster?.name === cluster);
}
