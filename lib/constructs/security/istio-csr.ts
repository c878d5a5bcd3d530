import { Construct } from 'constructs';
import { Certificate, Issuer } from '../l1.ts';
import type { ServiceMesh } from '../platform/service-mesh.ts';
import { dnsLabel } from '../values/name.ts';
import { issuerRef, type IssuerRef } from './issuer-ref.ts';
import type { MeshCa, MeshCaValues } from './mesh-ca.ts';
import { secretName } from '../values/secret-name.ts';

/** How cert-manager signs for the mesh. */
export interface IstioCsrProps {
  readonly mesh: ServiceMesh;
  /**
   * Who signs, and where its root is: an Issuer in the namespace of istiod, or a ClusterIssuer. `self-signed` makes a root in
   * the cluster.
   */
  readonly issuer: 'self-signed' | (IssuerRef & {
    /** The Secret in the namespace of istio-csr that has the root certificate, under ca.pem; no key. */
    readonly rootSecret: string;
  });
  /** The namespace of istio-csr. @default cert-manager */
  readonly namespace?: string | undefined;
  /** What istiod calls the cluster. @default Kubernetes */
  readonly cluster?: string | undefined;
  /** The namespace of ztunnel, in ambient mode; it asks on behalf of the pods on its node. @default - there is none */
  readonly ztunnel?: string | undefined;
  /** Revisions of istiod that it serves. @default - the default one */
  readonly revisions?: readonly string[] | undefined;
}

/** A release of a chart, for whatever installs it. */
export interface ChartRelease {
  readonly repository: string;
  readonly chart: string;
  readonly release: string;
  readonly namespace: string;
  readonly values: object;
}

/**
 * cert-manager signs the certificates of workloads, through its agent istio-csr; istiod signs nothing. What it makes stands
 * where istiod is, and `release` is the chart of the agent, which must run before istiod does.
 *
 * @example
 * const ca = new IstioCsr(chart, 'ca', { mesh, issuer: 'self-signed' });
 *
 * @see https://cert-manager.io/docs/usage/istio-csr/
 */
export class IstioCsr extends Construct implements MeshCa {
  readonly values: MeshCaValues;
  readonly release: ChartRelease;
  /** Values of ztunnel, in ambient mode. */
  readonly ztunnelValues: { readonly caAddress: string };

  /** @throws when a name is none */
  constructor(scope: Construct, id: string, props: IstioCsrProps) {
    super(scope, id);
    const where = this.node.path;
    const { mesh, issuer, cluster = 'Kubernetes', revisions = [] } = props;
    const namespace = dnsLabel(where, 'namespace', props.namespace ?? 'cert-manager');
    const signing = issuer === 'self-signed' ? this.#selfSigned(mesh) : issuerRef(where, issuer);
    const rootSecret = issuer === 'self-signed' ? undefined : secretName(`${where}: rootSecret`, issuer.rootSecret);
    for (const revision of revisions) dnsLabel(where, 'a revision', revision);
    const caAddress = `cert-manager-istio-csr.${namespace}.svc:443`;
    this.ztunnelValues = { caAddress };
    this.values = {
      global: { caAddress },
      pilot: { env: { ENABLE_CA_SERVER: 'false' } },
    };
    this.release = {
      repository: 'https://charts.jetstack.io', chart: 'cert-manager-istio-csr', release: 'cert-manager-istio-csr', namespace,
      values: {
        app: {
          certmanager: { namespace: mesh.rootNamespace, issuer: signing },
          tls: { trustDomain: mesh.trustDomain, certificateDNSNames: [`cert-manager-istio-csr.${namespace}.svc`], ...(rootSecret === undefined ? {} : { rootCAFile: `${rootFolder}/ca.pem` }) },
          server: { clusterID: cluster, ...(props.ztunnel === undefined ? {} : { caTrustedNodeAccounts: `${dnsLabel(where, 'ztunnel', props.ztunnel)}/ztunnel` }) },
          istio: { namespace: mesh.rootNamespace, ...(revisions.length === 0 ? {} : { revisions: [...revisions] }) },
        },
        // The root is then not taken from what the issuer sends along, which anyone who can answer for it could change.
        ...(rootSecret === undefined ? {} : {
          volumes: [{ name: 'root-ca', secret: { secretName: rootSecret, items: [{ key: 'ca.pem', path: 'ca.pem' }] } }],
          volumeMounts: [{ name: 'root-ca', mountPath: rootFolder, readOnly: true }],
        }),
      },
    };
  }

  /** A root that signs itself, and an Issuer that signs with it. */
  #selfSigned(mesh: ServiceMesh): { readonly name: string; readonly kind: string; readonly group: string } {
    const metadata = (name: string): { readonly name: string; readonly namespace: string } => ({ name, namespace: mesh.rootNamespace });
    const root = issuerRef(this.node.path, { name: 'istio-ca-root', kind: 'Issuer' });
    const ca = issuerRef(this.node.path, { name: 'istio-ca', kind: 'Issuer' });
    new Issuer(this, 'root', { metadata: metadata(root.name), spec: { selfSigned: {} } });
    new Certificate(this, 'certificate', {
      metadata: metadata(ca.name),
      spec: {
        isCA: true, commonName: 'istio-ca', secretName: 'istio-ca', duration: '87600h', issuerRef: root,
        privateKey: { algorithm: 'ECDSA', size: 256 }, subject: { organizations: [mesh.trustDomain] },
      },
    });
    new Issuer(this, 'ca', { metadata: metadata(ca.name), spec: { ca: { secretName: 'istio-ca' } } });
    return ca;
  }
}

const rootFolder = '/var/run/secrets/istio-csr';
