import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const rule = (name: string, spec: string, namespace = 'shop', host = 'reviews.shop.svc.cluster.local'): string => `{ apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: { name: ${name}, namespace: ${namespace} }, spec: { host: "${host}", ${spec} } }`;
const service = '{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: shop }, spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] } }';
const v1 = (version: string): string => `subsets: [{ name: v1, labels: { version: ${version} } }]`;
const random = 'trafficPolicy: { loadBalancer: { simple: RANDOM } }';
const robin = 'trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } }';
const tls = (mode: string): string => `trafficPolicy: { tls: { mode: ${mode} } }`;

describe('DestinationRules for one host', () => {
  test('lose the subset of the later one, whose name the first has', () => {
    expect(told('MW0110', rule('a', v1('one')), rule('b', v1('two')))).toEqual(['it is dropped: DestinationRule shop/a has a subset "v1" of reviews.shop.svc.cluster.local too']);
  });

  test('lose the trafficPolicy of the later one', () => {
    expect(told('MW0110', rule('a', random), rule('b', robin))).toHaveLength(1);
    expect(told('MW0110', rule('a', v1('one')), rule('b', robin)), 'where the first has none').toEqual([]);
  });

  test('lose nothing where both say the same', () => {
    expect(told('MW0110', rule('a', `${random}, ${v1('one')}`), rule('b', `${random}, ${v1('one')}`))).toEqual([]);
  });

  test('are one host by short name and by full name', () => {
    expect(told('MW0110', rule('a', random, 'shop', 'reviews'), rule('b', robin))).toHaveLength(1);
  });

  test('are not merged where one is for a wildcard', () => {
    expect(told('MW0110', rule('a', random, 'shop', '*.shop.svc.cluster.local'), rule('b', robin))).toEqual([]);
  });

  test('stand beside each other in two namespaces', () => {
    expect(told('MW0110', rule('a', random), rule('b', robin, 'web'))).toEqual([]);
  });

  test('with another exportTo are not merged: the last that a client sees counts', () => {
    expect(told('MW0110', rule('a', `${v1('one')}, exportTo: ["."]`), rule('b', random))).toEqual(['clients that see DestinationRule shop/b too take nothing of this one for reviews.shop.svc.cluster.local: their exportTo differs']);
  });

  test('that no client sees both of do not meet', () => {
    expect(told('MW0110', rule('a', 'exportTo: [web]'), rule('b', 'exportTo: [bank]'))).toEqual([]);
  });

  test('for chosen workloads are for other clients than those for all', () => {
    const chosen = (app: string, spec: string): string => rule(app, `workloadSelector: { matchLabels: { app: ${app} } }, ${spec}`);
    expect(told('MW0110', chosen('a', random), rule('b', robin))).toEqual([]);
    expect(told('MW0110', chosen('a', random), chosen('b', robin))).toEqual([]);
  });
});

describe('a DestinationRule without tls', () => {
  const wide = (mode: string, namespace = 'shop', more = ''): string => rule('wide', `${tls(mode)} ${more}`, namespace, '*.local');

  test('drops that of a wider one of its namespace', () => {
    expect(told('MW0111', wide('DISABLE'), rule('a', random))).toEqual(['connections to reviews.shop.svc.cluster.local lose the TLS settings (DISABLE) of DestinationRule shop/wide, which is for *.local']);
  });

  test('drops that of the root namespace, and that of the namespace of the service', () => {
    expect(told('MW0111', wide('DISABLE', 'istio-system'), rule('a', random))).toHaveLength(1);
    expect(told('MW0111', service, wide('DISABLE'), rule('a', random, 'web'))).toHaveLength(1);
  });

  test('does not drop what it does not see, or what is looked for elsewhere', () => {
    expect(told('MW0111', wide('DISABLE', 'istio-system', ', exportTo: ["."]'), rule('a', random))).toEqual([]);
    expect(told('MW0111', service, wide('DISABLE', 'bank'), rule('a', random))).toEqual([]);
    expect(told('MW0111', service, wide('DISABLE'), rule('a', random, 'istio-system'))).toEqual([]);
  });

  test('loses nothing where auto mTLS speaks mutual TLS by itself', () => {
    const config = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: istio, namespace: istio-system }, data: { mesh: "enableAutoMtls: false" } }';
    expect(told('MW0111', wide('ISTIO_MUTUAL'), rule('a', random))).toEqual([]);
    expect(told('MW0111', config, wide('ISTIO_MUTUAL'), rule('a', random))).toHaveLength(1);
  });

  test('loses nothing where another one of the host has tls, with which it is merged', () => {
    expect(told('MW0111', wide('DISABLE'), rule('a', v1('one')), rule('b', tls('SIMPLE')))).toEqual([]);
  });

  test('meets the nearest of the wider ones', () => {
    expect(told('MW0111', wide('DISABLE'), rule('near', random, 'shop', '*.shop.svc.cluster.local'), rule('a', random))).toEqual(['connections to *.shop.svc.cluster.local lose the TLS settings (DISABLE) of DestinationRule shop/wide, which is for *.local']);
  });
});
