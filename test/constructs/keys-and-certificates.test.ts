import { Chart, Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  GatewayCertificate, IngressGateway, IstioCsr, meshTls, PluggedInCa, ReferencedSecret, SecretFrom, selfSignedCa, ServerTls, SpireCa, type IngressGatewayProps, type ServiceMesh,
} from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const files = { 'ca-cert.pem': 'mesh/ca-cert', 'ca-key.pem': 'mesh/ca-key', 'root-cert.pem': 'mesh/root', 'cert-chain.pem': 'mesh/chain' };
/** Any bytes do for what only the controller can read. */
const sealed = 'AgB'.padEnd(300, 'x');

function edge(props: Partial<IngressGatewayProps> = {}): { readonly mesh: ServiceMesh; readonly ingress: IngressGateway } {
  const { mesh, shop } = shopMesh();
  const ingress = new IngressGateway(mesh.namespace('edge'), 'ingress', { hosts: ['shop.example.com', '*.shop.example.com'], tls: ServerTls.simple('shop-cert'), ...props });
  if (props.tls?.mode !== 'PASSTHROUGH') ingress.exposes(reviewsOf(shop), { hosts: [ingress.hosts[0] ?? ''] });
  return { mesh, ingress };
}

function install(mesh: ServiceMesh): Chart {
  return new Chart(mesh.node.root, 'mesh-ca', { disableResourceNameHashes: true });
}

describe('a certificate of a gateway', () => {
  test('is for its hosts, in its namespace, in the Secret that it names', () => {
    const { mesh, ingress } = edge();
    new GatewayCertificate(ingress, 'certificate', { issuer: { name: 'lets-encrypt' } });
    golden('gateway-certificate.yaml', emitted(mesh).filter(({ kind }) => ['Gateway', 'Certificate'].includes(kind)));
    expect(findings(mesh)).toEqual([]);
  });

  test('is for some hosts, with a key and times of its own, beside another', () => {
    const { mesh, ingress } = edge({ tls: ServerTls.simple(['rsa', 'ecdsa'], { minProtocolVersion: 'TLSV1_3' }) });
    const issuer = { name: 'corp', kind: 'AWSPCAClusterIssuer', group: 'awspca.cert-manager.io' };
    new GatewayCertificate(ingress, 'rsa', { issuer, secret: 'rsa', key: 'RSA', dnsNames: ['shop.example.com'], validFor: Duration.days(30), renewBefore: Duration.minutes(90) });
    new GatewayCertificate(ingress, 'ecdsa', { issuer, secret: 'ecdsa', key: 'ECDSA-384' });
    golden('two-certificates.yaml', emitted(mesh, 'Certificate'));
  });

  test.each<[string, Partial<IngressGatewayProps>, Partial<ConstructorParameters<typeof GatewayCertificate>[2]>, string]>([
    ['a gateway without TLS', { tls: undefined }, {}, 'the gateway names no Secret of its namespace'],
    ['a gateway that passes TLS on', { tls: ServerTls.passthrough() }, {}, 'the gateway names no Secret of its namespace'],
    ['a gateway of two Secrets', { tls: ServerTls.simple(['a', 'b']) }, {}, 'the gateway names a and b; say in secret which of them this is'],
    ['a Secret of another', {}, { secret: 'other' }, 'the gateway names shop-cert, and secret is none of them'],
    ['a gateway of any host', { hosts: 'any' }, {}, 'takes any host, and a certificate is for names; say them in dnsNames'],
    ['no name', {}, { dnsNames: [] }, 'a certificate is for at least one name, got none'],
    ['a name that is none', {}, { dnsNames: ['shop'] }, 'a host must be a full domain name'],
    ['an issuer that is none', {}, { issuer: { name: 'Lets Encrypt' } }, 'issuer: a Secret is named by'],
    ['minutes', {}, { validFor: Duration.minutes(5) }, 'validFor must be at least an hour, got 5 minutes'],
    ['a renewal before its time', {}, { validFor: Duration.hours(2), renewBefore: Duration.hours(3) }, 'renewBefore (180 minutes) must be less than the certificate is valid (120 minutes)'],
  ])('is refused for %s', (_, gateway, certificate, message) => {
    const { ingress } = edge(gateway);
    expect(() => new GatewayCertificate(ingress, 'certificate', { issuer: { name: 'lets-encrypt' }, ...certificate })).toThrow(message);
  });

  test('is refused twice for one Secret', () => {
    const { ingress } = edge();
    new GatewayCertificate(ingress, 'a', { issuer: { name: 'x' } });
    expect(() => new GatewayCertificate(ingress, 'b', { issuer: { name: 'x' } })).toThrow('/ingress/a puts a certificate into Secret "shop-cert" already');
  });
});

describe('a Secret by reference', () => {
  test('is made out of a store, out of what is sealed, or by someone else', () => {
    const { mesh, shop } = shopMesh();
    new ReferencedSecret(shop, 'stored', { from: SecretFrom.store({ store: 'vault', keys: { 'tls.crt': 'edge/certificate', 'tls.key': { key: 'edge', property: 'private-key' } } }) });
    new ReferencedSecret(shop, 'sealed', { from: SecretFrom.sealed({ 'tls.crt': sealed, 'tls.key': sealed }) });
    new ReferencedSecret(shop, 'token', { name: 'api-token', namespace: 'other', type: 'Opaque', from: SecretFrom.store({ store: 'team', storeKind: 'SecretStore', refresh: '5m', keys: { token: 'api' } }) });
    expect(new ReferencedSecret(shop, 'theirs', { from: SecretFrom.existing() }).name).toBe('theirs');
    golden('referenced-secrets.yaml', emitted(mesh).filter(({ kind }) => kind.endsWith('Secret')));
  });

  test.each<[string, ConstructorParameters<typeof ReferencedSecret>[2], string]>([
    ['lacks a key', { from: SecretFrom.store({ store: 'vault', keys: { 'tls.crt': 'a' } }) }, 'the Secret needs "tls.key"; it is given "tls.crt"'],
    ['is given nothing', { from: SecretFrom.sealed({}) }, 'the Secret needs "tls.crt" and "tls.key"; it is given nothing'],
    ['is sealed in name alone', { from: SecretFrom.sealed({ 'tls.crt': sealed, 'tls.key': 'open' }) }, '"tls.key" is not what kubeseal makes'],
    ['has no name', { name: 'My Secret', from: SecretFrom.existing() }, 'got 9 characters that are none'],
    ['has no store', { from: SecretFrom.store({ store: '', keys: { 'tls.crt': 'a', 'tls.key': 'b' } }) }, 'store: a Secret is named by'],
  ])('is refused where it %s', (_, props, message) => {
    expect(() => new ReferencedSecret(shopMesh().shop, 'secret', props)).toThrow(message);
  });
});

describe('an authority of the mesh', () => {
  test('is Istio itself by default, which needs nothing', () => {
    expect(selfSignedCa().values).toEqual({});
    expect(selfSignedCa({ workloadHours: 12, rootDays: 365 }).values).toEqual({ pilot: { env: { DEFAULT_WORKLOAD_CERT_TTL: '12h', CITADEL_SELF_SIGNED_CA_CERT_TTL: '8760h' } } });
  });

  test('is plugged in by the Secret cacerts', () => {
    const { mesh } = shopMesh();
    const chart = install(mesh);
    const ca = new PluggedInCa(chart, 'ca', { from: SecretFrom.store({ store: 'vault', keys: files }), workloadHours: 6 });
    golden('plugged-in-ca.yaml', [...emitted(chart), ca.values]);
  });

  test('is cert-manager, with a root in the cluster', () => {
    const { mesh } = shopMesh({ trustDomain: 'example.org' });
    const chart = install(mesh);
    const ca = new IstioCsr(chart, 'ca', { mesh, issuer: 'self-signed', revisions: ['1-30-3'], ztunnel: 'istio-system' });
    golden('istio-csr-self-signed.yaml', [...emitted(chart), ca.values, ca.ztunnelValues, ca.release]);
  });

  test('is cert-manager, with an issuer and a root that are there', () => {
    const { mesh } = shopMesh();
    const ca = new IstioCsr(install(mesh), 'ca', { mesh, issuer: { name: 'corp', rootSecret: 'corp-root' }, namespace: 'pki', cluster: 'east' });
    golden('istio-csr-issuer.yaml', [ca.values, ca.release]);
  });

  test('is SPIRE, which gives sidecars its socket', () => {
    const { app, mesh } = shopMesh();
    const chart = install(mesh);
    const ca = new SpireCa(chart, 'ca', { mesh, className: 'spire-mesh' });
    golden('spire-ca.yaml', [...emitted(chart), ca.values]);
    expect(() => app.render()).not.toThrow();
  });

  test('is not SPIRE in ambient mode, whenever its namespace is added', () => {
    const { app, mesh } = shopMesh();
    new SpireCa(install(mesh), 'ca', { mesh });
    mesh.namespace('zone', { dataPlane: 'ambient' });
    expect(() => { app.synth(); }).toThrow('SPIRE is not for ambient mode, and namespace "zone" (mesh/zone) is ambient');
  });

  test.each<[string, () => unknown, string]>([
    ['hours that are none', () => selfSignedCa({ workloadHours: 0 }), 'workloadHours must be a whole number between 1 and 2160, got 0'],
    ['days that are none', () => selfSignedCa({ rootDays: 1.5 }), 'rootDays must be a whole number between 1 and 36500, got 1.5'],
    ['three files of four', () => new PluggedInCa(install(shopMesh().mesh), 'ca', { from: SecretFrom.store({ store: 'vault', keys: { ...files, 'ca-key.pem': undefined as never } }), namespace: 'Istio' }), 'namespace must be a DNS label'],
    ['a file that is missing', () => new PluggedInCa(install(shopMesh().mesh), 'ca', { from: SecretFrom.sealed({ 'ca-cert.pem': sealed }) }), 'the Secret needs "ca-key.pem" and "root-cert.pem" and "cert-chain.pem"'],
    ['a root without a name', () => { const { mesh } = shopMesh(); return new IstioCsr(install(mesh), 'ca', { mesh, issuer: { name: 'corp', rootSecret: '' } }); }, 'rootSecret: a Secret is named by'],
    ['a driver that is none', () => { const { mesh } = shopMesh(); return new SpireCa(install(mesh), 'ca', { mesh, driver: 'a b' }); }, 'driver must be the name of a CSI driver'],
  ])('is refused for %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('limits of TLS', () => {
  test('of the mesh are mesh config', () => {
    expect(meshTls({})).toEqual({});
    expect(meshTls({ minProtocolVersion: 'TLSV1_3', others: { cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384'], ecdhCurves: ['P-256'] } }))
      .toEqual({ meshMTLS: { minProtocolVersion: 'TLSV1_3' }, tlsDefaults: { cipherSuites: ['ECDHE-RSA-AES256-GCM-SHA384'], ecdhCurves: ['P-256'] } });
  });

  test.each<[string, () => unknown, string]>([
    ['a suite that Istio drops', () => meshTls({ cipherSuites: ['RC4-MD5'] }), '"RC4-MD5" is no cipher suite that Istio takes; take of ECDHE-ECDSA-AES128-GCM-SHA256'],
    ['a suite of TLS 1.3', () => meshTls({ cipherSuites: ['TLS_AES_128_GCM_SHA256'] }), 'those of TLS 1.3 cannot be chosen'],
    ['no suite', () => meshTls({ others: { cipherSuites: [] } }), 'meshTls: others: cipherSuites is empty'],
    ['a suite twice', () => meshTls({ cipherSuites: ['AES128-SHA', 'AES128-SHA'] }), 'cipher suite AES128-SHA is named twice'],
    ['suites that no version has', () => meshTls({ minProtocolVersion: 'TLSV1_3', cipherSuites: ['AES128-SHA'] }), 'leave cipherSuites out'],
    ['versions the wrong way round', () => edge({ tls: ServerTls.simple('a', { minProtocolVersion: 'TLSV1_3', maxProtocolVersion: 'TLSV1_2' }) }), 'minProtocolVersion TLSV1_3 is above maxProtocolVersion TLSV1_2'],
    ['a gateway without a certificate', () => edge({ tls: ServerTls.simple([]) }), 'tls needs the name of a Secret with a certificate, got none'],
    ['a gateway of three certificates', () => edge({ tls: ServerTls.mutual(['a', 'b', 'c']) }), 'a server has at most two certificates, one of RSA and one of ECDSA, got 3'],
    ['a credential that is no name', () => edge({ tls: ServerTls.mutual('a', { caCertCredentialName: 'A CA' }) }), 'edge/ingress: tls: a Secret is named by'],
  ])('are refused for %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
