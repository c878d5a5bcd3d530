import { ttlEnv, type MeshCa, type MeshCaValues, type WorkloadTtl } from './mesh-ca.ts';

/** How long what istiod signs is valid. */
export interface SelfSignedCaProps extends WorkloadTtl {
  /** How many days its root certificate is valid. @default 3650 */
  readonly rootDays?: number | undefined;
}

/**
 * Istio's own authority: istiod makes a root key and keeps it in the Secret `istio-ca-secret`. It needs nothing, and every
 * cluster has a root of its own, so clusters of one mesh do not trust each other.
 *
 * @throws when a time is none that istiod takes
 *
 * @example
 * selfSignedCa({ workloadHours: 12 }).values
 *
 * @see https://istio.io/latest/docs/concepts/security/#pki
 */
export function selfSignedCa({ rootDays, ...ttl }: SelfSignedCaProps = {}): MeshCa {
  if (rootDays !== undefined && (!Number.isInteger(rootDays) || rootDays < 1 || rootDays > 36500)) throw new Error(`selfSignedCa: rootDays must be a whole number between 1 and 36500, got ${rootDays}`);
  const env = { ...ttlEnv('selfSignedCa', ttl), ...(rootDays === undefined ? {} : { CITADEL_SELF_SIGNED_CA_CERT_TTL: `${rootDays * 24}h` }) };
  const values: MeshCaValues = Object.keys(env).length === 0 ? {} : { pilot: { env } };
  return { values };
}
