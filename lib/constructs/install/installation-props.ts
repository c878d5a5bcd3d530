import type { ServiceMesh } from '../platform/service-mesh.ts';
import type { BackEnd } from './back-end.ts';
import type { InstalledGateway } from './gateway.ts';
import type { MeshCluster } from './multi-cluster.ts';
import type { Availability, Size } from './presets.ts';
import type { Profile } from './profile.ts';
import type { RemoteSecrets } from './remote-secrets.ts';
import type { Upgrade } from './upgrade.ts';
import type { CniValues, IstioValues, MeshConfigValues, ZtunnelValues } from './values.ts';
import type { IstioVersion } from './versions.ts';

/** What of Istio is installed, and how. */
export interface IstioInstallationProps {
  /** The release of Istio. A newer one than is known here is taken, with a warning. */
  readonly version: IstioVersion | (string & {});
  /** What installs it. @default BackEnd.argoCd() */
  readonly backEnd?: BackEnd | undefined;
  /** @default default */
  readonly profile?: Profile | undefined;
  /**
   * The mesh that it serves: its trust domain, root namespace, cluster domain, auto mTLS and outbound policy become mesh
   * config, and the synth fails where a namespace asks for what is not installed.
   *
   * @default - none; say it in meshConfig
   */
  readonly mesh?: ServiceMesh | undefined;
  /** @default - the root namespace of the mesh, or istio-system */
  readonly namespace?: string | undefined;
  /**
   * The name of the control plane beside others.
   *
   * @default - none, so the default revision; with tags or an upgrade, made from the release, as `1-30-3`
   */
  readonly revision?: string | undefined;
  /** Names that namespaces are labelled with, and that move from revision to revision. @default - none */
  readonly tags?: readonly string[] | undefined;
  /** An upgrade that is under way. @default - none */
  readonly upgrade?: Upgrade | undefined;
  /** Mesh config, by the names of Istio. @default - Istio's own */
  readonly meshConfig?: MeshConfigValues | undefined;
  /** Values of istiod. @default - those of the profile and the presets */
  readonly values?: IstioValues | undefined;
  /** Values of the istiod chart that Istio's own schema of values lacks, as they are. @default - none */
  readonly unchecked?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The CNI plugin, which spares pods the privilege to redirect their own traffic.
   *
   * @default - installed with an ambient profile, else not
   */
  readonly cni?: boolean | NodeAgentProps<CniValues> | undefined;
  /** The node proxy of ambient mode. @default - installed with an ambient profile, and only then */
  readonly ztunnel?: NodeAgentProps<ZtunnelValues> | undefined;
  /** @default - none */
  readonly ingressGateways?: readonly InstalledGateway[] | undefined;
  /** @default - none */
  readonly egressGateways?: readonly InstalledGateway[] | undefined;
  /** How much the control plane and proxies ask for. @default - what the charts ask for */
  readonly size?: Size | undefined;
  /** Whether there are several of everything. @default single */
  readonly availability?: Availability | undefined;
  /** The Kubernetes of the cluster, which Istio must support. @default - not looked at */
  readonly kubernetes?: string | undefined;
  /** The cluster that it is for, of several. @default - the only one */
  readonly cluster?: MeshCluster | undefined;
  /** Where the credentials for other clusters come from. @default - made by hand, with istioctl create-remote-secret */
  readonly remoteSecrets?: RemoteSecrets | undefined;
  /** Whether CRDs, node agents and gateways belong to another installation in the cluster. @default false */
  readonly controlPlaneOnly?: boolean | undefined;
}

/** A DaemonSet of the installation. */
export interface NodeAgentProps<Values> {
  /** @default - the namespace of Istio; with the Sail operator, istio-cni and ztunnel */
  readonly namespace?: string | undefined;
  /** Its release. @default - that of the control plane */
  readonly version?: string | undefined;
  readonly values?: Values | undefined;
}
