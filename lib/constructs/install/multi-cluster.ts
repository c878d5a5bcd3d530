import { shown } from '../../schema/index.ts';
import { dnsLabel } from '../values/name.ts';

/** One cluster of a mesh of several. */
export interface MeshCluster {
  /** Its name: in Istio, in the output folder, and by which Argo CD knows it. */
  readonly name: string;
  readonly meshId: string;
  /** Pods of one network reach each other; between networks there are gateways. */
  readonly network: string;
  /** Whether other clusters of the mesh are in other networks. */
  readonly betweenNetworks: boolean;
  /** The cluster whose control plane it uses, if that is another's. */
  readonly primary: RemotePrimary | undefined;
  /** Whether clusters without a control plane use this one's. */
  readonly servesRemotes: boolean;
  /** The clusters that its control plane reads, by remote secrets. */
  readonly reads: readonly string[];
}

/** The control plane of another cluster. */
export interface RemotePrimary {
  readonly name: string;
  /** The address at which its east-west gateway answers. */
  readonly address: string;
}

/** The clusters of a mesh. */
export interface Fleet<Name extends string = string> {
  readonly meshId: string;
  readonly clusters: readonly MeshCluster[];
  /** @throws when the mesh has no such cluster */
  cluster(name: Name): MeshCluster;
}

/** Clusters of one mesh, each with a control plane. */
export interface MultiPrimaryProps<Name extends string> {
  readonly meshId: string;
  /** The clusters, by name, and the network that each is in. */
  readonly clusters: Readonly<Record<Name, { readonly network: string }>>;
}

/** Clusters of one mesh, of which one has the control plane. */
export interface PrimaryRemoteProps<Name extends string> extends MultiPrimaryProps<Name> {
  readonly primary: NoInfer<Name>;
  /** The address of the primary's east-west gateway, which its cloud gives. */
  readonly primaryAddress: string;
}

/**
 * A mesh over several clusters.
 *
 * @example
 * const fleet = MultiCluster.multiPrimary({ meshId: 'mesh1', clusters: { east: { network: 'east' }, west: { network: 'west' } } });
 *
 * @see https://istio.io/latest/docs/ops/deployment/deployment-models/
 */
export const MultiCluster = {
  /** A control plane in each. @throws when a name is no DNS label, or there is only one cluster */
  multiPrimary<const Name extends string>(props: MultiPrimaryProps<Name>): Fleet<Name> {
    const names = checked(props);
    return fleet(props, name => ({ primary: undefined, servesRemotes: false, reads: names.filter(other => other !== name) }));
  },

  /** One control plane for all. @throws when a name is no DNS label, there is only one cluster, or the primary is none of them */
  primaryRemote<const Name extends string>(props: PrimaryRemoteProps<Name>): Fleet<Name> {
    const names = checked(props);
    const { primary, primaryAddress } = props;
    if (!names.includes(primary)) throw new Error(`primary "${primary}" is no cluster of mesh "${props.meshId}"; take one of ${names.join(', ')}`);
    if (typeof primaryAddress !== 'string' || !/^[-A-Za-z0-9.:]+$/.test(primaryAddress)) throw new Error(`primaryAddress must be the IP address or host name at which the east-west gateway of "${primary}" answers, got ${shown(primaryAddress)}`);
    return fleet(props, name => (name === primary
      ? { primary: undefined, servesRemotes: true, reads: names.filter(other => other !== name) }
      : { primary: { name: primary, address: primaryAddress }, servesRemotes: false, reads: [] }));
  },
};

function checked({ meshId, clusters }: MultiPrimaryProps<string>): string[] {
  dnsLabel('MultiCluster', 'meshId', meshId);
  const names = Object.keys(clusters ?? {});
  if (names.length < 2) throw new Error(`mesh "${meshId}" has ${names.length === 0 ? 'no cluster' : 'one cluster'}; a mesh of one needs no MultiCluster`);
  for (const name of names) {
    dnsLabel('MultiCluster', 'the name of a cluster', name);
    dnsLabel('MultiCluster', `the network of ${name}`, clusters[name]?.network ?? '');
    // Its folder would be taken for a stage.
    if (['install', 'platform', 'mesh', 'istioctl', 'delivery'].includes(name)) throw new Error(`a cluster cannot be named "${name}", as a folder of the output is; choose another name`);
  }
  return names;
}

function fleet<Name extends string>({ meshId, clusters }: MultiPrimaryProps<Name>, roleOf: (name: string) => Pick<MeshCluster, 'primary' | 'servesRemotes' | 'reads'>): Fleet<Name> {
  const entries = Object.entries(clusters) as [Name, { readonly network: string }][];
  const betweenNetworks = new Set(entries.map(([, { network }]) => network)).size > 1;
  const all = entries.map(([name, { network }]): MeshCluster => ({ name, meshId, network, betweenNetworks, ...roleOf(name) }));
  return {
    meshId,
    clusters: all,
    cluster(name) {
      const found = all.find(cluster => cluster.name === name);
      if (!found) throw new Error(`mesh "${meshId}" has no cluster "${name}"; it has ${all.map(cluster => cluster.name).join(', ')}`);
      return found;
    },
  };
}
