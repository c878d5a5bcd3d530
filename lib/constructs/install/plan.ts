import type { MeshCluster } from './multi-cluster.ts';
import type { ChartProfile } from './profile.ts';
import type { Release } from './versions.ts';
import type { Tree } from './values.ts';

/** An installation, whatever installs it. */
export interface InstallationPlan {
  readonly where: string;
  readonly namespace: string;
  readonly profile: ChartProfile;
  /** Labels and annotations that the namespace of Istio needs. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly namespaceAnnotations: Readonly<Record<string, string>>;
  /** Old and new side by side during an upgrade, else one. */
  readonly controlPlanes: readonly ControlPlane[];
  readonly base: BaseComponent | undefined;
  readonly cni: NodeAgent | undefined;
  readonly ztunnel: NodeAgent | undefined;
  readonly gateways: readonly GatewayPlan[];
  readonly cluster: MeshCluster | undefined;
}

/** One istiod. */
export interface ControlPlane {
  readonly release: Release;
  /** @default - the default revision */
  readonly revision: string | undefined;
  readonly tags: readonly string[];
  /** The revision and tags by which namespaces and pods ask for it. */
  readonly answersTo: readonly string[];
  /** Values of istiod, the mesh config among them. */
  readonly values: Tree;
  /** Values that the facts do not know, for the charts alone. */
  readonly unchecked: Tree;
}

/** CRDs, and the webhook that validates what is applied. */
export interface BaseComponent {
  readonly release: Release;
  /** The revision that validates. */
  readonly defaultRevision: string;
}

/** A DaemonSet: the CNI plugin, or ztunnel. */
export interface NodeAgent {
  readonly release: Release;
  readonly namespace: string;
  readonly values: Tree;
}

/** A gateway: Envoy without an application. */
export interface GatewayPlan {
  readonly name: string;
  readonly kind: 'ingress' | 'egress' | 'east-west';
  readonly namespace: string;
  readonly release: Release;
  /** The revision or tag that injects it. */
  readonly revision: string | undefined;
  /** Values of the gateway chart. */
  readonly values: Tree;
  /** The label `istio` of its pods, by which a Gateway selects it. */
  readonly selector: string;
}
