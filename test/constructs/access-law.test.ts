import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AccessOperation, Allow, Caller, type CallerTest, Deny, JwtIssuer, MeshService, RequireJwt, type RuleProps, When } from '../../lib/index.ts';
import { Mesh, readManifests } from '../../lib/mesh/index.ts';
import { requestOf, simulate } from '../../lib/simulate/index.ts';
import { shopMesh } from './bookinfo-shop.ts';

const accounts = JwtIssuer.of('https://accounts.example.com', { forwardOriginalToken: true });

/** What a caller sends, and who it is. */
interface Sent {
  readonly namespace: 'shop' | 'web';
  readonly port: 80 | 6379;
  readonly method: string;
  readonly path: string;
  readonly tenant: string | undefined;
  readonly role: string | undefined;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  namespace: fc.constantFrom('shop', 'web'),
  port: fc.constantFrom(80, 80, 80, 6379),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/a', '/a/b', '/a/b/c', '/x.css', '/admin'),
  tenant: fc.constantFrom(undefined, 'blue', 'green', 'grey'),
  role: fc.constantFrom(undefined, 'clerk', 'guest'),
});

/** A part of a rule, and whether a request passes it; undefined where only HTTP could tell, and there is none. */
interface Part<T> {
  readonly said: T;
  readonly holds: (request: Sent) => boolean;
  readonly http?: true;
}

const callers: readonly Part<CallerTest | readonly CallerTest[]>[] = [
  { said: Caller.serviceAccount('shop', 'client'), holds: ({ namespace }) => namespace === 'shop' },
  { said: Caller.namespace('web'), holds: ({ namespace }) => namespace === 'web' },
  { said: Caller.principal('cluster.local/ns/shop/*'), holds: ({ namespace }) => namespace === 'shop' },
  { said: Caller.anyIdentity(), holds: () => true },
  { said: Caller.not(Caller.namespace('web')), holds: ({ namespace }) => namespace !== 'web' },
  { said: [Caller.namespace('web'), Caller.not(Caller.serviceAccount('web', 'client'))], holds: () => false },
  { said: Caller.token(accounts), holds: ({ role }) => role !== undefined, http: true },
  { said: Caller.not(Caller.token(accounts)), holds: ({ role }) => role === undefined, http: true },
  { said: [Caller.namespace('web'), Caller.claim('role').is('cl*')], holds: ({ namespace, role }) => namespace === 'web' && role === 'clerk', http: true },
];
const operations: readonly Part<NonNullable<RuleProps['to']>[number]>[] = [
  { said: { methods: ['GET'] }, holds: ({ method }) => method === 'GET', http: true },
  { said: { paths: ['/a/*', '*.css'] }, holds: ({ path }) => path.startsWith('/a/') || path.endsWith('.css'), http: true },
  { said: { paths: ['/a/{*}'] }, holds: ({ path }) => path === '/a/b', http: true },
  { said: { notPaths: ['/admin'], notMethods: ['POST'] }, holds: ({ path, method }) => path !== '/admin' && method !== 'POST', http: true },
  { said: { hosts: ['store.stock'], ports: [80] }, holds: ({ port }) => port === 80, http: true },
  { said: { ports: [6379] }, holds: ({ port }) => port === 6379 },
  { said: { notPorts: [80] }, holds: ({ port }) => port !== 80 },
];
const conditions: readonly Part<NonNullable<RuleProps['when']>[number]>[] = [
  { said: When.header('x-tenant').is('blue', 'gre*'), holds: ({ tenant }) => tenant !== undefined, http: true },
  { said: When.header('x-tenant').is('blue'), holds: ({ tenant }) => tenant === 'blue', http: true },
  { said: When.header('x-tenant').isNot('blue'), holds: ({ tenant }) => tenant !== 'blue', http: true },
];

interface Drawn {
  readonly action: 'allow' | 'deny';
  readonly at: 'service' | 'namespace' | 'mesh';
  readonly from: 'anyone' | readonly (typeof callers)[number][];
  readonly to: readonly (typeof operations)[number][];
  readonly when: readonly (typeof conditions)[number][];
}

const some = <T>(list: readonly T[], least: number): fc.Arbitrary<T[]> => fc.uniqueArray(fc.constantFrom(...list), { minLength: least, maxLength: 2 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  action: fc.constantFrom('allow', 'deny'),
  at: fc.constantFrom('service', 'service', 'namespace', 'mesh'),
  from: fc.oneof(fc.constant('anyone' as const), some(callers, 1)),
  to: some(operations, 0),
  when: some(conditions, 0),
});

/** A namespace and a mesh know the ports of containers. */
function ofContainers({ ports, notPorts, ...operation }: AccessOperation): AccessOperation {
  const seen = (given: readonly number[] | undefined): readonly number[] | undefined => given?.map(port => (port === 80 ? 8080 : port));
  return { ...operation, ...(ports ? { ports: seen(ports) } : {}), ...(notPorts ? { notPorts: seen(notPorts) } : {}) };
}

/** Each alternative by itself: one that asks of requests takes none where there are only connections. */
function takes({ from, to, when }: Drawn, request: Sent): boolean {
  const passes = ({ holds, http }: Part<unknown>): boolean => (http !== true || request.port === 80) && holds(request);
  return (from === 'anyone' || from.some(passes)) && (to.length === 0 || to.some(passes)) && when.every(passes);
}

test('requests end as the rules are written, whichever are declared, and for whom', () => {
  let judged = 0;
  fc.assert(fc.property(fc.array(drawn, { minLength: 1, maxLength: 4 }), fc.array(sent, { minLength: 1, maxLength: 6 }), (rules, requests) => {
    const { app, mesh, shop } = shopMesh({ mtls: 'STRICT' }, { sees: ['stock/*'] });
    const store = new MeshService(mesh.namespace('stock'), 'store', { port: [{ port: 80, targetPort: 8080 }, { port: 6379, protocol: 'redis' }], versions: { v1: { image: 'a' } } });
    for (const namespace of [shop, mesh.namespace('web', { sees: ['stock/*'] })]) new MeshService(namespace, 'client', { port: 80, versions: { v1: { image: 'a' } } });
    // Tokens are validated, and none is required.
    new RequireJwt(mesh, 'jwt', { issuers: [accounts], openMethods: ['GET', 'POST'] });
    let yaml;
    try {
      for (const [i, { action, at, from, to, when }] of rules.entries()) {
        new (action === 'allow' ? Allow : Deny)({ service: store, namespace: store.namespace, mesh }[at], `rule-${i}`, {
          from: from === 'anyone' ? from : from.map(({ said }) => said),
          ...(to.length === 0 ? {} : { to: to.map(({ said }) => (at === 'service' ? said : ofContainers(said))) }),
          ...(when.length === 0 ? {} : { when: when.map(({ said }) => said) }),
        });
      }
      yaml = app.synthYaml();
    } catch (error) {
      // What could not be kept is refused: rules at odds, or a port that carries no HTTP asked for what only HTTP has.
      expect(String(error)).toMatch(/would never hold|carries no HTTP/);
      return;
    }
    const model = Mesh.from(readManifests({ file: 'law', text: yaml }).manifests);
    for (const request of requests) {
      const { namespace, port, method, path, tenant, role } = request;
      const { outcomes, sure } = simulate(model, requestOf({
        request: port === 80 ? `${method} http://store.stock${path}` : 'store.stock:6379', from: `${namespace}/client-v1`,
        headers: tenant === undefined ? {} : { 'x-tenant': tenant },
        ...(role === undefined || port !== 80 ? {} : { claims: { iss: 'https://accounts.example.com', sub: 'ann', role } }),
      }));
      const denied = rules.some(rule => rule.action === 'deny' && takes(rule, request));
      const grants = rules.filter(({ action }) => action === 'allow');
      const allowed = !denied && (grants.length === 0 || grants.some(rule => takes(rule, request)));
      judged++;
      expect({ passes: outcomes.map(({ answer }) => answer === undefined), sure }).toEqual({ passes: [allowed], sure: true });
    }
  }), { numRuns: 60 });
  expect(judged).toBeGreaterThan(60);
});
