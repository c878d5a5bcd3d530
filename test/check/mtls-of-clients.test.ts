import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const injected = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { istio-injection: enabled } } }';
const service = '{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: shop }, spec: { selector: { app: reviews }, ports: [{ name: http, port: 80, targetPort: 9080 }] } }';
const deployment = '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: reviews, namespace: shop }, spec: { template: { metadata: { labels: { app: reviews } } } } }';
const shop = [injected, service, deployment];
const peers = (mode: string, namespace = 'shop', more = ''): string => `{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: p, namespace: ${namespace} }, spec: { mtls: { mode: ${mode} } ${more} } }`;
const rule = (host: string, mode: string, namespace = 'istio-system', name = 'wide'): string => `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: ${name}, namespace: ${namespace} }, spec: { host: "${host}", trafficPolicy: { tls: { mode: ${mode} } } } }`;

describe('a DestinationRule for many hosts', () => {
  test.each(['*', '*.local', '*.svc.cluster.local', '*.shop.svc.cluster.local'])('%s speaks plaintext where mutual TLS is asked for', host => {
    expect(told('MW0331', ...shop, peers('STRICT'), rule(host, 'DISABLE'))).toEqual(['clients speak plaintext to port 80 of reviews, but Deployment shop/reviews takes mutual TLS only (PeerAuthentication shop/p)']);
  });

  test('speaks mutual TLS where none is taken, in the namespace or in the mesh', () => {
    expect(told('MW0331', ...shop, peers('DISABLE'), rule('*.local', 'ISTIO_MUTUAL'))).toHaveLength(1);
    expect(told('MW0331', ...shop, peers('DISABLE', 'istio-system'), rule('*.local', 'ISTIO_MUTUAL'))).toHaveLength(1);
  });

  test('speaks mutual TLS well without any PeerAuthentication: workloads take both', () => {
    expect(told('MW0331', ...shop, rule('*.local', 'ISTIO_MUTUAL'))).toEqual([]);
  });

  test('does not hold for a host that has a rule of its own', () => {
    expect(told('MW0331', ...shop, peers('STRICT'), rule('*.local', 'DISABLE'), rule('reviews', 'ISTIO_MUTUAL', 'shop', 'own'))).toEqual([]);
  });

  test('does not hold for another namespace', () => {
    expect(told('MW0331', ...shop, peers('STRICT'), rule('*.bank.svc.cluster.local', 'DISABLE'))).toEqual([]);
  });

  test('agrees with a port that is exempt, by the port of the workload', () => {
    const exempt = (port: number): string => peers('STRICT', 'shop', `, selector: { matchLabels: { app: reviews } }, portLevelMtls: { ${port}: { mode: DISABLE } }`);
    expect(told('MW0331', ...shop, exempt(9080), rule('*.local', 'DISABLE'))).toEqual([]);
    expect(told('MW0331', ...shop, exempt(80), rule('*.local', 'DISABLE'))).toHaveLength(1);
  });
});

describe('a DestinationRule for one host', () => {
  const own = (mode: string): string => rule('reviews', mode, 'shop', 'own');

  test('speaks TLS with a certificate that is not of the mesh', () => {
    expect(told('MW0331', ...shop, peers('STRICT'), own('MUTUAL'))).toEqual(['clients speak TLS (MUTUAL) to port 80 of reviews, but Deployment shop/reviews asks for a client certificate of the mesh (PeerAuthentication shop/p)']);
  });

  test('speaks TLS that is not of the mesh to a port that is declared as HTTP', () => {
    expect(told('MW0331', ...shop, own('SIMPLE'))).toEqual(['clients speak TLS (SIMPLE) to port 80 of reviews, but Deployment shop/reviews does not take it: the client sends TLS that is not the mesh\'s to a port that is declared as HTTP']);
    expect(told('MW0331', injected, service.replace('name: http', 'name: tcp'), deployment, own('SIMPLE'))).toEqual([]);
  });

  test('speaks mutual TLS well to ztunnel, which takes what comes', () => {
    expect(told('MW0331', injected.replace('istio-injection: enabled', 'istio.io/dataplane-mode: ambient'), service, deployment, peers('DISABLE'), own('ISTIO_MUTUAL'))).toEqual([]);
  });
});

describe('mutual TLS only, with auto mTLS off,', () => {
  const off = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: istio, namespace: istio-system }, data: { mesh: "enableAutoMtls: false" } }';
  const says = 'clients speak plaintext to port 80 of Service shop/reviews: auto mTLS is off, and no DestinationRule gives it mutual TLS';

  test('needs a DestinationRule, for a namespace and for the mesh', () => {
    expect(told('MW0112', off, ...shop, peers('STRICT'))).toEqual([says]);
    expect(told('MW0112', off, ...shop, peers('STRICT', 'istio-system'))).toEqual([says]);
    expect(told('MW0112', off, ...shop, peers('STRICT', 'istio-system'), rule('*.local', 'ISTIO_MUTUAL'))).toEqual([]);
  });

  test('is asked by the port of the workload, also where a name says it', () => {
    const named = [injected, service.replace('targetPort: 9080', 'targetPort: web'), deployment.replace('{ labels: { app: reviews } }', '{ labels: { app: reviews } }, spec: { containers: [{ name: a, ports: [{ name: web, containerPort: 9080 }] }] }')];
    expect(told('MW0112', off, ...named, peers('STRICT', 'shop', ', selector: { matchLabels: { app: reviews } }, portLevelMtls: { 9080: { mode: PERMISSIVE } }'))).toEqual([]);
    expect(told('MW0112', off, ...named, peers('STRICT', 'shop', ', selector: { matchLabels: { app: reviews } }, portLevelMtls: { 80: { mode: PERMISSIVE } }'))).toHaveLength(1);
  });

  test('needs none while auto mTLS is on', () => {
    expect(told('MW0112', ...shop, peers('STRICT'))).toEqual([]);
  });

  test('is not what a namespace with a policy of its own asks for', () => {
    expect(told('MW0112', off, ...shop, peers('STRICT', 'istio-system'), peers('PERMISSIVE'))).toEqual([]);
  });

  test('is asked of nobody without a proxy', () => {
    expect(told('MW0112', off, service, deployment, peers('STRICT'))).toEqual([]);
  });
});

describe('a DestinationRule that says nothing of TLS', () => {
  const wide = (namespace: string, exportTo: string): string => `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: wide, namespace: ${namespace} }, spec: { host: "*.example.com", exportTo: [${exportTo}], trafficPolicy: { tls: { mode: SIMPLE } } } }`;
  const narrow = (exportTo: string): string => `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: pay, namespace: shop }, spec: { host: pay.example.com, exportTo: [${exportTo}], trafficPolicy: { loadBalancer: { simple: RANDOM } } } }`;

  test('drops that of a wider one for whichever namespace it is exported to', () => {
    expect(told('MW0111', narrow('bank, web'), wide('shop', 'web'))).toHaveLength(1);
    expect(told('MW0111', narrow('web, bank'), wide('shop', 'web'))).toHaveLength(1);
    expect(told('MW0111', narrow('bank'), wide('shop', 'web'))).toEqual([]);
  });

  test('drops nothing of one that its clients do not see', () => {
    expect(told('MW0111', narrow('"."'), wide('shop', 'web'))).toHaveLength(1);
    expect(told('MW0111', narrow('"."'), wide('web', '"."'))).toEqual([]);
  });
});

test('among many Services, a DestinationRule for all finds the one that takes mutual TLS only', () => {
  const other = '{ apiVersion: v1, kind: Service, metadata: { name: ratings, namespace: shop }, spec: { selector: { app: ratings }, ports: [{ name: http, port: 80 }] } }';
  expect(told('MW0331', other, ...shop, peers('STRICT', 'shop', ', selector: { matchLabels: { app: reviews } }'), rule('*', 'DISABLE'))).toHaveLength(1);
  expect(told('MW0331', other, ...shop, peers('STRICT', 'bank'), rule('*', 'DISABLE'))).toEqual([]);
});
