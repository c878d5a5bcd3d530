/** Who signs the certificates of workloads: what an installation of Istio needs to be told for it. */
export interface MeshCa {
  /** Values of the istiod chart; those in `meshConfig` are mesh config. */
  readonly values: MeshCaValues;
}

/** Values of the istiod chart that are about its certificate authority. */
export interface MeshCaValues {
  readonly global?: { readonly caAddress: string };
  readonly pilot?: { readonly env: Readonly<Record<string, string>> };
  readonly sidecarInjectorWebhook?: { readonly templates: Readonly<Record<string, string>> };
}

/** How long certificates of workloads are valid, as istiod is told it. */
export interface WorkloadTtl {
  /** What a proxy gets that asks for no time of its own, as hours. @default 24 */
  readonly workloadHours?: number | undefined;
}

/**
 * Istiod's environment for the lifetime of certificates.
 *
 * @throws when the time is none that istiod takes
 */
export function ttlEnv(where: string, { workloadHours }: WorkloadTtl): Readonly<Record<string, string>> {
  if (workloadHours === undefined) return {};
  if (!Number.isInteger(workloadHours) || workloadHours < 1 || workloadHours > 2160) throw new Error(`${where}: workloadHours must be a whole number between 1 and 2160, got ${workloadHours}`);
  return { DEFAULT_WORKLOAD_CERT_TTL: `${workloadHours}h` };
}
