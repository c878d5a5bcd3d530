import { Lazy } from 'cdk8s';
import type { ExtensionProvider, ExtensionProviders } from '../observability/extension-provider.ts';
import type { ServiceMesh } from '../platform/service-mesh.ts';
import type { IstioInstallationProps } from './installation-props.ts';
import type { MeshCluster } from './multi-cluster.ts';
import { availabilityPreset, sizePreset } from './presets.ts';
import { agreeing, checkValues, isTree, merged, pruned, type Tree } from './values.ts';

/** What of an installation decides about the values of istiod. */
export interface IstiodSettings {
  readonly namespace: string;
  readonly ambient: boolean;
  readonly cni: boolean;
  /** Where ztunnel is, if not beside istiod. */
  readonly ztunnelNamespace: string | undefined;
  readonly revision: string | undefined;
  /** What constructs of the app refer to. */
  readonly providers: ExtensionProviders;
}

/**
 * The values of istiod. The mesh config in them is whole only when the app is synthesized: it names the providers that
 * constructs refer to by then.
 *
 * @throws when values are none that Istio takes, or contradict the mesh, the cluster or what is installed
 */
export function istiodValues(where: string, props: IstioInstallationProps, settings: IstiodSettings): Tree {
  const { values = {}, meshConfig = {}, mesh, cluster, size, availability = 'single' } = props;
  for (const key of ['meshConfig', 'profile', 'revision']) if (key in values) throw new Error(`${where}: values.${key} is a prop of its own; say ${key} beside values`);
  checkValues(where, 'values', 'Istio', values);
  checkValues(where, 'meshConfig', 'Istio', meshConfig, ['meshConfig']);
  const ofMesh = mesh ? {
    meshConfig: {
      trustDomain: mesh.trustDomain === 'cluster.local' ? undefined : mesh.trustDomain,
      trustDomainAliases: mesh.trustDomainAliases.length === 0 ? undefined : mesh.trustDomainAliases,
      rootNamespace: mesh.rootNamespace === settings.namespace ? undefined : mesh.rootNamespace,
      enableAutoMtls: mesh.autoMtls ? undefined : false,
      outboundTrafficPolicy: mesh.outbound && { mode: mesh.outbound },
    },
    global: { proxy: { clusterDomain: mesh.clusterDomain === 'cluster.local' ? undefined : mesh.clusterDomain } },
  } : {};
  const ofInstallation = {
    global: { istioNamespace: settings.namespace === 'istio-system' ? undefined : settings.namespace },
    pilot: {
      // Pods then need no init container that redirects their traffic.
      cni: settings.cni ? { enabled: true } : undefined,
      trustedZtunnelNamespace: settings.ztunnelNamespace,
      env: settings.ambient && cluster?.betweenNetworks ? { AMBIENT_ENABLE_MULTI_NETWORK: 'true' } : undefined,
    },
  };
  const ofCluster = cluster ? clusterValues(cluster) : {};
  const fixed = pruned(merged(ofMesh, ofInstallation, ofCluster));
  const given = { ...values, meshConfig };
  agreeing(where, 'values', given, pruned(merged(ofInstallation, ofCluster)), 'the installation');
  if (mesh) agreeing(where, 'values', given, { meshConfig: meshSays(mesh), global: { proxy: { clusterDomain: mesh.clusterDomain } } }, `the mesh ${mesh.node.path}`);
  const labels = { app: 'istiod', ...(settings.revision === undefined ? { istio: 'pilot' } : { 'istio.io/rev': settings.revision }) };
  const all = pruned(merged(sizePreset(size).istiod, availabilityPreset(availability, labels).istiod, fixed, given));
  const { meshConfig: unchecked } = props.unchecked ?? {};
  return { ...all, meshConfig: Lazy.any({ produce: () => wholeMeshConfig(where, merged(tree(all.meshConfig), tree(unchecked)), settings.providers) }) };
}

/** With the providers of constructs after those that were given, each once; undefined if there is nothing to say. */
function wholeMeshConfig(where: string, config: Tree, known: ExtensionProviders): Tree | undefined {
  const given = providersIn(config);
  const providers = known.all;
  const other = providers.find(provider => given.some(own => own.name === provider.name && JSON.stringify(own) !== JSON.stringify(provider)));
  if (other) throw new Error(`${where}: meshConfig.extensionProviders has "${other.name}" already, and it is another one than that of ${known.declaredBy(other.name)}; leave it out of meshConfig`);
  const added = providers.filter(provider => !given.some(own => own.name === provider.name));
  const whole = pruned({ ...config, ...(added.length > 0 ? { extensionProviders: [...given, ...added] } : {}) });
  return Object.keys(whole).length > 0 ? whole : undefined;
}

/** Authorizers that the mesh knows and no mesh config defines: Istio would refuse every request that is to be asked about. */
export function undefinedAuthorizers(mesh: ServiceMesh, { meshConfig = {}, unchecked = {} }: IstioInstallationProps, providers: ExtensionProviders): string[] {
  const defined = [...providersIn(meshConfig as Tree), ...providersIn(tree(unchecked.meshConfig)), ...providers.all].map(({ name }) => name);
  return mesh.authorizers.filter(name => !defined.includes(name))
    .map(name => `${mesh.node.path} knows the authorizer "${name}", which nothing defines in the mesh config; ${defined.length === 0 ? 'there is no provider' : `there is ${defined.join(', ')}`}: add it to meshConfig.extensionProviders`);
}

function providersIn(config: Tree): readonly ExtensionProvider[] {
  return (Array.isArray(config.extensionProviders) ? config.extensionProviders : []) as readonly ExtensionProvider[];
}

function tree(value: unknown): Tree {
  return isTree(value) ? value : {};
}

/** What the mesh means, said or not: mesh config that says otherwise would be read by Istio, and not by the constructs. */
function meshSays({ trustDomain, trustDomainAliases, autoMtls, outbound, rootNamespace }: NonNullable<IstioInstallationProps['mesh']>): Tree {
  return pruned({ trustDomain, trustDomainAliases: trustDomainAliases.length === 0 ? undefined : trustDomainAliases, rootNamespace, enableAutoMtls: autoMtls, outboundTrafficPolicy: outbound && { mode: outbound } });
}

/** Source: https://istio.io/latest/docs/setup/install/multicluster/ */
function clusterValues({ meshId, name, network, primary, servesRemotes }: MeshCluster): Tree {
  return pruned({
    global: {
      meshID: meshId, multiCluster: { clusterName: name }, network,
      externalIstiod: servesRemotes ? true : undefined,
      remotePilotAddress: primary?.address,
    },
    istiodRemote: primary && { injectionPath: `/inject/cluster/${name}/net/${network}` },
  });
}
