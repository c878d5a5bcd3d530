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

const networking = (kind: string, at: string, name: string, spec: object): object => ({ apiVersion: `networking.istio.io/v1`, kind, metadata: { name, namespace: at }, spec });
const api = 'api.b.svc.cluster.local';

/** What changes how clients come to the service: their TLS and routes, gateways, other workloads behind it, machines, and ports that differ. */
const surroundings: readonly (readonly [string, readonly object[]])[] = [
  ...['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'].flatMap(mode => ['a', 'b'].map(at => [`TLS of ${at}`, [networking('DestinationRule', at, `tls-${at}`, { host: api, trafficPolicy: { tls: { mode, ...(mode === 'MUTUAL' ? { clientCertificate: '/c', privateKey: '/k' } : {}) } } })]] as const)),
  ...['STRICT', 'PERMISSIVE', 'DISABLE'].map(mode => ['modes of ports', [policy('PeerAuthentication', 'b', 'ports', { selector: { matchLabels: { app: 'api' } }, mtls: { mode: 'STRICT' }, portLevelMtls: { 9080: { mode } } })]] as const),
  ['routes', [networking('VirtualService', 'b', 'api', { hosts: [api], http: [
    { match: [{ uri: { prefix: '/a' } }], fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }, route: [{ destination: { host: api } }] },
    { match: [{ uri: { exact: '/z' } }], rewrite: { uri: '/' }, route: [{ destination: { host: api } }] }, { route: [{ destination: { host: api } }] },
  ] })]],
  ['a gateway', [{
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'edge', namespace: 'edge' },
    spec: { template: { metadata: { labels: { istio: 'edge' }, annotations: { 'inject.istio.io/templates': 'gateway' } }, spec: { serviceAccountName: 'edge', containers: [{ name: 'istio-proxy', image: 'auto' }] } } },
  }, networking('Gateway', 'edge', 'edge', { selector: { istio: 'edge' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] }), networking('VirtualService', 'edge', 'edge', { hosts: ['*'], gateways: ['edge'], http: [{ route: [{ destination: { host: api } }] }] })]],
  ['a gateway of the Gateway API', [{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'door', namespace: 'b' }, spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }] } }]],
  ['a workload without a proxy', [{
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'legacy', namespace: 'b' },
    spec: { template: { metadata: { labels: { app: 'api', 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' } }, spec: { serviceAccountName: 'legacy', containers: [{ name: 'api', image: 'api' }] } } },
  }]],
  ...[{}, { 'security.istio.io/tlsMode': 'istio' }].map(more => ['a machine', [networking('WorkloadEntry', 'b', 'vm', { address: '10.9.9.9', labels: { app: 'api', ...more }, serviceAccount: 'vm' })]] as const),
  ['a host outside', [networking('ServiceEntry', 'b', 'out', { hosts: ['pay.example.com'], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }] })]],
  ['the host once more', [networking('ServiceEntry', 'b', 'again', { hosts: [api], location: 'MESH_INTERNAL', resolution: 'STATIC', ports: [{ number: 9080, name: 'http', protocol: 'HTTP' }], endpoints: [{ address: '10.9.9.8' }] })]],
  ['what clients see', [networking('Sidecar', 'a', 'default', { egress: [{ hosts: ['./*'] }] })]],
  ['a waypoint for pods', [{
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: { name: 'waypoint', namespace: 'b', labels: { 'istio.io/waypoint-for': 'workload' } },
    spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] },
  }]],
];
const wideMeshes = fc.record({
  mesh: meshes, around: fc.uniqueArray(fc.constantFrom(...surroundings), { minLength: 1, maxLength: 3, selector: ([name]) => name }),
  meshConfig: fc.constantFrom<object>({}, {}, { enableAutoMtls: false }, { trustDomain: 'example.org', trustDomainAliases: ['cluster.local'] }, { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } }),
}).map(({ mesh, around, meshConfig }): Mesh => {
  const objects = new Map([...mesh.all.map(({ manifest }) => manifest.object), ...around.flatMap(([, more]) => more)].map(object => {
    const { kind = '', metadata } = object as { kind?: string; metadata?: { name?: string; namespace?: string } };
    return [`${kind} ${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`, object];
  }));
  return Mesh.from([...objects.values()].map(object => manifestOf(object as Parameters<typeof manifestOf>[0])), {
    meshConfig: { ...meshConfig, extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.b.svc.cluster.local', port: 9000 } }] }, now: new Date(0),
  });
});

/** Whether a request to the service passes what the proxies on its way ask; a provider that is asked besides is taken to agree. */
function passes(mesh: Mesh, request: Request): 'passes' | 'refused' | 'either' {
  const { outcomes } = simulate(mesh, request);
  return outcomes.every(({ answer }) => !answer) ? 'passes' : outcomes.every(({ answer }) => answer) ? 'refused' : 'either';
}

const asked = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH'), path: fc.constantFrom('/', '/a', '/a/', '/a/b', '/a/b/c', '/z', '/a/z', '/other'), team: fc.constantFrom(undefined, 'red', 'blue-1'),
  ip: fc.constantFrom('10.1.2.3', '192.0.2.7', '172.16.0.9', '8.8.8.8'),
});

/** Whether what cells say of all requests holds for these. */
function expectAgreement(mesh: Mesh, cells: readonly Cell[], requests: readonly (typeof asked extends fc.Arbitrary<infer Asked> ? Asked : never)[], from: (client: Cell['clients'][number]) => Request['from']): void {
  for (const cell of cells.filter(({ verdict }) => verdict !== 'some')) {
    const http = cell.port.protocol !== 'TCP';
    for (const client of cell.clients) {
      for (const { method, path, team, ip } of requests) {
        const request: Request = { from: from(client), to: http ? `http://${api}:9080${path}` : `${api}:9080`, ip, ...(http ? { method, headers: team === undefined ? {} : { 'x-team': team } } : {}) };
        expect(passes(mesh, request), `${JSON.stringify([client.name, request])} ${said(mesh, cell)}`).toBe(cell.verdict === 'all' ? 'passes' : 'refused');
      }
    }
  }
}

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
      expectAgreement(mesh, matrixOf(mesh).cells, requests, client => client.from);
    }), { numRuns: 300 });
  });

  test('all of this holds where TLS, routes, gateways, machines and modes of ports come together', () => {
    fc.assert(fc.property(wideMeshes, fc.array(asked, { minLength: 1, maxLength: 3 }), (mesh, requests) => {
      const { cells } = matrixOf(mesh);
      for (const cell of cells) {
        for (const witness of [cell.allowed, cell.refused]) expect(witness?.replay ?? 'agrees', `${JSON.stringify(witness?.request)} ${said(mesh, cell)}`).not.toBe('disagrees');
        if (cell.verdict === 'none') expect(cell.refused, said(mesh, cell)).toBeDefined();
      }
      // Routes may end a request as well, and where workloads differ it is left open which one it comes to.
      if (mesh.virtualServices.some(({ namespace: at }) => at === 'b')) return;
      const alone = cells.map(cell => ({ ...cell, clients: cell.clients.filter(client => !cells.some(other => other !== cell && other.port === cell.port && other.clients.includes(client))) }));
      expectAgreement(mesh, alone, requests, client => client.onward);
    }), { numRuns: 120 });
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
function said(mesh: Mesh, { verdict, refusal, workloads, clients }: Cell): string {
  const words = mesh.all.map(({ kind, namespace: at, name, manifest: { object } }) => `${kind} ${at}/${name} ${JSON.stringify(kind === 'Namespace' ? (object.metadata as { labels?: object }).labels : object.spec)}`);
  return [verdict, refusal, `to ${workloads.join()}`, `from ${clients.map(({ name }) => name).join()}`, ...words].join('\n');
}
