import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const namespace = (labels: string, name = 'shop'): string => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name}, labels: { ${labels} } } }`;
const ambient = namespace('istio.io/dataplane-mode: ambient');
const withWaypoint = namespace('istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint');
const service = (labels = ''): string => `{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: shop, labels: { ${labels} } }, spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] } }`;
const deployment = (labels = '', annotations = '', kind = 'Deployment'): string => `{ apiVersion: apps/v1, kind: ${kind}, metadata: { name: reviews, namespace: shop }, spec: { template: { metadata: { labels: { app: reviews, ${labels} }, annotations: { ${annotations} } } } } }`;
const policy = (spec: string, kind = 'AuthorizationPolicy', where = 'shop'): string => {
  const group = { AuthorizationPolicy: 'security.istio.io/v1', RequestAuthentication: 'security.istio.io/v1', Telemetry: 'telemetry.istio.io/v1', WasmPlugin: 'extensions.istio.io/v1alpha1' }[kind] ?? '';
  return `{ apiVersion: ${group}, kind: ${kind}, metadata: { name: one, namespace: ${where} }, spec: { ${spec} } }`;
};
const byMethod = 'rules: [{ to: [{ operation: { methods: [GET] } }] }]';
const selected = 'selector: { matchLabels: { app: reviews } }';
const jwt = 'jwtRules: [{ issuer: shop, jwks: "{}" }]';
const waypoint = (spec = '', labels = '', where = 'shop'): string => `{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: waypoint, namespace: ${where}, labels: { ${labels} } }, spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE, ${spec} }] } }`;

describe('a policy about requests', () => {
  test('needs a waypoint by its method, its action or a condition of its own', () => {
    expect(told('MW0150', ambient, policy(byMethod))).toEqual(['only a waypoint can do this, and namespace shop, which is in ambient mode, uses none']);
    expect(told('MW0150', ambient, policy('action: CUSTOM, provider: { name: x }, rules: [{}]'))).toHaveLength(1);
    expect(told('MW0150', ambient, policy('rules: [{ when: [{ key: "request.headers[x]", values: [a] }] }]'))).toHaveLength(1);
    expect(told('MW0150', ambient, policy('rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }]'))).toHaveLength(1);
  });

  test('is none where it speaks of identities, addresses and ports alone', () => {
    expect(told('MW0150', ambient, policy('rules: [{ from: [{ source: { namespaces: [shop], ipBlocks: [10.0.0.0/8] } }], to: [{ operation: { ports: ["80"] } }], when: [{ key: source.ip, values: [10.0.0.1] }] }]'))).toEqual([]);
    expect(told('MW0150', ambient, policy(''))).toEqual([]);
  });

  test('is enforced by sidecars, and by gateways', () => {
    expect(told('MW0150', namespace('istio-injection: enabled'), deployment(), policy(`${selected}, ${byMethod}`))).toEqual([]);
    expect(told('MW0150', ambient, deployment('', 'inject.istio.io/templates: gateway'), policy(`${selected}, ${byMethod}`))).toEqual([]);
  });

  test('finds a pod in ambient mode outside a namespace in ambient mode', () => {
    expect(told('MW0150', namespace(''), deployment('istio.io/dataplane-mode: ambient'), policy(`${selected}, ${jwt}`, 'RequestAuthentication')))
      .toEqual(['only a waypoint can do this, and Deployment reviews, which is in ambient mode, uses none']);
  });

  test.each(['RequestAuthentication', 'WasmPlugin', 'Telemetry'])('may be meant for the gateway of the namespace, as %s', kind => {
    const gateway = '{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: edge, namespace: shop }, spec: { gatewayClassName: istio, listeners: [{ name: http, port: 80, protocol: HTTP }] } }';
    const spec = { RequestAuthentication: jwt, WasmPlugin: 'url: oci://a/b', Telemetry: 'tracing: [{ randomSamplingPercentage: 1 }]' }[kind] ?? '';
    expect(told('MW0150', ambient, policy(spec, kind))).toHaveLength(1);
    expect(told('MW0150', ambient, policy(spec, kind), gateway)).toEqual([]);
  });

  test('says nothing of the mesh as a whole', () => {
    expect(told('MW0150', namespace('istio.io/dataplane-mode: ambient', 'istio-system'), policy('tracing: [{ randomSamplingPercentage: 1 }]', 'Telemetry', 'istio-system'))).toEqual([]);
  });

  test('attached to a Service needs the Service to use a waypoint', () => {
    const attached = policy(`targetRefs: [{ group: "", kind: Service, name: reviews }], ${byMethod}`);
    expect(told('MW0150', ambient, service(), attached)).toEqual(['only a waypoint takes policies of a Service, and Service reviews uses none']);
    expect(told('MW0150', withWaypoint, service('istio.io/use-waypoint: none'), attached)).toHaveLength(1);
    expect(told('MW0150', ambient, service('istio.io/use-waypoint: waypoint'), attached)).toEqual([]);
    expect(told('MW0150', service(), attached), 'where the Namespace is not among the objects').toEqual([]);
  });
});

describe('a waypoint takes policies by targetRefs alone', () => {
  test('whoever asks for the waypoint: the namespace, the Service or the pod', () => {
    const own = policy(`${selected}, ${byMethod}`);
    expect(told('MW0151', withWaypoint, deployment(), service(), own)).toEqual(['Deployment reviews uses waypoint shop/waypoint, which takes policies with targetRefs only']);
    expect(told('MW0151', ambient, deployment(), service('istio.io/use-waypoint: own'), own)).toEqual(['Deployment reviews uses waypoint shop/own, which takes policies with targetRefs only']);
    expect(told('MW0151', ambient, deployment('istio.io/use-waypoint: pods'), own)).toEqual(['Deployment reviews uses waypoint shop/pods, which takes policies with targetRefs only']);
    expect(told('MW0150', withWaypoint, deployment(), service(), own), 'the other rule leaves it to this one').toEqual([]);
  });

  test('but a Telemetry for its whole namespace reaches it', () => {
    expect(told('MW0151', withWaypoint, policy('tracing: [{ randomSamplingPercentage: 1 }]', 'Telemetry'))).toEqual([]);
    expect(told('MW0151', withWaypoint, deployment(), policy(`${selected}, tracing: [{ randomSamplingPercentage: 1 }]`, 'Telemetry'))).toHaveLength(1);
    const elsewhere = namespace('istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: edge');
    expect(told('MW0151', elsewhere, policy('tracing: [{ randomSamplingPercentage: 1 }]', 'Telemetry'))).toHaveLength(1);
  });
});

describe('a route to a service in ambient mode', () => {
  const route = (kind: string, spec: string, where = 'shop'): string => `{ apiVersion: networking.istio.io/v1, kind: ${kind}, metadata: { name: reviews, namespace: ${where} }, spec: { ${spec} } }`;
  const virtual = route('VirtualService', 'hosts: [reviews], http: [{ route: [{ destination: { host: reviews } }] }]');

  test('does nothing without a waypoint, of a gateway it does', () => {
    expect(told('MW0152', ambient, service(), virtual)).toHaveLength(1);
    expect(told('MW0152', ambient, service(), route('VirtualService', 'hosts: [reviews], gateways: [edge], http: []'))).toEqual([]);
    expect(told('MW0152', ambient, service(), '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: a, namespace: shop }, spec: { parentRefs: [{ group: "", kind: Service, name: reviews }] } }')).toHaveLength(1);
  });

  test('does something where the pods have sidecars in spite of their namespace', () => {
    expect(told('MW0152', ambient, service(), deployment('sidecar.istio.io/inject: "true"'), virtual)).toEqual([]);
  });

  test('counts by what a DestinationRule asks for', () => {
    expect(told('MW0152', ambient, service(), route('DestinationRule', 'host: reviews, trafficPolicy: { tls: { mode: ISTIO_MUTUAL } }'))).toEqual([]);
    expect(told('MW0152', ambient, service(), route('DestinationRule', 'host: reviews, subsets: [{ name: v1, labels: { version: v1 } }]'))).toEqual([]);
    expect(told('MW0152', ambient, service(), route('DestinationRule', 'host: reviews, subsets: [{ name: v1, trafficPolicy: { outlierDetection: {} } }]'))).toHaveLength(1);
  });

  test('stands in the namespace of the service or of its waypoint', () => {
    const elsewhere = namespace('istio.io/dataplane-mode: ambient, istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: edge');
    const from = (where: string, kind = 'VirtualService'): string => route(kind, kind === 'VirtualService' ? 'hosts: [reviews.shop.svc.cluster.local]' : 'host: reviews.shop.svc.cluster.local, trafficPolicy: { outlierDetection: {} }', where);
    expect(told('MW0153', elsewhere, service(), from('front'))).toHaveLength(1);
    expect(told('MW0153', elsewhere, service(), from('edge'))).toEqual([]);
    expect(told('MW0153', elsewhere, service(), from('shop'))).toEqual([]);
    expect(told('MW0153', elsewhere, service(), from('istio-system', 'DestinationRule'))).toEqual([]);
    expect(told('MW0153', elsewhere, service(), from('istio-system'))).toHaveLength(1);
  });
});

describe('a waypoint that is asked for', () => {
  test('is not asked about where no Gateway, or nothing of its namespace, is among the objects', () => {
    expect(told('MW0158', withWaypoint)).toEqual([]);
    const elsewhere = namespace('istio.io/use-waypoint: far, istio.io/use-waypoint-namespace: edge');
    expect(told('MW0158', elsewhere, waypoint())).toEqual([]);
    expect(told('MW0158', elsewhere, namespace('', 'edge'), waypoint())).toEqual(['there is no Gateway edge/far']);
  });

  test('admits its own namespace alone, unless its listener says otherwise', () => {
    const elsewhere = namespace('team: a, istio.io/use-waypoint: waypoint, istio.io/use-waypoint-namespace: edge');
    expect(told('MW0158', elsewhere, waypoint('', '', 'edge'))).toEqual(['the listener of Gateway edge/waypoint for HBONE admits no object of namespace shop']);
    expect(told('MW0158', elsewhere, waypoint('allowedRoutes: { namespaces: { from: All } }', '', 'edge'))).toEqual([]);
    expect(told('MW0158', elsewhere, waypoint('allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { team: a } } } }', '', 'edge'))).toEqual([]);
    expect(told('MW0158', elsewhere, waypoint('allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { team: b } } } }', '', 'edge'))).toHaveLength(1);
  });

  test('is for services, unless it or its class says otherwise', () => {
    const pods = deployment('istio.io/use-waypoint: waypoint');
    const ofClass = (traffic: string): string => `{ apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: { name: istio-waypoint, labels: { istio.io/waypoint-for: ${traffic} } }, spec: { controllerName: istio.io/mesh-controller } }`;
    expect(told('MW0158', ambient, pods, waypoint())).toEqual(['Gateway shop/waypoint is a waypoint for "service", which leaves out traffic to pods']);
    expect(told('MW0158', ambient, pods, waypoint('', 'istio.io/waypoint-for: all'))).toEqual([]);
    expect(told('MW0158', ambient, pods, waypoint(), ofClass('workload'))).toEqual([]);
    expect(told('MW0158', ambient, pods, waypoint('', 'istio.io/waypoint-for: service'), ofClass('workload'))).toHaveLength(1);
    expect(told('MW0158', withWaypoint, waypoint('', 'istio.io/waypoint-for: workload')), 'a namespace asks for both').toEqual([]);
    expect(told('MW0158', withWaypoint, waypoint('', 'istio.io/waypoint-for: none'))).toHaveLength(1);
  });

  test('is told of once, at the namespace that asks for all in it', () => {
    expect(told('MW0158', withWaypoint, service(), deployment(), waypoint().replace('name: waypoint', 'name: other'))).toEqual(['there is no Gateway shop/waypoint']);
    expect(told('MW0158', withWaypoint, service('istio.io/use-waypoint: none'), waypoint())).toEqual([]);
  });
});

describe('a workload between the modes', () => {
  test('has a sidecar in a namespace in ambient mode, unless it leaves that mode', () => {
    expect(told('MW0156', ambient, deployment('sidecar.istio.io/inject: "true"'))).toEqual(['the pods of Deployment reviews have a sidecar in namespace shop, which is in ambient mode']);
    expect(told('MW0156', ambient, deployment('sidecar.istio.io/inject: "true", istio.io/dataplane-mode: none'))).toEqual([]);
    expect(told('MW0156', ambient, deployment())).toEqual([]);
  });

  test('is no gateway, which has a proxy of its own', () => {
    expect(told('MW0156', ambient, deployment('sidecar.istio.io/inject: "true"', 'inject.istio.io/templates: gateway'))).toEqual([]);
  });

  test('is in a namespace with sidecars, and asks for ambient mode or a waypoint', () => {
    const injected = namespace('istio-injection: enabled');
    expect(told('MW0156', injected, deployment('istio.io/dataplane-mode: ambient'))).toHaveLength(1);
    expect(told('MW0157', injected, deployment('istio.io/use-waypoint: waypoint'))).toHaveLength(1);
    expect(told('MW0157', injected, deployment('istio.io/use-waypoint: none'))).toEqual([]);
    expect(told('MW0157', deployment('istio.io/use-waypoint: waypoint')), 'where the Namespace is not among the objects').toEqual([]);
  });
});

describe('a workload that no AuthorizationPolicy is for', () => {
  const injected = namespace('istio-injection: enabled');
  const other = policy('selector: { matchLabels: { app: other } }');

  test('is told of where others have one', () => {
    expect(told('MW0155', injected, service(), deployment(), other)).toEqual(['no AuthorizationPolicy is for Deployment reviews']);
    expect(told('MW0155', injected, service(), deployment())).toEqual([]);
  });

  test('may have one by its namespace, its labels, or the mesh', () => {
    expect(told('MW0155', injected, service(), deployment(), policy(''))).toEqual([]);
    expect(told('MW0155', injected, service(), deployment('zone: a'), policy('selector: { matchLabels: { zone: a, app: reviews } }'))).toEqual([]);
    expect(told('MW0155', injected, service(), deployment(), policy('', 'AuthorizationPolicy', 'istio-system'))).toEqual([]);
  });

  test('may have one at its waypoint, or at its Service there', () => {
    const attached = (kind: string, name: string): string => policy(`targetRefs: [{ group: "${kind === 'Gateway' ? 'gateway.networking.k8s.io' : ''}", kind: ${kind}, name: ${name} }]`);
    expect(told('MW0155', withWaypoint, service(), deployment(), attached('Gateway', 'waypoint'))).toEqual([]);
    expect(told('MW0155', withWaypoint, service(), deployment(), attached('Service', 'reviews'))).toEqual([]);
    expect(told('MW0155', withWaypoint, service(), deployment(), attached('Service', 'ratings'))).toHaveLength(1);
  });

  test('is none that nobody calls, and none outside the mesh', () => {
    expect(told('MW0155', injected, deployment(), other)).toEqual([]);
    expect(told('MW0155', namespace(''), service(), deployment(), other)).toEqual([]);
  });
});
