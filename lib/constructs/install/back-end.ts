/** What installs Istio, from what is applied. */
export type BackEnd =
  | ({ readonly kind: 'argo-cd' } & ArgoCdProps)
  | ({ readonly kind: 'flux' } & FluxProps)
  | ({ readonly kind: 'sail' } & SailProps)
  | { readonly kind: 'istioctl' };

/** Argo CD, with an Application for each chart. */
export interface ArgoCdProps {
  /** Where Argo CD finds its Applications. @default argocd */
  readonly namespace?: string | undefined;
  /** The AppProject. @default default */
  readonly project?: string | undefined;
  /** Where the charts are: the address of a repository, or `oci://…`. @default - that of Istio's releases */
  readonly charts?: string | undefined;
  /** The cluster to install into: its address, or the name that Argo CD knows it by. @default - the cluster of Argo CD itself, or the one that the installation is placed on */
  readonly destination?: { readonly server: string } | { readonly name: string } | undefined;
  /** Whether Argo CD applies changes by itself. @default true */
  readonly automated?: boolean | undefined;
}

/** Flux, with a HelmRelease for each chart. */
export interface FluxProps {
  /** Where the HelmReleases and their source are. @default flux-system */
  readonly namespace?: string | undefined;
  /** Where the charts are: the address of a repository, or `oci://…`. @default - that of Istio's releases */
  readonly charts?: string | undefined;
  /** How often Flux looks whether all is as it should be, as Go writes a duration. @default 1h */
  readonly interval?: string | undefined;
}

/** The Sail operator, which must run in the cluster. */
export interface SailProps {
  /**
   * Whether the operator makes a revision of its own for each version (`RevisionBased`), and removes the one before when
   * nothing uses it. Then it does by itself what the steps of an upgrade do elsewhere.
   *
   * @default InPlace
   */
  readonly updateStrategy?: 'InPlace' | 'RevisionBased' | undefined;
  /** How long an unused revision stays, in seconds, with RevisionBased. @default 30 */
  readonly inactiveRevisionDeletionGracePeriodSeconds?: number | undefined;
}

/**
 * What installs Istio.
 *
 * @example
 * new IstioInstallation(app, 'istio', { version: '1.30.3', backEnd: BackEnd.flux() });
 */
export const BackEnd = {
  /** An Application of Argo CD for each chart, in waves. */
  argoCd: (props: ArgoCdProps = {}): BackEnd => ({ kind: 'argo-cd', ...props }),
  /** A HelmRelease of Flux for each chart, each waiting for those before it. */
  flux: (props: FluxProps = {}): BackEnd => ({ kind: 'flux', ...props }),
  /** The resources of the Sail operator. */
  sail: (props: SailProps = {}): BackEnd => ({ kind: 'sail', ...props }),
  /** A file for `istioctl install -f`, in a folder that nobody applies. */
  istioctl: (): BackEnd => ({ kind: 'istioctl' }),
};

/** Where the charts of Istio's releases are. */
export const releasedCharts = 'https://istio-release.storage.googleapis.com/charts';
