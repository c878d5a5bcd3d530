import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { explain, simulate, type Request } from '../../lib/simulate/index.ts';

const app = (name: string, service: string): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [${service}] }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: shop, labels: { app: ${name}, istio: ${name}, sidecar.istio.io/inject: "true" } }\nspec: { containers: [{ name: app, image: a }] }\n`;
const front = `apiVersion: v1\nkind: Pod\nmetadata: { name: front, namespace: edge, labels: { istio: front } }\nspec: { containers: [{ name: istio-proxy, image: auto, args: [proxy, router] }] }\n---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: front, namespace: edge }\nspec: { selector: { istio: front }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }\n---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: cart, namespace: shop }\nspec: { hosts: [cart.example.com], gateways: [edge/front], http: [{ route: [{ destination: { host: cart } }] }] }\n`;
const shop = [app('web', '{ name: http, port: 80 }'), app('cart', '{ name: http, port: 80 }'), front];

const filter = (namespace: string, context: string, more = ''): string => `apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: { name: f, namespace: ${namespace} }\nspec: { ${more}configPatches: [{ applyTo: HTTP_FILTER, match: { context: ${context} }, patch: { operation: REMOVE } }] }\n`;
const plugin = (kind: 'WasmPlugin' | 'TrafficExtension', namespace: string, more: string): string => `apiVersion: extensions.istio.io/v1alpha1\nkind: ${kind}\nmetadata: { name: p, namespace: ${namespace} }\nspec: { ${more} }\n`;
const only = (name: string): string => `workloadSelector: { labels: { app: ${name} } }, `;

/** Which objects a request passes that are not modelled. */
function unmodelled(more: string, request: Partial<Request> = {}): readonly string[] {
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: [...shop, more].join('---\n') }).manifests);
  const { sure, steps, outcomes } = simulate(mesh, { from: { workload: 'shop/web' }, to: 'http://cart/', ...request });
  const found = [...steps, ...outcomes.flatMap(outcome => outcome.steps)].filter(({ kind }) => kind === 'not modelled').map(({ from }) => `${from?.on.kind ?? ''} ${from?.on.namespace ?? ''}/${from?.on.name ?? ''} ${from?.at ?? ''}`);
  expect(sure).toBe(found.length === 0);
  return found;
}

const patched = (namespace: string): string => `EnvoyFilter ${namespace}/f spec.configPatches[0]`;

describe('an EnvoyFilter on the way makes the outcome unsure', () => {
  test.each<[string, string, readonly string[]]>([
    ['of the root namespace, at the client and at the server', filter('istio-system', 'ANY'), [patched('istio-system'), patched('istio-system')]],
    ['of the client, for what it sends', filter('shop', 'SIDECAR_OUTBOUND', only('web')), [patched('shop')]],
    ['of the server, for what comes to it', filter('shop', 'SIDECAR_INBOUND', only('cart')), [patched('shop')]],
  ])('%s', (_, more, expected) => {
    expect(unmodelled(more)).toEqual(expected);
  });

  test.each([
    ['of another namespace', filter('other', 'ANY')],
    ['of another workload', filter('shop', 'ANY', only('reviews'))],
    ['of gateways', filter('istio-system', 'GATEWAY')],
    ['of the server, for what it sends itself', filter('shop', 'SIDECAR_OUTBOUND', only('cart'))],
    ['of the client, for what comes to it', filter('shop', 'SIDECAR_INBOUND', only('web'))],
    ['attached to a Gateway of another name', filter('shop', 'ANY', 'targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: web }], ')],
  ])('but not one %s', (_, more) => {
    expect(unmodelled(more)).toEqual([]);
  });

  test('of the gateway that a request comes in by', () => {
    const request: Partial<Request> = { from: { gateway: 'edge/front' }, to: 'http://cart.example.com/' };
    expect(unmodelled(filter('edge', 'GATEWAY'), request)).toEqual([patched('edge')]);
    expect(unmodelled(filter('edge', 'SIDECAR_INBOUND'), request)).toEqual([]);
    expect(unmodelled('a: b\n', request)).toEqual([]);
  });
});

describe.each(['WasmPlugin', 'TrafficExtension'] as const)('a %s on the way makes the outcome unsure', kind => {
  const found = `${kind} shop/p spec`;

  test.each<[string, string, readonly string[]]>([
    ['of the client and the server, without a selector', '', [found, found]],
    ['of the server alone', 'selector: { matchLabels: { app: cart } }', [found]],
    ['for what comes in', 'match: [{ mode: SERVER }], selector: { matchLabels: { app: cart } }', [found]],
    ['with a match for ports alone, which is for both directions', 'match: [{ ports: [{ number: 80 }] }], selector: { matchLabels: { app: web } }', [found]],
    ['but not for another port of the service', 'match: [{ ports: [{ number: 81 }] }], selector: { matchLabels: { app: web } }', []],
    ['but not for another port of the server', 'match: [{ mode: SERVER, ports: [{ number: 8080 }] }, { mode: CLIENT }], selector: { matchLabels: { app: cart } }', []],
    ['but not for what the server sends', 'match: [{ mode: CLIENT }], selector: { matchLabels: { app: cart } }', []],
    ['but not of another workload', 'selector: { matchLabels: { app: reviews } }', []],
  ])('%s', (_, more, expected) => {
    expect(unmodelled(plugin(kind, 'shop', more))).toEqual(expected);
  });
});

test('of a gateway, one for what clients send makes the outcome unsure, and one for what servers get does not', () => {
  const request: Partial<Request> = { from: { gateway: 'edge/front' }, to: 'http://cart.example.com/' };
  expect(unmodelled(plugin('WasmPlugin', 'edge', 'match: [{ mode: CLIENT }]'), request)).toEqual(['WasmPlugin edge/p spec']);
  expect(unmodelled(plugin('WasmPlugin', 'edge', 'match: [{ mode: SERVER }]'), request)).toEqual([]);
});

test('of a waypoint, one that is attached to its Gateway or to the service makes the outcome unsure, and the text says so', () => {
  const shop = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { istio.io/dataplane-mode: ambient, istio.io/use-waypoint: wp } }\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: wp, namespace: shop }\nspec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }\n---\n' + ['web', 'cart'].map(name => app(name, '{ name: http, port: 80 }').replace(', sidecar.istio.io/inject: "true"', '')).join('---\n');
  const traced = (more: string): string => explain(simulate(Mesh.from(readManifests({ file: 'a.yaml', text: `${shop}---\n${more}` }).manifests), { from: { workload: 'shop/web' }, to: 'http://cart/' }));
  const said = 'not modelled: the WasmPlugin shop/p, which this proxy passes the request through; what follows is unsure';
  expect(traced(plugin('WasmPlugin', 'shop', 'targetRefs: [{ kind: Gateway, group: gateway.networking.k8s.io, name: wp }]'))).toContain(said);
  expect(traced(plugin('WasmPlugin', 'shop', 'targetRefs: [{ kind: Service, group: "", name: cart }]'))).toContain(said);
  expect(traced(plugin('WasmPlugin', 'shop', 'targetRefs: [{ kind: Service, group: "", name: web }]'))).not.toContain('unsure');
  expect(traced(plugin('WasmPlugin', 'shop', 'selector: { matchLabels: { app: cart } }'))).not.toContain('unsure');
});
