import { Construct } from 'constructs';
import { ExternalSecret } from '../external-secret.ts';
import { SealedSecret } from '../sealed-secret.ts';
import { secretName } from '../values/secret-name.ts';
import type { SecretSource } from '../values/secret-from.ts';

/** A Secret by reference. */
export interface ReferencedSecretProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** @default - that of the chart */
  readonly namespace?: string | undefined;
  readonly from: SecretSource;
  /** @default kubernetes.io/tls */
  readonly type?: 'kubernetes.io/tls' | 'Opaque' | undefined;
  /** The keys that whoever reads it needs. @default - tls.crt and tls.key for kubernetes.io/tls, else none in particular */
  readonly keys?: readonly string[] | undefined;
}

/**
 * A Secret that something in the cluster makes, so that no key is in the YAML.
 *
 * @example
 * const certificate = new ReferencedSecret(edge, 'shop-example-com', { from: SecretFrom.store({ store: 'vault', keys: { 'tls.crt': 'edge/crt', 'tls.key': 'edge/key' } }) });
 * new IngressGateway(edge, 'ingress', { hosts: ['shop.example.com'], tls: ServerTls.simple(certificate.name) });
 */
export class ReferencedSecret extends Construct {
  readonly name: string;

  /** @throws when a key that is needed is not among those of the source, or what is said to be encrypted cannot be */
  constructor(scope: Construct, id: string, props: ReferencedSecretProps) {
    super(scope, id);
    const where = this.node.path;
    const { from, namespace, type = 'kubernetes.io/tls', keys = type === 'kubernetes.io/tls' ? ['tls.crt', 'tls.key'] : [] } = props;
    this.name = secretName(where, props.name ?? id);
    if (from.kind === 'existing') return;
    const metadata = { name: this.name, ...(namespace === undefined ? {} : { namespace }) };
    const given = from.kind === 'stored' ? from.keys : from.encrypted;
    const missing = keys.filter(key => !Object.hasOwn(given, key));
    if (missing.length > 0) throw new Error(`${where}: the Secret needs ${missing.map(key => JSON.stringify(key)).join(' and ')}; it is given ${Object.keys(given).map(key => JSON.stringify(key)).join(', ') || 'nothing'}`);
    if (from.kind === 'sealed') {
      // Ciphertext begins with the length of a key of its own, and is long.
      const readable = Object.entries(from.encrypted).find(([, text]) => !/^[A-Za-z0-9+/]{200,}={0,2}$/.test(text));
      if (readable) throw new Error(`${where}: ${JSON.stringify(readable[0])} is not what kubeseal makes, which is one line of base64; encrypt it with kubeseal --raw for this name and namespace`);
      new SealedSecret(this, 'sealed-secret', { metadata, spec: { encryptedData: from.encrypted, template: { type, metadata } } });
      return;
    }
    const { store, storeKind = 'ClusterSecretStore', refresh = '1h' } = from;
    new ExternalSecret(this, 'external-secret', {
      metadata,
      spec: {
        refreshInterval: refresh,
        secretStoreRef: { name: secretName(`${where}: store`, store), kind: storeKind },
        target: { name: this.name, template: { type } },
        data: Object.entries(from.keys).map(([secretKey, at]) => ({ secretKey, remoteRef: typeof at === 'string' ? { key: at } : { ...at } })),
      },
    });
  }
}
