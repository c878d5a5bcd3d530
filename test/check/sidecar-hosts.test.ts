import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const service = (exportTo = '*'): string => `{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: shop, annotations: { networking.istio.io/exportTo: "${exportTo}" } }, spec: { ports: [{ name: http, port: 80 }] } }`;
const entry = '{ apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: { name: a, namespace: shop }, spec: { hosts: ["*.example.com"], ports: [{ number: 443, name: tls, protocol: TLS }] } }';
const sidecar = (host: string): string => `{ apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: { name: default, namespace: web }, spec: { egress: [{ hosts: ["${host}"] }] } }`;
const host = 'reviews.shop.svc.cluster.local';

describe('a host that a Sidecar lets through', () => {
  test.each([`shop/${host}`, `*/${host}`, 'shop/*', '*/*', 'shop/*.shop.svc.cluster.local', 'shop/*.local', '~/*', `~shop/other.shop.svc.cluster.local`])('%s is there, or excludes something', written => {
    expect(told('MW0114', service(), sidecar(written))).toEqual([]);
  });

  test('stands in another namespace', () => {
    expect(told('MW0114', service(), sidecar(`./${host}`))).toEqual([`"./${host}" is no host that namespace web can see`]);
  });

  test('is not exported to the namespace', () => {
    expect(told('MW0114', service('.'), sidecar(`shop/${host}`))).toHaveLength(1);
    expect(told('MW0114', service('web'), sidecar(`shop/${host}`))).toEqual([]);
  });

  test('may be one of the hosts of a wildcard', () => {
    expect(told('MW0114', entry, sidecar('*/api.example.com'))).toEqual([]);
    expect(told('MW0114', entry, sidecar('*/api.example.org'))).toHaveLength(1);
  });

  test('may be that of a VirtualService', () => {
    const virtual = '{ apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: { name: a, namespace: shop }, spec: { hosts: [shop.example.org], http: [{ route: [{ destination: { host: reviews } }] }] } }';
    expect(told('MW0114', entry, virtual, sidecar('shop/shop.example.org'))).toEqual([]);
  });

  test('is not known where nothing of its namespace is among the objects', () => {
    expect(told('MW0114', sidecar(`shop/${host}`))).toEqual([]);
    expect(told('MW0114', service(), sidecar('bank/x.bank.svc.cluster.local'))).toEqual([]);
    expect(told('MW0114', service(), sidecar('*/api.example.com'))).toEqual([]);
  });
});
