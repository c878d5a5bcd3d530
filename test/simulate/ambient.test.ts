import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { simulate, type Request } from '../../lib/simulate/index.ts';

const namespace = (name: string, labels: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${name}, labels: { ${labels} } }\n`;
const app = (name: string, place: string): string => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${place} }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: ${place}, labels: { app: ${name} } }\nspec: { serviceAccountName: ${name}, containers: [{ name: app, image: a }] }\n`;
const object = (apiVersion: string, kind: string, name: string, spec: string, more = ''): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop${more} }\nspec: ${spec}\n`;
const policy = (spec: string, name = 'p'): string => object('security.istio.io/v1', 'AuthorizationPolicy', name, spec);
const waypoint = object('gateway.networking.k8s.io/v1', 'Gateway', 'wp', '{ gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }');
const route = object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', '{ parentRefs: [{ kind: Service, group: "", name: cart }], rules: [{ matches: [{ path: { value: /cart } }], backendRefs: [{ name: cart, port: 80 }] }] }');
const toCart = '{ targetRefs: [{ kind: Service, group: "", name: cart }], ';

const ambient = 'istio.io/dataplane-mode: ambient';
const plain = [namespace('shop', ambient), app('cart', 'shop'), app('web', 'shop')];
const through = [namespace('shop', `${ambient}, istio.io/use-waypoint: wp`), ...plain.slice(1), waypoint];

function ends(documents: readonly string[], request: Partial<Request> = {}): string {
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests);
  const [outcome] = simulate(mesh, { from: { workload: 'shop/web' }, to: 'http://cart.shop/cart', ...request }).outcomes;
  if (!outcome) return 'no outcome';
  const { answer, answeredBy, destination } = outcome;
  return answer ? `${answer.kind}${answer.status === undefined ? '' : ` ${answer.status}`} by ${answeredBy ?? 'nobody'}` : `reaches ${destination?.kind === 'service' ? destination.workloads.join() : destination?.kind === 'passthrough' ? destination.address ?? '' : ''}`;
}

describe('an ambient client without a waypoint', () => {
  test.each<[string, readonly string[], Partial<Request>, string]>([
    ['reaches the pods', plain, {}, 'reaches shop/cart'],
    ['is let in by its identity', [...plain, policy('{ rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }')], {}, 'reaches shop/cart'],
    ['sees the connection closed where it is denied', [...plain, policy('{}')], {}, 'closed by server'],
    ['is asked for no method, as ztunnel sees none', [...plain, policy('{ action: DENY, rules: [{ to: [{ operation: { methods: [GET] } }] }] }')], {}, 'reaches shop/cart'],
    ['passes STRICT', [...plain, object('security.istio.io/v1', 'PeerAuthentication', 'a', '{ mtls: { mode: STRICT } }')], {}, 'reaches shop/cart'],
    ['has no HTTP routes', [...plain, route], { to: 'http://cart.shop/other' }, 'reaches shop/cart'],
  ])('%s', (_, documents, request, expected) => {
    expect(ends(documents, request)).toBe(expected);
  });

  test('and one outside the mesh does not pass STRICT', () => {
    const strict = object('security.istio.io/v1', 'PeerAuthentication', 'a', '{ mtls: { mode: STRICT } }');
    expect(ends([...plain, namespace('far', 'a: b'), app('naked', 'far'), strict], { from: { workload: 'far/naked' } })).toBe('closed by server');
  });
});

describe('traffic through a waypoint', () => {
  test.each<[string, readonly string[], Partial<Request>, string]>([
    ['takes the routes of the service', [...through, route], {}, 'reaches shop/cart'],
    ['and what no route takes is a 404 of the waypoint', [...through, route], { to: 'http://cart.shop/other' }, 'http 404 by waypoint'],
    ['is asked for by policies of the service, with a 403', [...through, policy(`${toCart}action: DENY, rules: [{ to: [{ operation: { methods: [GET] } }] }] }`)], {}, 'http 403 by waypoint'],
    ['comes to ztunnel with the waypoint\'s identity', [...through, policy('{ rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/wp] } }] }] }')], {}, 'reaches shop/cart'],
    ['and so not with the client\'s', [...through, policy('{ rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }] }')], {}, 'http 503 by waypoint'],
    ['is not there for a service that opts out', [through[0] ?? '', (through[1] ?? '').replace('namespace: shop }', 'namespace: shop, labels: { istio.io/use-waypoint: none } }'), ...through.slice(2), policy(`${toCart}action: DENY, rules: [{}] }`)], {}, 'reaches shop/cart'],
    ['is not there where the waypoint is for workloads', [...through.slice(0, -1), waypoint.replace('namespace: shop', 'namespace: shop, labels: { istio.io/waypoint-for: workload }'), policy(`${toCart}action: DENY, rules: [{}] }`)], {}, 'reaches shop/cart'],
    ['is bypassed by a client without a proxy', [...through, namespace('far', 'a: b'), app('naked', 'far'), policy(`${toCart}action: DENY, rules: [{}] }`)], { from: { workload: 'far/naked' } }, 'reaches shop/cart'],
    ['holds for a client with a sidecar too', [...through, namespace('side', 'istio-injection: enabled'), app('old', 'side'), policy(`${toCart}action: DENY, rules: [{}] }`)], { from: { workload: 'side/old' } }, 'http 403 by waypoint'],
  ])('%s', (_, documents, request, expected) => {
    expect(ends(documents, request)).toBe(expected);
  });
});

test('the address of a pod leads through a waypoint that is for workloads', () => {
  const pod = app('cart', 'shop').trimEnd() + '\nstatus: { podIP: 10.1.1.1 }\n';
  const gateway = waypoint.replace('namespace: shop', 'namespace: shop, labels: { istio.io/waypoint-for: workload }');
  const deny = policy('{ targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: wp }], action: DENY, rules: [{ to: [{ operation: { paths: [/cart] } }] }] }');
  const documents = [through[0] ?? '', pod, app('web', 'shop'), gateway, deny];
  expect([ends(documents, { to: 'http://10.1.1.1:80/cart' }), ends(documents, { to: 'http://10.1.1.1:80/other' }), ends(documents)]).toEqual(['http 403 by waypoint', 'reaches 10.1.1.1', 'reaches 10.1.1.1']);
});

describe('a TCPRoute of a service', () => {
  test('takes the connections of sidecars', () => {
    const db = app('db', 'side').replace('name: http, port: 80', 'name: tcp, port: 5432');
    const tcpRoute = object('gateway.networking.k8s.io/v1', 'TCPRoute', 't', '{ parentRefs: [{ kind: Service, group: "", name: db }], rules: [{ backendRefs: [{ name: other, port: 5432 }] }] }').replace('namespace: shop', 'namespace: side');
    const documents = [namespace('side', 'istio-injection: enabled'), db, app('other', 'side').replace('name: http, port: 80', 'name: tcp, port: 5432'), app('old', 'side'), tcpRoute];
    expect(ends(documents, { from: { workload: 'side/old' }, to: 'db.side:5432' })).toBe('reaches side/other');
  });
});

test('a gateway that another controller serves is not modelled', () => {
  const documents = [namespace('shop', 'a: b'), object('gateway.networking.k8s.io/v1', 'Gateway', 'gw', '{ gatewayClassName: other, listeners: [{ name: http, port: 80, protocol: HTTP }] }')];
  const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests);
  expect(simulate(mesh, { from: { gateway: 'shop/gw' }, to: 'http://a.com/' })).toMatchObject({ sure: false, steps: [{}, { kind: 'not modelled', what: 'a gateway of class other, which is not Istio\'s' }] });
});

describe('a BackendTLSPolicy', () => {
  const gateway = object('gateway.networking.k8s.io/v1', 'Gateway', 'gw', '{ gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] }');
  const toBackend = object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'r', '{ parentRefs: [{ name: gw }], rules: [{ backendRefs: [{ name: cart, port: 80 }] }] }');
  const tls = (documents: readonly string[]): string | undefined => {
    const mesh = Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests);
    const [outcome] = simulate(mesh, { from: { gateway: 'shop/gw' }, to: 'http://a.com/' }).outcomes;
    return outcome?.destination?.kind === 'service' ? outcome.destination.tls : undefined;
  };

  test('makes a gateway speak TLS to the backend', () => {
    const base = [namespace('shop', 'a: b'), app('cart', 'shop'), gateway, toBackend];
    const secured = object('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', 'b', '{ targetRefs: [{ group: "", kind: Service, name: cart }], validation: { hostname: cart.example.com, wellKnownCACertificates: System } }');
    expect([tls(base), tls([...base, secured]), tls([...base, secured.replace('name: cart }', 'name: cart, sectionName: https }')])]).toEqual(['none', 'one-way', 'none']);
  });
});
