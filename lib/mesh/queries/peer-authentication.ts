import type { From } from '../conditions.ts';
import { inIstioOrder } from '../entities/entity.ts';
import type { MtlsMode, PeerAuthentication, Policy } from '../entities/policies.ts';
import { policiesBySelector } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { selecting } from '../selector-index.ts';

/** How a port of a workload takes connections, and who says so. */
export interface MtlsDecision {
  readonly mode: Exclude<MtlsMode, 'UNSET'>;
  /** Undefined where no PeerAuthentication says anything: PERMISSIVE. */
  readonly from: From | undefined;
}

/** What of a workload PeerAuthentications look at. */
export interface MtlsServer {
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Whether a workload takes mutual TLS, plaintext or both on a port of its own: its own PeerAuthentication, else the one
 * of its namespace, else that of the mesh; of several the oldest. What a policy leaves unset is inherited.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export function mtlsModeOf(mesh: Mesh, { namespace, labels }: MtlsServer, port?: number): MtlsDecision {
  const inherited = mtlsModeOfNamespace(mesh, namespace);
  // A policy with a selector in the root namespace is ignored.
  const own = namespace === mesh.config.rootNamespace
    ? undefined
    : [...selecting(mesh, policiesBySelector, `PeerAuthentication ${namespace}`, labels)].sort(inIstioOrder).find(isPeerAuthentication);
  if (!own) return inherited;
  const portMode = port === undefined ? undefined : own.portModes.get(port);
  if (portMode !== undefined && portMode !== 'UNSET') return { mode: portMode, from: { on: own, at: `spec.portLevelMtls["${port}"].mode` } };
  return said(own) ?? inherited;
}

/** What holds for workloads of a namespace that have no PeerAuthentication of their own. */
export function mtlsModeOfNamespace(mesh: Mesh, namespace: string): MtlsDecision {
  for (const place of [namespace, mesh.config.rootNamespace]) {
    const policy = mesh.at(policiesBySelector.whole, `PeerAuthentication ${place}`).find(isPeerAuthentication);
    const decision = policy && said(policy);
    if (decision) return decision;
  }
  return { mode: 'PERMISSIVE', from: undefined };
}

function isPeerAuthentication(policy: Policy): policy is PeerAuthentication {
  return 'portModes' in policy;
}

function said(policy: PeerAuthentication): MtlsDecision | undefined {
  return policy.mode === 'UNSET' ? undefined : { mode: policy.mode, from: { on: policy, at: 'spec.mtls.mode' } };
}
