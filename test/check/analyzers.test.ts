import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const object = (apiVersion: string, kind: string, rest: string): string => `{ apiVersion: ${apiVersion}, kind: ${kind}, ${rest} }`;
const rule = (spec: string): string => object('networking.istio.io/v1', 'DestinationRule', `metadata: { name: db, namespace: shop }, spec: { host: db.example.com, ${spec} }`);
const pods = object('v1', 'Pod', 'metadata: { name: edge, namespace: ingress, labels: { istio: edge } }, spec: { containers: [{ name: istio-proxy, image: auto }] }');
const status = (apiVersion: string, kind: string, said: string): string => object(apiVersion, kind, `metadata: { name: a, namespace: shop }, status: ${said}`);

test.each([
  ['trafficPolicy: { tls: { mode: SIMPLE, credentialName: db } }', 1],
  ['trafficPolicy: { tls: { mode: SIMPLE, credentialName: db } }, workloadSelector: { matchLabels: { app: cart } }', 0],
  ['trafficPolicy: { tls: { mode: MUTUAL, credentialName: "" } }, workloadSelector: { matchLabels: { app: cart } }', 1],
  ['trafficPolicy: { portLevelSettings: [{ port: { number: 5432 }, tls: { mode: SIMPLE, credentialName: db } }] }, workloadSelector: { matchLabels: { app: cart } }', 0],
])('a sidecar takes the certificate of the issuer from a Secret where the rule selects workloads (IST0128): %s', (spec, count) => {
  expect(told('server-certificate-not-verified', rule(spec))).toHaveLength(count);
});

test.each([
  [8443, '{ port: 443, targetPort: 8443 }', 0], [443, '{ port: 443, targetPort: 8443 }', 0], [443, '{ port: 443, targetPort: https }', 0],
  [80, '{ port: 443, targetPort: 8443 }', 1], [443, '{ port: 443, targetPort: 8443, protocol: UDP }', 1],
])('a server of a Gateway opens port %d for port %s of a Service (IST0162)', (number, port, count) => {
  const gateway = object('networking.istio.io/v1', 'Gateway', `metadata: { name: edge, namespace: ingress }, spec: { selector: { istio: edge }, servers: [{ port: { number: ${number}, name: a, protocol: HTTP }, hosts: ["*"] }] }`);
  expect(told('IST0162', pods, gateway, object('v1', 'Service', `metadata: { name: edge, namespace: ingress }, spec: { selector: { istio: edge }, ports: [${port}] }`))).toHaveLength(count);
});

test.each([['disabled: true', 0], ['disabled: false', 1], ['filter: { expression: "response.code >= 400" }', 1]])('access logs that are %s need a provider (IST0157)', (logs, count) => {
  expect(told('IST0157', object('telemetry.istio.io/v1', 'Telemetry', `metadata: { name: a, namespace: shop }, spec: { accessLogging: [{ ${logs} }] }`))).toHaveLength(count);
});

test('each webhook of an external control plane is asked for its address (IST0163)', () => {
  const webhook = (name: string, client: string): string => `{ name: ${name}.istio.io, clientConfig: ${client} }`;
  expect(told('external-control-plane', object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', `metadata: { name: istio-sidecar-injector }, webhooks: [${[
    webhook('url', '{ url: "https://istiod.example.com/inject" }'), webhook('blank', '{ url: null }'), webhook('address', '{ url: "https://192.0.2.1/inject" }'), webhook('service', '{ service: { name: istiod, namespace: istio-system } }'),
  ].join(', ')}]`))).toEqual(['webhook blank.istio.io has no URL', 'webhook address.istio.io calls 192.0.2.1, an address; a hostname outlives it']);
});

test.each([
  ['v1', 'Service', '{ conditions: [{ type: istio.io/WaypointBound, status: "False" }] }', 1],
  ['v1', 'Service', '{ conditions: [{ type: istio.io/WaypointBound, status: "True" }, { type: argocd.argoproj.io/Synced, status: "False" }] }', 0],
  ['security.istio.io/v1', 'AuthorizationPolicy', '{ conditions: [{ type: WaypointAccepted, status: "True", reason: PartiallyInvalid }] }', 1],
  ['security.istio.io/v1', 'AuthorizationPolicy', '{ conditions: [{ type: ZtunnelAccepted, status: "False" }] }', 1],
  ['gateway.networking.k8s.io/v1', 'Gateway', '{ conditions: [{ type: Programmed, status: "False" }] }', 1],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', '{ parents: [{ conditions: [{ type: Accepted, status: "True" }] }, { conditions: [{ type: ResolvedRefs, status: "False" }] }] }', 1],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute', '{ parents: [{ conditions: [{ type: Accepted, status: "False" }] }] }', 1],
])('what the status of a %s %s says (IST0171): %s', (apiVersion, kind, said, count) => {
  expect(told('IST0171', status(apiVersion, kind, said))).toHaveLength(count);
});

describe('objects that select the same pods (IST0110, IST0159)', () => {
  const pod = object('v1', 'Pod', 'metadata: { name: a, namespace: shop, labels: { app: a, version: v1 } }');
  const sidecar = (name: string, labels: string, namespace = 'shop'): string => object('networking.istio.io/v1', 'Sidecar', `metadata: { name: ${name}, namespace: ${namespace} }, spec: { workloadSelector: { labels: ${labels} } }`);
  const telemetry = (name: string, labels: string): string => object('telemetry.istio.io/v1', 'Telemetry', `metadata: { name: ${name}, namespace: shop }, spec: { selector: { matchLabels: ${labels} } }`);

  test('are told of each other, whichever labels they select by', () => {
    expect(told('IST0110', pod, sidecar('two', '{ version: v1 }'), sidecar('one', '{ app: a }'), sidecar('all', '{ app: a, version: v1 }'))).toEqual(Array(3).fill('all, one, two all take Pod a'));
    expect(told('IST0159', pod, telemetry('two', '{ version: v1 }'), telemetry('one', '{ app: a }'))).toEqual(Array(2).fill('one, two all take Pod a'));
  });

  test('are not those of another namespace, of other pods, or of all pods', () => {
    expect(told('IST0110', pod, sidecar('one', '{ app: a }'), sidecar('two', '{ app: a }', 'bank'), sidecar('three', '{ app: a, version: v2 }'), sidecar('four', '{}'))).toEqual([]);
  });
});
