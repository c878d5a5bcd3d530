import { describe, expect, test } from 'vitest';
import { summary } from '../../lib/simulate/index.ts';
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
