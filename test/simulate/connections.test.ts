import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manifestOf, readManifests, type Manifest } from '../../lib/manifest/index.ts';
import { connecting, connectionsTo, Mesh, registeredService, type Connection, type Security } from '../../lib/mesh/index.ts';
import { simulate, type Outcome, type Trace } from '../../lib/simulate/index.ts';

/** An object as it is written. */
type Written = Readonly<Record<string, unknown>> & { readonly apiVersion: string; readonly kind: string; readonly metadata: Readonly<Record<string, unknown>> };

const modes = ['STRICT', 'PERMISSIVE', 'DISABLE'] as const;
const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = { car: { 'sidecar.istio.io/inject': 'true' }, bare: {}, zone: { 'istio.io/dataplane-mode': 'ambient' } };
const names = Object.keys(kinds);
const metadata = fc.record({ name: fc.constantFrom('a', 'b', 'c'), namespace: fc.constantFrom('shop', 'istio-system') });

const base: readonly Written[] = [
  ...names.flatMap((app): Written[] => [
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: app, namespace: 'shop', labels: { app, every: 'pod', ...kinds[app] } }, spec: { containers: [{ name: 'app', image: 'a' }] } },
    service(app, { app }),
  ]),
  service('mixed', { every: 'pod' }),
  service('headless', { every: 'pod' }, { clusterIP: 'None' }),
];

function service(name: string, selector: object, more: object = {}): Written {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'tcp', port: 90, targetPort: 9090 }], ...more } };
}

const object: fc.Arbitrary<Written> = fc.oneof(
  fc.record({ metadata, host: fc.constantFrom(...names.map(name => `${name}.shop.svc.cluster.local`), '*.local', 'mixed.shop.svc.cluster.local'), mode: fc.constantFrom('DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'), port: fc.constantFrom(undefined, 80, 90) })
    .map(({ metadata: own, host, mode, port }) => {
      const tls = { mode, ...(mode === 'MUTUAL' ? { clientCertificate: '/a', privateKey: '/b' } : {}) };
      return { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: own, spec: { host, trafficPolicy: port === undefined ? { tls } : { portLevelSettings: [{ port: { number: port }, tls }] } } };
    }),
  fc.record({ metadata, mode: fc.constantFrom(...modes, 'UNSET'), app: fc.constantFrom(undefined, ...names), port: fc.constantFrom(undefined, 8080, 9090), portMode: fc.constantFrom(...modes) })
    .map(({ metadata: own, mode, app, port, portMode }) => ({
      apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: own,
      spec: { mtls: { mode }, ...(app === undefined ? {} : { selector: { matchLabels: { app } } }), ...(app === undefined || port === undefined ? {} : { portLevelMtls: { [port]: { mode: portMode } } }) },
    })),
);
const meshes = fc.record({
  objects: fc.uniqueArray(object, { selector: ({ kind, metadata: own }) => `${kind}/${String(own.namespace)}/${String(own.name)}`, maxLength: 6 }),
  autoMtls: fc.boolean(),
}).map(({ objects, autoMtls }) => Mesh.from([...base, ...objects].map((one): Manifest => manifestOf(one)), { now: new Date(0), meshConfig: { enableAutoMtls: autoMtls } }));

function connections(mesh: Mesh, client: string, to: string, port: number): readonly Connection[] {
  const workload = mesh.workloads.find(({ name }) => name === client);
  const found = registeredService(mesh, `${to}.shop.svc.cluster.local`, 'shop');
  const at = found?.ports.find(({ number }) => number === port);
  if (!workload || !found || !at) throw new Error(`no ${client}, or no ${to}:${port}`);
  return connectionsTo(mesh, connecting(mesh, workload), found, at);
}

function simulated({ steps }: Trace, { answer, destination, steps: own }: Outcome): Security {
  if (answer) return 'broken';
  if (destination?.kind === 'service') return ({ none: 'plain text', 'one-way': 'TLS', mutual: 'TLS', 'istio mutual': 'mutual TLS' } as const)[destination.tls];
  const admission = [...steps, ...own].find(step => step.kind === 'admission');
  return admission?.transport === 'mutual' ? 'mutual TLS' : 'plain text';
}

describe('how a connection is secured', () => {
  test('is what becomes of a request, for every pair of client and server, in every mode', () => {
    const seen = new Set<string>();
    fc.assert(fc.property(meshes, fc.constantFrom(...names), fc.constantFrom(...names, 'mixed', 'headless'), fc.constantFrom(80, 90), (mesh, client, to, port) => {
      const trace = simulate(mesh, { from: { workload: `shop/${client}` }, to: port === 80 ? `http://${to}.shop` : `${to}.shop:90` });
      const said = connections(mesh, client, to, port);
      const ours = new Set(said.map(each => each.security));
      const theirs = new Set(trace.outcomes.map(outcome => simulated(trace, outcome)));
      // Of pods that all answer one who calls without a sidecar, simulate shows one.
      if (client !== 'car') for (const one of ours) if (one !== 'broken' && [...theirs].some(other => other !== 'broken')) theirs.add(one);
      expect(ours).toEqual(theirs);
      for (const { security, server } of said) seen.add(`${client} ${server?.mode ?? 'no proxy'} ${security}`);
    }), { numRuns: 600 });
    // The law says something of each of these.
    for (const cell of ['car STRICT mutual TLS', 'car STRICT broken', 'car PERMISSIVE plain text', 'car DISABLE plain text', 'car no proxy broken', 'bare STRICT broken', 'bare PERMISSIVE plain text', 'zone STRICT broken', 'zone STRICT mutual TLS']) expect(seen).toContain(cell);
  });

  test('names the object that decides, on both sides', () => {
    const { manifests } = readManifests({ file: 'a.yaml', text: [
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: strict, namespace: shop }\nspec: { mtls: { mode: STRICT } }',
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: plain, namespace: shop }\nspec: { host: car, trafficPolicy: { tls: { mode: DISABLE } } }',
    ].join('\n---\n') });
    const mesh = Mesh.from([...base.map(one => manifestOf(one)), ...manifests]);
    const [found] = connections(mesh, 'car', 'car', 80);
    expect(found).toMatchObject({ security: 'broken', why: 'the client sends plaintext, and the port takes mutual TLS alone', client: { mode: 'none', from: { at: 'spec.trafficPolicy.tls.mode' } }, server: { mode: 'STRICT', from: { at: 'spec.mtls.mode' } } });
    expect([found?.client.from?.on.name, found?.server?.from?.on.name]).toEqual(['plain', 'strict']);
  });

  test('to a service behind a waypoint is that of the waypoint, and of what the waypoint sends', () => {
    const waypoint: Written = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'waypoint', namespace: 'shop' }, spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] } };
    const labelled = base.map(one => (one.kind === 'Service' && one.metadata.name === 'zone' ? { ...one, metadata: { ...one.metadata, labels: { 'istio.io/use-waypoint': 'waypoint' } } } : one));
    const mesh = Mesh.from([...labelled, waypoint].map(one => manifestOf(one)));
    const found = connections(mesh, 'car', 'zone', 80);
    expect(found.map(({ security, via }) => [security, via?.name])).toEqual([['mutual TLS', 'waypoint']]);
  });
});

test('a machine with a proxy asks clients without one for mutual TLS too', () => {
  const { manifests } = readManifests({ file: 'mesh.yaml', text: [
    '{ apiVersion: v1, kind: Service, metadata: { name: ledger, namespace: shop }, spec: { selector: { app: ledger }, ports: [{ name: http, port: 80 }] } }',
    '{ apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: { name: vm, namespace: shop }, spec: { address: 10.9.9.9, labels: { app: ledger, security.istio.io/tlsMode: istio } } }',
    '{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: default, namespace: shop }, spec: { mtls: { mode: STRICT } } }',
  ].join('\n---\n') });
  const mesh = Mesh.from(manifests);
  const from = { proxy: { kind: 'none', namespace: '', labels: {}, serviceAccount: '', ips: [] } } as const;
  expect(simulate(mesh, { from, to: 'http://ledger.shop.svc.cluster.local/' }).outcomes.map(({ answer }) => answer?.kind)).toEqual(['closed']);
});
