import { Construct } from 'constructs';
import { dnsLabel } from '../values/name.ts';
import type { SecretSource } from '../values/secret-from.ts';
import { ttlEnv, type MeshCa, type MeshCaValues, type WorkloadTtl } from './mesh-ca.ts';
import { ReferencedSecret } from './referenced-secret.ts';

/** Where the authority comes from. */
export interface PluggedInCaProps extends WorkloadTtl {
  /** Who makes the Secret `cacerts`, with ca-cert.pem, ca-key.pem, root-cert.pem and cert-chain.pem. */
  readonly from: SecretSource;
  /** Where istiod is. @default istio-system */
  readonly namespace?: string | undefined;
}

/**
 * An authority of one's own that istiod signs with: an intermediate one, from the Secret `cacerts`. It must be there before
 * istiod is: put it into a chart of the stage `install`. Clusters that have intermediates of one root trust each other.
 *
 * @example
 * new PluggedInCa(chart, 'ca', { from: SecretFrom.existing() }).values
 *
 * @see https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/
 */
export class PluggedInCa extends Construct implements MeshCa {
  readonly values: MeshCaValues;

  /** @throws when the source lacks one of the four files */
  constructor(scope: Construct, id: string, { from, namespace = 'istio-system', ...ttl }: PluggedInCaProps) {
    super(scope, id);
    const where = this.node.path;
    new ReferencedSecret(this, 'secret', {
      name: 'cacerts', namespace: dnsLabel(where, 'namespace', namespace), from, type: 'Opaque', keys: ['ca-cert.pem', 'ca-key.pem', 'root-cert.pem', 'cert-chain.pem'],
    });
    // A renewed intermediate is then taken without a restart.
    this.values = { pilot: { env: { AUTO_RELOAD_PLUGIN_CERTS: 'true', ...ttlEnv(where, ttl) } } };
  }
}
