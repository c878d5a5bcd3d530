import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOf, type Cell } from '../../lib/audit/index.ts';
import { manifestOf } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { simulate, type Request } from '../../lib/simulate/index.ts';

const namespace = (name: string, mode: 'sidecar' | 'ambient' | 'none', waypoint = false): object => ({
  apiVersion: 'v1', kind: 'Namespace',
  metadata: { name, labels: mode === 'sidecar' ? { 'istio-injection': 'enabled' } : mode === 'ambient' ? { 'istio.io/dataplane-mode': 'ambient', ...(waypoint ? { 'istio.io/use-waypoint': 'waypoint' } : {}) } : {} },
});
const waypoint = (place: string): object => ({
  apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'waypoint', namespace: place },
  spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] },
});
const deployment = (place: string, name: string): object => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: place },
  spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { serviceAccountName: name, containers: [{ name, image: name }] } } },
});
const service = (place: string, name: string, protocol: string): object => ({
  apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: place }, spec: { selector: { app: name }, ports: [{ name: protocol, port: 9080 }] },
});
const policy = (kind: string, place: string, name: string, spec: object): object => ({ apiVersion: 'security.istio.io/v1', kind, metadata: { name, namespace: place }, spec });

const text = (...values: readonly string[]): fc.Arbitrary<readonly string[]> => fc.subarray([...values], { minLength: 1, maxLength: Math.min(2, values.length) });
const issuers = ['https://id.example.com', 'https://other.example.com'];
const source = fc.record({
  principals: text('cluster.local/ns/a/sa/web', 'cluster.local/ns/b/*', '*/sa/api', '*'), notPrincipals: text('cluster.local/ns/a/sa/web', '*'),
  namespaces: text('a', 'b'), notNamespaces: text('a', 'b'), serviceAccounts: text('a/web', 'b/api'),
  requestPrincipals: text('*', `${issuers[0] ?? ''}/*`, `${issuers[0] ?? ''}/alice`), notRequestPrincipals: text('*', `${issuers[1] ?? ''}/*`),
  ipBlocks: text('10.0.0.0/8', '192.0.2.7'), notIpBlocks: text('10.1.0.0/16'), remoteIpBlocks: text('172.16.0.0/12'),
}, { requiredKeys: [] });
const operation = fc.record({
  methods: text('GET', 'POST', 'DELETE'), notMethods: text('GET', 'POST'), paths: text('/a', '/a/*', '*/z', '/a/{*}/c', '/'), notPaths: text('/a', '/a/b*', '*/z'),
  hosts: text('api.b.svc.cluster.local:9080', '*.example.com'), notHosts: text('*.example.com'), ports: text('9080', '9090'), notPorts: text('9080'),
}, { requiredKeys: [] });
const condition = fc.oneof(
  fc.record({ key: fc.constantFrom('request.headers[x-team]', 'request.auth.claims[groups]', 'request.auth.claims[realm][role]', 'request.auth.audiences'), values: text('red', 'blue*', '*') }),
  fc.record({ key: fc.constantFrom('request.headers[x-team]', 'request.auth.claims[groups]'), notValues: text('red', '*') }),
);
const some = <Value>(item: fc.Arbitrary<Value>, maxLength = 2): fc.Arbitrary<Value[]> => fc.array(item, { minLength: 1, maxLength });
const nonEmpty = <Value extends object>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value> => value.filter(one => Object.keys(one).length > 0);
const rule = fc.record({
  from: some(nonEmpty(source).map(one => ({ source: one }))), to: some(nonEmpty(operation).map(one => ({ operation: one }))), when: some(condition, 1),
}, { requiredKeys: [] });
const place = fc.constantFrom('a', 'b', 'istio-system');
const attached = fc.constantFrom<object>({}, {}, { selector: { matchLabels: { app: 'api' } } }, { targetRefs: [{ group: '', kind: 'Service', name: 'api' }] });
const authorization = fc.tuple(place, fc.constantFrom('ALLOW', 'ALLOW', 'DENY', 'CUSTOM', 'AUDIT'), fc.array(rule, { maxLength: 2 }), attached)
  .map(([at, action, rules, where]): [string, string, object] => ['AuthorizationPolicy', at, { action, ...(action === 'CUSTOM' ? { provider: { name: 'opa' } } : {}), ...(rules.length > 0 ? { rules } : {}), ...where }]);
const peers = fc.tuple(place, fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE'), fc.constantFrom<object>({}, { selector: { matchLabels: { app: 'api' } } }))
  .map(([at, mode, where]): [string, string, object] => ['PeerAuthentication', at, { mtls: { mode }, ...where }]);
const tokens = fc.tuple(fc.constantFrom('a', 'b'), fc.subarray(issuers, { minLength: 1 }), fc.boolean(), attached)
  .map(([at, taken, audience, where]): [string, string, object] => ['RequestAuthentication', at, { jwtRules: taken.map(issuer => ({ issuer, jwksUri: 'https://id.example.com/keys', ...(audience ? { audiences: ['mesh'] } : {}) })), ...where }]);

const meshes = fc.record({
  a: fc.constantFrom<'sidecar' | 'ambient' | 'none'>('sidecar', 'ambient', 'none'), b: fc.constantFrom<'sidecar' | 'ambient' | 'none'>('sidecar', 'sidecar', 'ambient', 'none'), waypoint: fc.boolean(),
  protocol: fc.constantFrom('http', 'tcp', 'auto', 'grpc'), policies: fc.array(fc.oneof({ weight: 4, arbitrary: authorization }, { weight: 1, arbitrary: peers }, { weight: 1, arbitrary: tokens }), { maxLength: 4 }),
}).map(({ a, b, waypoint: hasWaypoint, protocol, policies }): Mesh => Mesh.from([
  namespace('a', a), namespace('b', b, hasWaypoint), ...(hasWaypoint ? [waypoint('b')] : []), deployment('a', 'web'), deployment('a', 'batch'), deployment('b', 'api'), service('b', 'api', protocol),
  ...policies.map(([kind, at, spec], i) => policy(kind, at, `p${i}`, spec)),
].map(object => manifestOf(object as Parameters<typeof manifestOf>[0])), { meshConfig: { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.b.svc.cluster.local', port: 9000 } }] }, now: new Date(0) }));

/** Whether a request to the service passes what the proxies on its way ask; a provider that is asked besides is taken to agree. */
function passes(mesh: Mesh, request: Request): 'passes' | 'refused' | 'either' {
  const { outcomes } = simulate(mesh, request);
  return outcomes.every(({ answer }) => !answer) ? 'passes' : outcomes.every(({ answer }) => answer) ? 'refused' : 'either';
}

const asked = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH'), path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/a/b/c', '/z', '/a/z', '/other'), team: fc.constantFrom(undefined, 'red', 'blue-1'),
  ip: fc.constantFrom('10.1.2.3', '192.0.2.7', '172.16.0.9', '8.8.8.8'),
});

describe('on any mesh', () => {
  test('every cell agrees with simulate, whole way and all', () => {
    const seen = { allowed: 0, refused: 0, missing: 0 };
    fc.assert(fc.property(meshes, mesh => {
      for (const cell of matrixOf(mesh).cells) {
        for (const witness of [cell.allowed, cell.refused]) expect(witness?.replay ?? 'agrees', `${JSON.stringify(witness?.request)} ${said(mesh, cell)}`).toMatch(/^agrees/);
        seen.allowed += cell.allowed ? 1 : 0;
        seen.refused += cell.refused ? 1 : 0;
        // What is said of all requests is shown by one.
        if (cell.verdict === 'all') expect(cell.allowed, said(mesh, cell)).toBeDefined();
        if (cell.verdict === 'none') expect(cell.refused, said(mesh, cell)).toBeDefined();
        if (cell.verdict === 'some' && (!cell.allowed || !cell.refused)) seen.missing++;
      }
    }), { numRuns: 400 });
    // The search is worth something: most of what may be one or the other is shown to be both.
    expect(seen.missing * 10).toBeLessThan(seen.allowed + seen.refused);
    expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(100);
  });

  test('no request gets through a cell that lets none, and none is stopped by one that lets all', () => {
    fc.assert(fc.property(meshes, fc.array(asked, { minLength: 1, maxLength: 6 }), (mesh, requests) => {
      for (const cell of matrixOf(mesh).cells) {
        if (cell.verdict === 'some') continue;
        const http = cell.port.protocol !== 'TCP';
        for (const client of cell.clients) {
          for (const { method, path, team, ip } of requests) {
            const request: Request = { from: client.from, to: http ? `http://api.b.svc.cluster.local:9080${path}` : 'api.b.svc.cluster.local:9080', ip, ...(http ? { method, headers: team === undefined ? {} : { 'x-team': team } } : {}) };
            expect(passes(mesh, request), JSON.stringify([cell.verdict, client.name, request])).toBe(cell.verdict === 'all' ? 'passes' : 'refused');
          }
        }
      }
    }), { numRuns: 300 });
  });

  test('every client is in one cell of each port and group of workloads', () => {
    fc.assert(fc.property(meshes, mesh => {
      const { cells, clients } = matrixOf(mesh);
      const names = (list: Cell['clients']): readonly string[] => list.map(({ name, proxy }) => `${name} ${proxy.kind}`).sort();
      expect(names(cells.flatMap(cell => cell.clients))).toEqual(names(clients));
    }), { numRuns: 100 });
  });
});

/** The policies of a mesh and a cell, for who has to find out why a test fails. */
function said(mesh: Mesh, { verdict, refusal, clients }: Cell): string {
  return JSON.stringify([verdict, refusal, clients.map(({ name }) => name), mesh.all.filter(({ group }) => group === 'security.istio.io').map(({ manifest }) => manifest.object)], undefined, 1);
}
