import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { IngressGateway } from '../gateway/ingress-gateway.ts';
import { Certificate } from '../l1.ts';
import { freeId, hostName } from '../values/name.ts';
import { issuerRef, type IssuerRef } from './issuer-ref.ts';
import { certificateTimes, privateKey, type CertificateKey } from './certificate.ts';

/** Who signs a gateway's certificate, and for how long. */
export interface GatewayCertificateProps {
  readonly issuer: IssuerRef;
  /** Names that it is for. @default - the hosts of the gateway */
  readonly dnsNames?: readonly string[] | undefined;
  /** The Secret that it is put into, of those that the gateway names. @default - its only one */
  readonly secret?: string | undefined;
  /** How long it is valid. @default - the issuer's, else 90 days */
  readonly validFor?: Duration | undefined;
  /** How long before its end it is replaced. @default - a third of its time */
  readonly renewBefore?: Duration | undefined;
  /** @default ECDSA */
  readonly key?: CertificateKey | undefined;
}

/**
 * The certificate of an ingress gateway, made and renewed by cert-manager: for the gateway's hosts, in its namespace, in the
 * Secret that it names. The private key is a new one with each certificate, and never leaves the cluster.
 *
 * @example
 * new GatewayCertificate(ingress, 'certificate', { issuer: { name: 'lets-encrypt' } });
 *
 * @see https://istio.io/latest/docs/ops/integrations/certmanager/
 */
export class GatewayCertificate extends Construct {
  /** The Secret that it is put into. */
  readonly secret: string;

  /** @throws when the gateway speaks no TLS, names several Secrets or takes any host, and the certificate does not say which */
  constructor(gateway: IngressGateway, id: string, props: GatewayCertificateProps) {
    super(gateway, freeId(gateway, id));
    const where = this.node.path;
    const { credentialNames } = gateway;
    this.secret = secretOf(where, credentialNames, props.secret);
    if (props.dnsNames === undefined && gateway.hosts.includes('*')) throw new Error(`${where}: ${gateway.node.path} takes any host, and a certificate is for names; say them in dnsNames`);
    const dnsNames = props.dnsNames?.map(host => hostName(where, host)) ?? gateway.hosts;
    if (dnsNames.length === 0) throw new Error(`${where}: a certificate is for at least one name, got none`);
    const other = [...taken.get(gateway) ?? []].find(certificate => certificate.secret === this.secret);
    if (other) throw new Error(`${where}: ${other.node.path} puts a certificate into Secret "${this.secret}" already; give one of them another`);
    taken.set(gateway, [...taken.get(gateway) ?? [], this]);
    new Certificate(this, 'certificate', {
      metadata: { name: this.secret },
      spec: {
        secretName: this.secret,
        dnsNames: [...dnsNames],
        issuerRef: issuerRef(where, props.issuer),
        privateKey: privateKey(props.key),
        ...certificateTimes(where, props),
        usages: ['digital signature', 'server auth'],
      },
    });
  }
}

const taken = new WeakMap<IngressGateway, readonly GatewayCertificate[]>();

function secretOf(where: string, named: readonly string[], wanted: string | undefined): string {
  const local = named.filter(name => !name.includes('://'));
  const [only] = local;
  if (only === undefined) throw new Error(`${where}: the gateway names no Secret of its namespace for a certificate; give it tls, as ServerTls.simple('shop-example-com')`);
  if (wanted === undefined && local.length > 1) throw new Error(`${where}: the gateway names ${local.join(' and ')}; say in secret which of them this is`);
  if (wanted !== undefined && !local.includes(wanted)) throw new Error(`${where}: the gateway names ${local.join(' and ')}, and secret is none of them`);
  return wanted ?? only;
}
