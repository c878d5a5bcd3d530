import { describe, expect, test } from 'vitest';
import { explain, summary } from '../../lib/simulate/index.ts';
import { app, asked, sidecar } from './asked.ts';

describe('a VirtualService for a name that stands for another service', () => {
  const documents = [
    app('web', 'shop', sidecar), app('cart', 'shop', sidecar),
    'apiVersion: v1\nkind: Service\nmetadata: { name: basket, namespace: shop }\nspec: { type: ExternalName, externalName: cart.shop.svc.cluster.local }\n',
    `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: basket, namespace: shop }
spec: { hosts: [basket], http: [{ match: [{ uri: { prefix: /buy } }], route: [{ destination: { host: cart } }] }] }
`];

  test('routes what is sent to that name in full', () => {
    expect(summary(asked(documents, 'GET http://basket.shop.svc.cluster.local/look', 'shop/web'))).toMatch(/^answered with 404/);
    expect(summary(asked(documents, 'GET http://basket.shop.svc.cluster.local/buy', 'shop/web'))).toMatch(/^reaches cart/);
  });

  test('says nothing of its shorter forms, or of the other service', () => {
    expect(summary(asked(documents, 'GET http://basket.shop/look', 'shop/web'))).toMatch(/^reaches cart/);
    expect(summary(asked(documents, 'GET http://cart/look', 'shop/web'))).toMatch(/^reaches cart/);
  });
});

test('a sidecar routes by the path as it reads it', () => {
  const documents = [app('web', 'shop', sidecar), app('cart', 'shop', sidecar), app('admin', 'shop', sidecar), `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - { match: [{ uri: { prefix: /admin } }], route: [{ destination: { host: admin } }] }
    - { route: [{ destination: { host: cart } }] }
`];
  expect(summary(asked(documents, 'GET http://cart/a/../admin', 'shop/web'))).toMatch(/^reaches admin/);
  expect(summary(asked(documents, 'GET http://cart/a/../admin', 'shop/web', { meshConfig: { pathNormalization: { normalization: 'NONE' } } }))).toMatch(/^reaches cart/);
  expect(summary(asked(documents, 'GET http://cart/%00', 'shop/web'))).toBe('answered with 400 by the client\'s proxy');
});

test('a VirtualService that Istio made of routes of the Gateway API is read as it means it', () => {
  const documents = [app('web', 'shop', sidecar), app('cart', 'shop', sidecar), `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop, annotations: { internal.istio.io/route-semantics: gateway } }
spec:
  hosts: [cart]
  http:
    - { match: [{ uri: { prefix: /old } }], redirect: { uri: '%PREFIX()%/new' } }
    - { match: [{ uri: { prefix: /api } }], rewrite: { uri: / }, route: [{ destination: { host: cart } }] }
`];
  expect(summary(asked(documents, 'GET http://cart/old/1', 'shop/web'))).toMatch(/^answered with 301 to http:\/\/cart\/new\/1/);
  for (const [path, seen] of [['/api', '/'], ['/api/', '/'], ['/api/items?page=2', '/items?page=2']] as const) {
    expect(asked(documents, `GET http://cart${path}`, 'shop/web').outcomes).toMatchObject([{ destination: { request: { path: seen } } }]);
  }
});

test('a redirect whose code no proxy answers with is not modelled', () => {
  const documents = [app('web', 'shop', sidecar), app('cart', 'shop', sidecar), `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec: { hosts: [cart], http: [{ redirect: { uri: /new, redirectCode: 317 } }] }
`];
  const trace = asked(documents, 'GET http://cart/', 'shop/web');
  expect(trace.sure).toBe(false);
  expect(explain(trace)).toContain('a redirect with code 317');
});
