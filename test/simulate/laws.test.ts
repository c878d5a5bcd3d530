import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manifestOf, type Manifest } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { BadRequest, plainTrace, simulate } from '../../lib/simulate/index.ts';

/** An object as it is written. */
type Written = Readonly<Record<string, unknown>> & { readonly apiVersion: string; readonly kind: string; readonly metadata: Readonly<Record<string, unknown>>; readonly spec?: unknown };

const names = fc.constantFrom('a', 'b');
const namespaces = fc.constantFrom('x', 'y');
const metadata = fc.record({ name: names, namespace: namespaces });
const exportTo = fc.constantFrom([], ['.'], ['*'], ['y']);
const subsets = [{ name: 'v1', labels: { version: 'v1' } }, { name: 'v2', labels: { version: 'v2' } }];

/** What routes and refuses, of two applications in two namespaces. */
const object: fc.Arbitrary<Written> = fc.oneof(
  fc.record({ metadata, host: names, first: fc.integer({ min: 0, max: 100 }), exportTo, abort: fc.constantFrom(0, 30, 100), prefix: fc.constantFrom('/', '/a', '/b') }).map(({ metadata: own, host, first, exportTo: to, abort, prefix }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: own,
    spec: {
      hosts: [host], exportTo: to,
      http: [{
        match: [{ uri: { prefix } }], fault: { abort: { httpStatus: 503, percentage: { value: abort } } },
        route: [{ destination: { host, subset: 'v1' }, weight: first }, { destination: { host, subset: 'v2' }, weight: 100 - first }],
      }],
    },
  })),
  fc.record({ metadata, host: names, exportTo, mode: fc.constantFrom('DISABLE', 'ISTIO_MUTUAL') }).map(({ metadata: own, host, exportTo: to, mode }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: own, spec: { host, exportTo: to, subsets, trafficPolicy: { tls: { mode } } },
  })),
  fc.record({ metadata, app: names, action: fc.constantFrom('ALLOW', 'DENY'), paths: fc.constantFrom(['/'], ['/a*'], ['*']) }).map(({ metadata: own, app, action, paths }) => ({
    apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: own, spec: { selector: { matchLabels: { app } }, action, rules: [{ to: [{ operation: { paths } }] }] },
  })),
  fc.record({ metadata, mode: fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE') }).map(({ metadata: own, mode }) => ({ apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: own, spec: { mtls: { mode } } })),
);

const base: readonly Written[] = ['x', 'y'].flatMap(namespace => ['a', 'b'].flatMap(name => [
  { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80 }] } },
  ...['v1', 'v2'].map(version => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: `${name}-${version}`, namespace, labels: { app: name, version, 'sidecar.istio.io/inject': 'true' } }, spec: { containers: [{ name: 'app', image: 'a' }] },
  })),
]));

const objects = fc.uniqueArray(object, { selector: ({ kind, metadata: own }) => `${kind}/${String(own.namespace)}/${String(own.name)}`, maxLength: 8 });
const asked = fc.record({ host: fc.constantFrom('a', 'b', 'a.x', 'b.x', 'a.y'), path: fc.constantFrom('/', '/a', '/b/c') }).map(({ host, path }) => ({ from: { workload: 'x/a-v1' }, to: `http://${host}${path}` }));

function meshOf(written: readonly Written[]): Mesh {
  return Mesh.from([...base, ...written].map((one): Manifest => manifestOf(one)), { now: new Date(0) });
}

function traced(mesh: Mesh, request: Parameters<typeof simulate>[1]): unknown {
  try {
    return plainTrace(simulate(mesh, request));
  } catch (error) {
    if (error instanceof BadRequest) return error.message;
    throw error;
  }
}

describe('laws', () => {
  test('the shares of a trace sum to 1, and none is without a request', () => {
    fc.assert(fc.property(objects, asked, (written, request) => {
      const { outcomes } = simulate(meshOf(written), request);
      expect(outcomes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(outcomes.filter(({ share }) => share <= 0 || share > 1 + 1e-9)).toEqual([]);
    }), { numRuns: 300 });
  });

  test('an object that the client cannot see never changes its trace', () => {
    const elsewhere = fc.record({ one: object, kind: fc.constantFrom('VirtualService', 'DestinationRule') }).filter(({ one, kind }) => one.kind === kind)
      .map(({ one }): Written => ({ ...one, metadata: { name: 'hidden', namespace: 'z' }, spec: { ...one.spec as object, host: 'a.x.svc.cluster.local', hosts: ['a.x.svc.cluster.local'], exportTo: ['.'] } }));
    const policies = fc.constantFrom<Written>(
      { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: { name: 'hidden', namespace: 'z' }, spec: {} },
      { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name: 'hidden', namespace: 'z' }, spec: { mtls: { mode: 'STRICT' } } },
      { apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: { name: 'hidden', namespace: 'z' }, spec: { egress: [{ hosts: ['./*'] }] } },
      { apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'hidden', namespace: 'z' }, spec: { hosts: ['a.x.svc.cluster.local'], exportTo: ['.'], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }], resolution: 'STATIC', endpoints: [{ address: '192.0.2.1' }] } },
      { apiVersion: 'networking.istio.io/v1alpha3', kind: 'EnvoyFilter', metadata: { name: 'hidden', namespace: 'z' }, spec: { configPatches: [{ applyTo: 'HTTP_FILTER', patch: { operation: 'REMOVE' } }] } },
    );
    fc.assert(fc.property(objects, fc.oneof(elsewhere, policies), asked, (written, hidden, request) => {
      expect(traced(meshOf([...written, hidden]), request)).toEqual(traced(meshOf(written), request));
    }), { numRuns: 300 });
  });

  test('the order of the objects never changes a trace', () => {
    fc.assert(fc.property(objects.chain(written => fc.tuple(fc.constant(written), fc.shuffledSubarray([...written], { minLength: written.length }))), asked, ([written, shuffled], request) => {
      expect(traced(meshOf(shuffled), request)).toEqual(traced(meshOf(written), request));
    }), { numRuns: 300 });
  });
});
