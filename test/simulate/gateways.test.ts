import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { explain, simulate, summary } from '../../lib/simulate/index.ts';
import { app, asked, sidecar } from './asked.ts';

describe('an egress gateway', () => {
  const mesh = [
    app('cart', 'shop', sidecar), app('web', 'shop', sidecar), app('books', 'shop', sidecar),
    `apiVersion: v1
kind: Service
metadata: { name: egress, namespace: edge }
spec: { selector: { istio: egress }, ports: [{ name: https, port: 443 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: egress, namespace: edge, labels: { istio: egress } }
spec: { serviceAccountName: egress, containers: [{ name: istio-proxy, image: auto, args: [proxy, router] }] }
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: egress, namespace: shop }
spec: { selector: { istio: egress }, servers: [{ hosts: [books.example.com], port: { name: https, number: 443, protocol: HTTPS }, tls: { mode: ISTIO_MUTUAL } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: books, namespace: shop }
spec:
  hosts: [books.example.com]
  gateways: [egress, mesh]
  http:
    - { match: [{ gateways: [mesh] }], route: [{ destination: { host: egress.edge.svc.cluster.local, port: { number: 443 } } }] }
    - { match: [{ gateways: [egress] }], route: [{ destination: { host: books } }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: cart, namespace: edge }
spec: { rules: [{ from: [{ source: { serviceAccounts: [shop/cart] } }] }] }
`];
  const rule = (sni: string): string => `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: egress, namespace: shop }\nspec: { host: egress.edge.svc.cluster.local, trafficPolicy: { tls: { mode: ISTIO_MUTUAL${sni} } } }\n`;

  test('is asked by the server name of the DestinationRule, and knows the caller', () => {
    const documents = [...mesh, rule(', sni: books.example.com')];
    expect(summary(asked(documents, 'GET http://books.example.com/', 'shop/cart'))).toBe('reaches books.shop.svc.cluster.local:80 (shop/books)');
    expect(summary(asked(documents, 'GET http://books.example.com/', 'shop/web'))).toBe('answered with 403 by the gateway');
  });

  test('that has no server for the name closes the connection, and the sidecar of the client answers', () => {
    expect(summary(asked([...mesh, rule('')], 'GET http://books.example.com/', 'shop/cart'))).toMatch(/^answered with 503 \[UF.*by the client's proxy$/);
  });
});

describe('listeners of a port that contradict each other', () => {
  const listeners = (of: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: front, namespace: edge }
spec: { gatewayClassName: istio, allowedListeners: { namespaces: { from: All } }, listeners: [{ name: http, port: 80, protocol: HTTP, hostname: shop.example.com }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more, namespace: shop }
spec: { parentRef: { name: front, namespace: edge }, listeners: [${of}] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ kind: ListenerSet, name: more }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
`;

  test.each([
    ['another name beside the Gateway\'s is served', '{ name: a, port: 80, protocol: HTTP, hostname: web.example.com }', 'GET http://web.example.com/', /^reaches web/],
    ['the name of the Gateway is the Gateway\'s', '{ name: a, port: 80, protocol: HTTP, hostname: shop.example.com }', 'GET http://shop.example.com/', /^answered with 404/],
    ['TLS on a port of plaintext is left out', '{ name: a, port: 80, protocol: HTTPS, hostname: web.example.com, tls: { certificateRefs: [{ name: a }] } }', 'GET https://web.example.com:80/', /^the connection is closed/],
  ])('%s', (_, of, request, expected) => {
    expect(summary(asked([listeners(of), app('web', 'shop')], request, 'gateway:edge/front'))).toMatch(expected);
  });
});

test('a BackendTLSPolicy that trusts nobody makes the connection fail', () => {
  const policy = (kind: string): string => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: front, namespace: shop }
spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: shop }
spec: { parentRefs: [{ name: front }], rules: [{ backendRefs: [{ name: web, port: 80 }] }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: web, namespace: shop }
spec: { targetRefs: [{ group: "", kind: Service, name: web }], validation: { hostname: web.example.com, caCertificateRefs: [{ group: "", kind: ${kind}, name: ca }] } }
`;
  expect(summary(asked([policy('ConfigMap'), app('web', 'shop')], 'GET http://web.example.com/', 'gateway:shop/front'))).toMatch(/^reaches web/);
  expect(summary(asked([policy('Service'), app('web', 'shop')], 'GET http://web.example.com/', 'gateway:shop/front'))).toMatch(/^answered with 503 \[UF/);
});

test('a gateway whose pods are not there is taken to run where its Gateway stands, and the trace says so', () => {
  const gateway = 'apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: front, namespace: edge }\nspec: { selector: { istio: front }, servers: [{ hosts: ["*"], port: { number: 80, name: http, protocol: HTTP } }] }\n';
  const { client, steps } = asked([gateway, app('web', 'shop')], 'GET http://web.example.com/', 'gateway:edge/front');
  expect(client.namespace).toBe('edge');
  expect(steps[0]?.note).toContain('taken to run in the namespace of the Gateway, edge');
  expect(explain(asked([gateway, app('web', 'shop')], 'GET http://web.example.com/', 'outside'))).toContain('taken to run in the namespace of the Gateway, edge');
});

test('bytes that are no HTTP are closed at a port that is declared as HTTP, and passed on at any other', () => {
  const tcp = app('db', 'shop', { ...sidecar, ports: '{ name: http, port: 80 }, { name: tcp, port: 81 }' });
  const cart = app('cart', 'shop');
  expect(summary(asked([tcp, cart], 'db.shop:80', 'shop/cart'))).toMatch(/closed \[DPE/);
  expect(summary(asked([tcp, cart], 'db.shop:81', 'shop/cart'))).toBe('reaches shop/db');
});

test('a gateway speaks HTTP/1.1 to a port whose protocol is not declared, whatever its client speaks', () => {
  const documents = [app('cart', 'shop', { ports: '{ name: any, port: 80 }' }), `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: edge }
spec: { selector: { istio: edge }, servers: [{ hosts: ["*"], port: { name: http, number: 80, protocol: HTTP } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec: { hosts: [cart.example.com], gateways: [edge/edge], http: [{ route: [{ destination: { host: cart } }] }] }
`];
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests);
  const [outcome] = simulate(mesh, { from: { gateway: 'edge/edge' }, to: 'http://cart.example.com/', protocol: 'http2' }).outcomes;
  expect(outcome?.destination).toMatchObject({ request: { version: '1.1' } });
});
