import { Chart, JsonPatch, Lazy, Testing } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration } from '../../imports/duration.ts';
import { WasmPlugin } from '../../imports/extensions.istio.io.ts';
import { HTTPRoute } from '../../imports/gateway.networking.k8s.io.ts';
import { DestinationRule, VirtualService, type VirtualServiceSpec } from '../../imports/networking.istio.io.ts';
import { IstioCNI } from '../../imports/sailoperator.io.ts';
import { AuthorizationPolicy } from '../../imports/security.istio.io.ts';
import { everyClass } from './every-class.ts';

const spec: VirtualServiceSpec = { hosts: ['reviews'], http: [{ route: [{ destination: { host: 'reviews' } }] }] };
const chart = (): Chart => new Chart(Testing.app(), 'test');

test('there is a class for every kind that sources.yaml lists, at its most mature version', () => {
  expect([...everyClass].map(([name, { GVK }]) => `${name.split('/')[1]} ${GVK.apiVersion}`).sort()).toMatchInlineSnapshot(`
    [
      "AppProject argoproj.io/v1alpha1",
      "Application argoproj.io/v1alpha1",
      "AuthorizationPolicy security.istio.io/v1",
      "BackendTLSPolicy gateway.networking.k8s.io/v1",
      "Certificate cert-manager.io/v1",
      "ClusterIssuer cert-manager.io/v1",
      "DestinationRule networking.istio.io/v1",
      "EnvoyFilter networking.istio.io/v1alpha3",
      "GRPCRoute gateway.networking.k8s.io/v1",
      "Gateway gateway.networking.k8s.io/v1",
      "Gateway networking.istio.io/v1",
      "GatewayClass gateway.networking.k8s.io/v1",
      "HTTPRoute gateway.networking.k8s.io/v1",
      "HelmRelease helm.toolkit.fluxcd.io/v2",
      "HelmRepository source.toolkit.fluxcd.io/v1",
      "Issuer cert-manager.io/v1",
      "Istio sailoperator.io/v1",
      "IstioCNI sailoperator.io/v1",
      "IstioRevisionTag sailoperator.io/v1",
      "ListenerSet gateway.networking.k8s.io/v1",
      "OCIRepository source.toolkit.fluxcd.io/v1",
      "PeerAuthentication security.istio.io/v1",
      "PodMonitor monitoring.coreos.com/v1",
      "PrometheusRule monitoring.coreos.com/v1",
      "ProxyConfig networking.istio.io/v1beta1",
      "ReferenceGrant gateway.networking.k8s.io/v1",
      "RequestAuthentication security.istio.io/v1",
      "ServiceEntry networking.istio.io/v1",
      "ServiceMonitor monitoring.coreos.com/v1",
      "Sidecar networking.istio.io/v1",
      "TCPRoute gateway.networking.k8s.io/v1",
      "TLSRoute gateway.networking.k8s.io/v1",
      "Telemetry telemetry.istio.io/v1",
      "TrafficExtension extensions.istio.io/v1alpha1",
      "UDPRoute gateway.networking.k8s.io/v1",
      "VirtualService networking.istio.io/v1",
      "WasmPlugin extensions.istio.io/v1alpha1",
      "WorkloadEntry networking.istio.io/v1",
      "WorkloadGroup networking.istio.io/v1",
      "ZTunnel sailoperator.io/v1",
    ]
  `);
});

describe('a class has the shape of cdk8s import', () => {
  test('GVK and manifest() give the plain object', () => {
    expect(VirtualService.GVK).toEqual({ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService' });
    expect(VirtualService.manifest({ metadata: { name: 'reviews', labels: undefined }, spec })).toEqual({
      apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'reviews' }, spec,
    });
  });

  test('a patch reaches the YAML, a field that the schema does not know included', () => {
    const c = chart();
    const service = new VirtualService(c, 'a', { metadata: { name: 'a' }, spec });
    service.addJsonPatch(JsonPatch.add('/spec/http/0/fromTheFuture', { a: 1 }), JsonPatch.replace('/spec/hosts/0', 'other'), JsonPatch.add('/metadata/annotations', { b: 'c' }));
    expect(Testing.synth(c)).toEqual([{
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'a', annotations: { b: 'c' } },
      spec: { hosts: ['other'], http: [{ route: [{ destination: { host: 'reviews' } }], fromTheFuture: { a: 1 } }] },
    }]);
  });

  test('a patch that cannot be applied fails the synth', () => {
    const c = chart();
    new VirtualService(c, 'a', { spec }).addJsonPatch(JsonPatch.replace('/spec/tls/0/match', []));
    expect(() => { Testing.synth(c); }).toThrow(/^test\/a: the patch "replace \/spec\/tls\/0\/match" does not fit what is there \([^\n]*\); look at the path$/);
  });

  test.each([
    ['undefined', undefined], ['undefined inside', { a: [{ b: undefined }] }], ['a function', () => 1], ['a Map', new Map([['a', 1]])], ['a lazy value', Lazy.any({ produce: () => 1 })],
    ['no number', NaN], ['a bigint', 1n], ['a date', new Date(0)],
  ])('a patch with %s, which YAML cannot hold, is refused at once', (_, value) => {
    const service = new VirtualService(chart(), 'a', { spec });
    expect(() => { service.addJsonPatch(JsonPatch.add('/spec/x', value)); }).toThrow('test/a: the patch of /spec/x gives what YAML cannot hold');
    expect(() => { service.addJsonPatch(JsonPatch.replace('/spec/hosts', value)); }).toThrow('the patch of /spec/hosts');
  });

  test('whatever plain data a patch adds is in the output', () => {
    fc.assert(fc.property(fc.jsonValue(), value => {
      const c = chart();
      new VirtualService(c, 'a', { spec }).addJsonPatch(JsonPatch.add('/spec/x', value));
      expect(Testing.synth(c)).toMatchObject([{ spec: { x: JSON.parse(JSON.stringify(value)) as unknown } }]);
    }));
  });

  test('dependencies order the output', () => {
    const c = chart();
    const first = new VirtualService(c, 'a', { metadata: { name: 'a' }, spec });
    first.addDependency(new DestinationRule(c, 'b', { metadata: { name: 'b' }, spec: { host: 'reviews' } }));
    expect((Testing.synth(c) as { kind: string }[]).map(({ kind }) => kind)).toEqual(['DestinationRule', 'VirtualService']);
  });

  test('an empty spec and an empty match stay', () => {
    const c = chart();
    new AuthorizationPolicy(c, 'deny', { metadata: { name: 'deny' }, spec: {} });
    new VirtualService(c, 'a', { metadata: { name: 'a' }, spec: { hosts: ['a'], http: [{ match: [{ headers: { x: {} } }], route: [{ destination: { host: 'a' } }] }] } });
    expect(Testing.synth(c)).toMatchObject([{ spec: {} }, { spec: { http: [{ match: [{ headers: { x: {} } }] }] } }]);
  });
});

describe('what types cannot hold is refused at construction, with path and value', () => {
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ['a range', () => new HTTPRoute(chart(), 'a', { spec: { rules: [{ backendRefs: [{ name: 'a', port: 70000 }] }] } }), 'test/a: HTTPRoute does not fit gateway.networking.k8s.io/v1\n  spec.rules[0].backendRefs[0].port: must be between 1 and 65535, got 70000'],
    ['a CEL rule', () => new VirtualService(chart(), 'a', { spec: { hosts: ['a'], http: [{ timeout: '0.5ms', route: [{ destination: { host: 'a' } }] }] } }), 'spec.http[0].timeout: must be a valid duration greater than 1ms, got "0.5ms"'],
    ['a negative duration', () => new VirtualService(chart(), 'a', { spec: { hosts: ['a'], http: [{ timeout: '-5s', route: [{ destination: { host: 'a' } }] }] } }), 'spec.http[0].timeout: must be a valid duration greater than 1ms, got "-5s"'],
    ['a rule over several fields', (): unknown => HTTPRoute.manifest({ metadata: { name: 'r' }, spec: { rules: [{ timeouts: { request: '1s', backendRequest: '2s' } }] } }), 'HTTPRoute r: HTTPRoute does not fit gateway.networking.k8s.io/v1\n  spec.rules[0].timeouts: backendRequest timeout cannot be longer than request timeout'],
    ['a rule on the name', () => new IstioCNI(chart(), 'cni', { metadata: { name: 'other' }, spec: { namespace: 'istio-cni', version: 'v1.30.3' } }), `metadata.name must be 'default'`],
    ['an unknown field, from JavaScript', () => new VirtualService(chart(), 'a', { spec: { hots: ['a'] } } as never), 'spec.hots: unknown field "hots"; did you mean "hosts"?'],
    ['two ways to match, from JavaScript', () => new VirtualService(chart(), 'a', { spec: { http: [{ match: [{ uri: { exact: '/', prefix: '/' } }] }] } } as never), 'spec.http[0].match[0].uri: only one of exact, prefix, regex can be set, got exact and prefix'],
    ['a name of a key that cdk8s does not render', () => new WasmPlugin(chart(), 'a', { spec: { url: 'oci://a/b', pluginConfig: { list: [{ constructor: 'a' }] } } }), 'spec.pluginConfig.list[0].constructor: cdk8s cannot render a key of this name; give it another'],
    ['a key that would be lost', () => new WasmPlugin(chart(), 'a', { spec: { url: 'oci://a/b', pluginConfig: JSON.parse('{ "__proto__": 1 }') as object } }), 'spec.pluginConfig.__proto__: cdk8s cannot render'],
    ['a wrong type, from JavaScript', () => new VirtualService(chart(), 'a', { spec: { hosts: 'a' } } as never), 'spec.hosts: must be a list, got "a"'],
  ];
  test.each(cases)('%s', (_, run, message) => {
    expect(run).toThrow(message);
  });
});

describe('lazy values', () => {
  test('are left alone until they are resolved', () => {
    const c = chart();
    let asked = false;
    new VirtualService(c, 'a', { metadata: { name: 'a' }, spec: Lazy.any({ produce: () => { asked = true; return spec; } }) as VirtualServiceSpec });
    expect(asked).toBe(false);
    expect(Testing.synth(c)).toMatchObject([{ spec }]);
  });

  test('are checked when they are', () => {
    const c = chart();
    new VirtualService(c, 'a', { spec: { hosts: ['a'], http: Lazy.any({ produce: () => [{ rout: [] }] }) as never } });
    expect(() => { Testing.synth(c); }).toThrow('spec.http[0].rout: unknown field "rout"; did you mean "route"?');
  });

  test('do not keep a patch from escaping', () => {
    const c = chart();
    new VirtualService(c, 'a', { spec: Lazy.any({ produce: () => spec }) as VirtualServiceSpec })
      .addJsonPatch(JsonPatch.add('/spec/http/0/fromTheFuture', true));
    expect(Testing.synth(c)).toMatchObject([{ spec: { http: [{ fromTheFuture: true }] } }]);
  });

  test('nor does what a patch adds to a list, or takes away', () => {
    const c = chart();
    new VirtualService(c, 'a', { spec: Lazy.any({ produce: () => spec }) as VirtualServiceSpec })
      .addJsonPatch(JsonPatch.add('/spec/http/-', { fromTheFuture: true }), JsonPatch.remove('/spec/hosts'));
    expect(Testing.synth(c)).toMatchObject([{ spec: { http: [{}, { fromTheFuture: true }] } }]);
  });
});

describe('duration', () => {
  test('takes what Istio takes', () => {
    for (const text of ['5s', '1h30m', '100ms', '1.5s', '1h2m3s4ms']) expect(duration(text)).toBe(text);
  });
  test.each(['', '5', '5 seconds', '1d', '-5s', '0s', '0.5ms', '1us', '1.0001s', 's'])('refuses %j', text => {
    expect(() => duration(text)).toThrow(JSON.stringify(text));
  });
  test('takes every whole number of milliseconds', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 10 ** 12 }), millis => duration(`${millis}ms`) === `${millis}ms`));
  });
});

test('no input makes a class fail in any other way than by saying so', () => {
  const types = [...everyClass.values()];
  fc.assert(fc.property(fc.constantFrom(...types), fc.object({ maxDepth: 4, withNullPrototype: true }), (type, props) => {
    const before = JSON.stringify(props);
    try {
      type.manifest({ spec: props });
    } catch (error) {
      expect((error as Error).message).toMatch(/does not fit/);
    }
    expect(JSON.stringify(props)).toBe(before);
  }), { numRuns: 300 });
});
