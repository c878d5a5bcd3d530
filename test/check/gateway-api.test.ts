import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const object = (kind: string, namespace: string, name: string, spec: string, version = 'gateway.networking.k8s.io/v1'): string => `{ apiVersion: ${version}, kind: ${kind}, metadata: { namespace: ${namespace}, name: ${name} }, spec: { ${spec} } }`;
const gateway = (listeners: string, more = '', name = 'public'): string => object('Gateway', 'edge', name, `gatewayClassName: istio, ${more} listeners: [${listeners}]`);
const http = (name: string, port: number, more = ''): string => `{ name: ${name}, port: ${port}, protocol: HTTP, ${more} }`;
const route = (parent: string, backend = '', namespace = 'shop'): string => object('HTTPRoute', namespace, 'shop', `parentRefs: [${parent}], rules: [{ backendRefs: [${backend}] }]`);
const service = (namespace: string): string => object('Service', namespace, 'shop', 'ports: [{ name: http, port: 80 }]', 'v1');

describe('a route at a Gateway', () => {
  const admitting = gateway(`${http('web', 80, 'allowedRoutes: { namespaces: { from: All } }')}, ${http('inside', 8080)}`);

  test('is admitted by one of the listeners that it names', () => {
    expect(told('MW0159', admitting, route('{ name: public, namespace: edge }'))).toEqual([]);
    expect(told('MW0159', admitting, route('{ name: public, namespace: edge, sectionName: web }'))).toEqual([]);
    expect(told('MW0159', admitting, route('{ name: public, namespace: edge, sectionName: inside }'))).toEqual(['Gateway edge/public admits no route of namespace shop at listener "inside"']);
    expect(told('MW0159', admitting, route('{ name: public, namespace: edge, sectionName: wep }'))).toEqual(['Gateway edge/public has no listener "wep"; it has web (80), inside (8080)']);
    expect(told('MW0159', admitting, route('{ name: public, namespace: edge, port: 81 }'))).toEqual(['Gateway edge/public has no listener on port 81; it has web (80), inside (8080)']);
  });

  test('in a namespace whose labels are not known may be admitted by them', () => {
    const selecting = gateway(http('web', 80, 'allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { public: "yes" } } } }'));
    expect(told('MW0159', selecting, route('{ name: public, namespace: edge }'))).toEqual([]);
    expect(told('MW0159', selecting, route('{ name: public, namespace: edge }'), '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }')).toHaveLength(1);
  });

  test('that may be in files of others is not asked about', () => {
    expect(told('MW0159', route('{ name: public, namespace: edge }'))).toEqual([]);
    expect(told('MW0159', admitting, route('{ name: public, namespace: elsewhere }'))).toEqual([]);
    expect(told('MW0159', admitting, route('{ name: other, namespace: edge }'))).toEqual(['there is no Gateway edge/other']);
  });
});

describe('a backend of a route', () => {
  const parent = '{ name: public, namespace: edge }';
  const grant = object('ReferenceGrant', 'bank', 'shop', 'from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop }], to: [{ group: "", kind: Service }]', 'gateway.networking.k8s.io/v1beta1');

  test('is a Service and one of its ports', () => {
    expect(told('MW0160', service('shop'), route(parent, '{ name: shop, port: 80 }'))).toEqual([]);
    expect(told('MW0160', service('shop'), route(parent, '{ name: shop, port: 81 }'))).toEqual(['Service shop/shop has no port 81; it has 80']);
    expect(told('MW0160', service('shop'), route(parent, '{ name: shap, port: 80 }'))).toEqual(['there is no Service shop/shap']);
  });

  test('that gets copies of requests is one too', () => {
    const mirroring = (backend: string): string => object('HTTPRoute', 'shop', 'shop', `parentRefs: [${parent}], rules: [{ filters: [{ type: RequestMirror, requestMirror: { backendRef: ${backend} } }], backendRefs: [{ name: shop, port: 80 }] }]`);
    expect(told('MW0160', service('shop'), mirroring('{ name: shop, port: 80 }'))).toEqual([]);
    expect(told('MW0160', service('shop'), mirroring('{ name: shap, port: 80 }'))).toEqual(['there is no Service shop/shap']);
  });

  test('of another namespace is granted there, except inside the mesh', () => {
    const backend = '{ name: shop, namespace: bank, port: 80 }';
    expect(told('MW0160', service('bank'), route(parent, backend))).toEqual(['no ReferenceGrant in namespace bank lets a HTTPRoute of namespace shop refer to Service shop']);
    expect(told('MW0160', service('bank'), grant, route(parent, backend))).toEqual([]);
    expect(told('MW0160', service('bank'), route('{ group: "", kind: Service, name: shop }', backend))).toEqual([]);
  });

  test('that may be in files of others is not asked about', () => {
    expect(told('MW0160', route(parent, '{ name: shop, port: 80 }'))).toEqual([]);
    expect(told('MW0160', service('shop'), route(parent, '{ name: shop, namespace: bank, port: 80 }'))).toEqual([]);
    expect(told('MW0160', service('shop'), route(parent, '{ group: x.io, kind: Pool, name: gone }'))).toEqual([]);
  });
});

describe('Kubernetes Gateways with the same listener', () => {
  const shared = 'addresses: [{ value: ingress.edge.svc.cluster.local }],';
  const short = 'addresses: [{ value: ingress }],';

  test('conflict where they share an address, whichever way it is written', () => {
    expect(told('MW0161', gateway(http('a', 80), shared, 'one'), gateway(http('b', 80), short, 'two'))).toHaveLength(2);
    expect(told('MW0161', gateway(http('a', 80), shared, 'one'), gateway(http('b', 81), short, 'two'))).toEqual([]);
  });

  test('each have pods and an address of their own otherwise', () => {
    expect(told('MW0161', gateway(http('a', 80), '', 'one'), gateway(http('b', 80), '', 'two'))).toEqual([]);
  });

  test('of one Gateway are refused by its own schema', () => {
    expect(told('schema-violated', gateway(`${http('a', 80)}, ${http('b', 80)}`))).not.toEqual([]);
  });
});

describe('ServiceEntries of one host and port', () => {
  const entry = (namespace: string, name: string, more = ''): string => object('ServiceEntry', namespace, name, `hosts: [a.example.com], ports: [{ number: 443, name: tls, protocol: TLS }], resolution: DNS, ${more}`, 'networking.istio.io/v1');

  test('are taken together in a namespace, and rival each other between namespaces', () => {
    expect(told('MW0154', entry('shop', 'a'), entry('shop', 'b'))).toEqual([]);
    expect(told('MW0154', entry('shop', 'a'), entry('bank', 'b'))).toHaveLength(2);
    expect(told('MW0154', entry('shop', 'a', 'exportTo: ["."]'), entry('bank', 'b', 'exportTo: ["."]'))).toEqual([]);
  });
});
