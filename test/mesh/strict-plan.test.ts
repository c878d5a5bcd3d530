import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh, strictBlockers, strictPlan, type StrictPlace } from '../../lib/mesh/index.ts';

const namespace = (name: string, label = 'istio-injection: enabled'): string => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${label} } } }`;
const service = (name: string, at: string): string => `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${at} }, spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] } }`;
const workload = (name: string, at: string, more = ''): string => `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${name}, namespace: ${at} }, spec: { template: { metadata: { labels: { app: ${name}${more} } }, spec: { containers: [{ name: ${name}, image: a }] } } } }`;
const strict = (at: string, more = ''): string => `{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: default, namespace: ${at} }, spec: { mtls: { mode: STRICT }${more} } }`;
const shop = [namespace('shop'), service('reviews', 'shop'), workload('reviews', 'shop')];
const bank = [namespace('bank'), service('ledger', 'bank'), workload('ledger', 'bank')];
const legacy = [namespace('legacy', ''), workload('cron', 'legacy')];

function meshOf(...objects: readonly string[]): Mesh {
  return Mesh.from(readManifests({ file: 'a.yaml', text: objects.join('\n---\n') }).manifests);
}

function blockers(mesh: Mesh, place: StrictPlace): readonly string[] {
  return strictBlockers(mesh, place).map(({ client, to, why, from }) => `${client.kind} ${client.namespace}/${client.name} to ${to.join(', ')}: ${why}${from ? ` (${from.on.kind} ${from.on.namespace}/${from.on.name} ${from.at})` : ''}`);
}

describe('STRICT shuts out', () => {
  test('nobody where all have sidecars', () => {
    expect(blockers(meshOf(...shop, ...bank), {})).toEqual([]);
  });

  test('a client without a proxy, by name', () => {
    expect(blockers(meshOf(...shop, ...legacy), { namespace: 'shop' })).toEqual(['Deployment legacy/cron to reviews.shop.svc.cluster.local:80: the client has no proxy']);
  });

  test('a client that a DestinationRule makes speak plain text, by rule', () => {
    const rule = '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: plain, namespace: bank }, spec: { host: reviews.shop.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } } }';
    expect(blockers(meshOf(...shop, ...bank, rule), { namespace: 'shop' })).toEqual([
      'Deployment bank/ledger to reviews.shop.svc.cluster.local:80: the client sends plaintext, and the port takes mutual TLS alone (DestinationRule bank/plain spec.trafficPolicy.tls.mode)',
    ]);
  });

  test('everyone where auto mTLS is off', () => {
    const off = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: istio, namespace: istio-system }, data: { mesh: "enableAutoMtls: false" } }';
    expect(blockers(meshOf(...shop, ...bank, off), { namespace: 'shop' })).toEqual(['Deployment bank/ledger to reviews.shop.svc.cluster.local:80: the mesh config turns auto mTLS off']);
  });

  test('an ambient client of a sidecar that takes no tunnel', () => {
    expect(blockers(meshOf(...shop, namespace('zone', 'istio.io/dataplane-mode: ambient'), workload('web', 'zone')), { namespace: 'shop' }))
      .toEqual(['Deployment zone/web to reviews.shop.svc.cluster.local:80: the endpoint takes no tunnel of ambient mode']);
  });

  test('nobody at a port that stays open', () => {
    const open = '{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: reviews, namespace: shop }, spec: { selector: { matchLabels: { app: reviews } }, mtls: { mode: UNSET }, portLevelMtls: { 8080: { mode: PERMISSIVE } } } }';
    expect(blockers(meshOf(...shop, ...legacy, open), { namespace: 'shop' })).toEqual([]);
    expect(blockers(meshOf(...shop, ...legacy, open), { namespace: 'shop', labels: new Map([['app', 'reviews']]) })).toHaveLength(1);
  });

  test('nobody who never calls, where that is known', () => {
    expect(strictBlockers(meshOf(...shop, ...legacy), {}, { calls: ({ name }) => name !== 'cron' })).toEqual([]);
  });

  test('nobody who is shut out already', () => {
    expect(blockers(meshOf(...shop, ...legacy, strict('shop')), {})).toEqual([]);
  });
});

test('a plan has what is done, then what is safe, then what is blocked, and the mesh last', () => {
  const plain = '{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: plain, namespace: shop }, spec: { host: ledger.bank.svc.cluster.local, trafficPolicy: { tls: { mode: DISABLE } } } }';
  const steps = strictPlan(meshOf(...shop, ...bank, namespace('a'), service('x', 'a'), workload('x', 'a'), strict('a'), plain));
  expect(steps.map(({ place, done, safe, blockers: by }) => [place.namespace ?? 'mesh', done, safe, by.map(({ client }) => client.name)])).toEqual([
    ['a', true, true, []], ['shop', false, true, []], ['bank', false, false, ['reviews']], ['mesh', false, false, ['reviews']],
  ]);
});
