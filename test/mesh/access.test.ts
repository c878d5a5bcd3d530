import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { accessThroughZtunnel, accessTo, Mesh, type Access, type PolicyTarget } from '../../lib/mesh/index.ts';

const cart: PolicyTarget = { namespace: 'shop', labels: new Map([['app', 'cart']]) };

function policy(spec: string, { name = 'a', namespace = 'shop' } = {}): string {
  return `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n`;
}

function meshOf(documents: readonly string[], options = {}): Mesh {
  return Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests, options);
}

function access(spec: string, options: { readonly evaluator?: 'http' | 'tcp'; readonly meshConfig?: unknown } = {}): Access {
  return accessTo(meshOf([policy(spec)], options), cart, options.evaluator ?? 'http');
}

const clauses = (spec: string, options = {}): unknown => access(spec, options).allow.rules.map(({ all }) => all);

describe('a field of a policy is a test of one dimension', () => {
  test.each([
    ['a principal', 'from: [{ source: { principals: [cluster.local/ns/a/sa/b] } }]', 'source.identity', { test: 'exact', value: 'cluster.local/ns/a/sa/b' }],
    ['any principal', 'from: [{ source: { principals: ["*"] } }]', 'source.identity', { test: 'nonEmpty' }],
    ['the end of a principal', 'from: [{ source: { principals: ["*/sa/b"] } }]', 'source.identity', { test: 'suffix', value: '/sa/b' }],
    ['a namespace', 'from: [{ source: { namespaces: [web-*] } }]', 'source.identity', { test: 'regex', value: '.*/ns/web-.*/.*' }],
    ['an account of the policy\'s namespace', 'from: [{ source: { serviceAccounts: [web] } }]', 'source.identity', { test: 'suffix', value: '/ns/shop/sa/web' }],
    ['an account of another', 'from: [{ source: { serviceAccounts: [front/web] } }]', 'source.identity', { test: 'suffix', value: '/ns/front/sa/web' }],
    ['a trust domain', 'from: [{ source: { trustDomains: [td1] } }]', 'source.identity', { test: 'prefix', value: 'td1/' }],
    ['a block of addresses', 'from: [{ source: { ipBlocks: [10.1.0.0/16] } }]', 'source.ip', { test: 'range', intervals: [{ low: '00000000000000000000ffff0a010000', high: '00000000000000000000ffff0a01ffff' }] }],
    ['a token\'s principal', 'from: [{ source: { requestPrincipals: [https://a/b] } }]', 'request.principal', { test: 'exact', value: 'https://a/b' }],
    ['any principal of an issuer', 'from: [{ source: { requestPrincipals: [iss/*] } }]', 'request.principal', { test: 'regex', value: 'iss/[^/]+' }],
    ['a host, whatever its case', 'to: [{ operation: { hosts: ["*.A.com"] } }]', 'authority', { test: 'suffix', value: '.A.com', ignoreCase: true }],
    ['a path with a template', 'to: [{ operation: { paths: ["/a/{*}/b"] } }]', 'path', { test: 'template', value: '/a/{*}/b' }],
    ['a port', 'to: [{ operation: { ports: ["8080"] } }]', 'destination.port', { test: 'range', intervals: [{ low: '1f90', high: '1f90' }] }],
    ['the presence of a header', 'when: [{ key: "request.headers[X-A]", values: ["*"] }]', 'header:x-a', { test: 'present' }],
    ['a nested claim', 'when: [{ key: "request.auth.claims[a][b.c]", values: [x] }]', 'claim:[a][b.c]', { test: 'exact', value: 'x' }],
    ['what is not modelled', 'when: [{ key: "experimental.envoy.filters.a[b]", values: [x] }]', 'opaque:envoy.filters.a[b]', { test: 'exact', value: 'x' }],
  ])('%s', (_, rule, dim, pred) => {
    expect(clauses(`{ rules: [{ ${rule} }] }`)).toEqual([[{ dim, any: [{ dim, ...pred, whenMissing: false }] }]]);
  });

  test('a negation excludes what its values take, and what the request lacks passes it', () => {
    expect(clauses('{ rules: [{ from: [{ source: { notNamespaces: [a] } }] }] }')).toEqual([[{ dim: 'source.identity', not: true, any: [{ dim: 'source.identity', test: 'regex', value: '.*/ns/a/.*', whenMissing: false }] }]]);
  });
});

describe('a rule', () => {
  test('is every combination of its sources and operations, with all conditions', () => {
    const rules = access('{ rules: [{ from: [{ source: { namespaces: [a], ipBlocks: [10.0.0.1] } }, { source: { namespaces: [b] } }], to: [{ operation: { methods: [GET], paths: [/x] } }, { operation: { ports: ["1"] } }], when: [{ key: connection.sni, values: [s] }] }] }').allow.rules;
    expect(rules.map(({ all }) => all.map(({ dim }) => dim))).toEqual([
      ['source.identity', 'destination.port', 'sni'], ['source.identity', 'method', 'path', 'sni'],
      ['source.identity', 'source.ip', 'destination.port', 'sni'], ['source.identity', 'source.ip', 'method', 'path', 'sni'],
    ]);
    expect(new Set(rules.map(({ from }) => from.at))).toEqual(new Set(['spec.rules[0]']));
  });

  test('sources that ask for one and the same thing are one', () => {
    expect(clauses('{ rules: [{ from: [{ source: { namespaces: [a] } }, { source: { principals: [p] } }] }] }')).toMatchObject([[{ dim: 'source.identity', any: [{ value: '.*/ns/a/.*' }, { value: 'p' }] }]]);
  });

  test('without anything in it takes everything', () => {
    expect(clauses('{ rules: [{}] }')).toEqual([[]]);
  });

  test('with a key that Istio does not know is dropped, and says so', () => {
    const { deny, ignored } = access('{ action: DENY, rules: [{ when: [{ key: source.color, values: [red] }] }] }');
    expect(deny.rules).toEqual([]);
    expect(ignored).toMatchObject([{ from: { at: 'spec.rules[0].when[0].key' }, why: 'Istio knows no attribute "source.color", so it drops the whole rule' }]);
  });

  test('with more combinations than can be written out is not modelled', () => {
    const many = (item: (i: number) => string): string => Array.from({ length: 101 }, (_, i) => item(i)).join(', ');
    const rule = `{ from: [${many(i => `{ source: { namespaces: [n${i}], ipBlocks: [10.0.0.${i}] } }`)}], to: [${many(i => `{ operation: { methods: [GET], paths: [/${i}] } }`)}] }`;
    expect(clauses(`{ rules: [${rule}] }`)).toMatchObject([[{ dim: expect.stringContaining('opaque:') as string }]]);
  });
});

describe('trust domain aliases', () => {
  const meshConfig = { trustDomain: 'new', trustDomainAliases: ['old'] };

  test.each([
    ['the mesh\'s own', 'new/ns/a/sa/b', ['new/ns/a/sa/b', 'old/ns/a/sa/b']],
    ['an alias', 'old/ns/a/sa/b', ['new/ns/a/sa/b', 'old/ns/a/sa/b']],
    ['cluster.local, which points to the mesh\'s own', 'cluster.local/ns/a/sa/b', ['new/ns/a/sa/b', 'old/ns/a/sa/b']],
    ['another, which stays', 'far/ns/a/sa/b', ['far/ns/a/sa/b']],
  ])('%s', (_, principal, meant) => {
    expect(clauses(`{ rules: [{ from: [{ source: { principals: [${principal}] } }] }] }`, { meshConfig })).toMatchObject([[{ any: meant.map(value => ({ value })) }]]);
  });
});

describe('on a port that is not HTTP', () => {
  test('an ALLOW rule with a field of HTTP is dropped whole', () => {
    const { allow } = access('{ rules: [{ from: [{ source: { namespaces: [a] } }], to: [{ operation: { methods: [GET] } }, { operation: { ports: ["1"] } }] }] }', { evaluator: 'tcp' });
    expect(allow).toMatchObject({ rules: [], otherwise: 'deny' });
  });

  test('a DENY rule loses the field alone, and so denies more', () => {
    const { deny } = access('{ action: DENY, rules: [{ to: [{ operation: { methods: [GET], ports: ["1"] } }] }] }', { evaluator: 'tcp' });
    expect(deny.rules.map(({ all }) => all.map(({ dim }) => dim))).toEqual([['destination.port']]);
  });
});

describe('ztunnel', () => {
  const through = (spec: string): Access => accessThroughZtunnel(meshOf([policy(spec)]), cart);

  test('never allows by a rule that asks for HTTP', () => {
    expect(through('{ rules: [{ to: [{ operation: { methods: [GET] } }] }] }').allow).toMatchObject({ rules: [], otherwise: 'deny' });
  });

  test('does not deny by a rule that asks for HTTP alone', () => {
    expect(through('{ action: DENY, rules: [{ from: [{ source: { namespaces: [a] } }], to: [{ operation: { methods: [GET] } }] }] }').deny.rules).toEqual([]);
  });

  test('denies by what is left of a rule', () => {
    expect(through('{ action: DENY, rules: [{ to: [{ operation: { methods: [GET], ports: ["1"] } }] }] }').deny.rules.map(({ all }) => all.map(({ dim }) => dim))).toEqual([['destination.port']]);
  });

  test.each(['{ action: CUSTOM, provider: { name: p }, rules: [{}] }', '{ action: AUDIT, rules: [{}] }', '{ targetRefs: [{ kind: Service, name: cart }], rules: [{}] }'])('is not sent %s', spec => {
    expect(through(spec).policies).toEqual([]);
  });
});

describe('which policies apply', () => {
  const names = (documents: readonly string[], target: PolicyTarget): readonly string[] => accessTo(meshOf(documents), target, 'http').policies.map(({ namespace, name }) => `${namespace}/${name}`);
  const gateway: PolicyTarget = { namespace: 'edge', labels: new Map([['gateway.networking.k8s.io/gateway-name', 'gw']]), gateway: 'gw' };

  test('those of the root namespace everywhere, and those of its own, where the selector takes it', () => {
    expect(names([
      policy('{ selector: { matchLabels: { app: cart } } }'), policy('{ selector: { matchLabels: { app: other } } }', { name: 'b' }),
      policy('{}', { namespace: 'istio-system' }), policy('{}', { namespace: 'elsewhere' }),
    ], cart)).toEqual(['istio-system/a', 'shop/a']);
  });

  test('one with targetRefs says nothing to a sidecar', () => {
    expect(names([policy('{ targetRefs: [{ kind: Service, group: "", name: cart }] }')], cart)).toEqual([]);
  });

  test('a gateway is taken by targetRefs of its namespace, and by selector', () => {
    const target = '{ targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: gw }] }';
    expect(names([policy(target, { namespace: 'edge' }), policy(target, { namespace: 'shop' }), policy('{}', { namespace: 'edge', name: 'b' })], gateway)).toEqual(['edge/a', 'edge/b']);
  });

  test('a waypoint is taken by its services, its Gateway and its class, never by selector', () => {
    const service = 'apiVersion: v1\nkind: Service\nmetadata: { name: cart, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n';
    const mesh = meshOf([
      service, policy('{ targetRefs: [{ group: "", kind: Service, name: cart }] }'), policy('{ targetRefs: [{ group: "", kind: Service, name: other }] }', { name: 'b' }),
      policy('{}', { name: 'c' }), policy('{ targetRefs: [{ group: gateway.networking.k8s.io, kind: GatewayClass, name: istio-waypoint }] }', { namespace: 'istio-system' }),
    ]);
    const waypoint: PolicyTarget = { namespace: 'shop', labels: new Map(), gateway: 'wp', waypointFor: mesh.services };
    expect(accessTo(mesh, waypoint, 'http').policies.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['istio-system/a', 'shop/a']);
  });

  test('a policy of another namespace changes nothing', () => {
    fc.assert(fc.property(fc.constantFrom('ALLOW', 'DENY', 'CUSTOM', 'AUDIT'), fc.constantFrom('{}', '{ app: cart }'), (action, labels) => {
      const own = policy('{ rules: [{ to: [{ operation: { methods: [GET] } }] }] }');
      const other = policy(`{ action: ${action}, selector: { matchLabels: ${labels} }, rules: [{}] }`, { namespace: 'elsewhere' });
      const shown = (documents: readonly string[]): unknown => JSON.parse(JSON.stringify(accessTo(meshOf(documents), cart, 'http'), (key, value: unknown) => (key === 'manifest' ? undefined : value)));
      expect(shown([own, other])).toEqual(shown([own]));
    }));
  });
});

describe('what a policy is for', () => {
  test('without an ALLOW policy everything is allowed', () => {
    expect(access('{ action: DENY, rules: [{}] }').allow).toEqual({ rules: [], otherwise: 'allow' });
  });

  test('an ALLOW policy without rules allows nothing', () => {
    expect(access('{}').allow).toEqual({ rules: [], otherwise: 'deny' });
  });

  test('a CUSTOM policy asks its provider; one that the mesh does not know denies', () => {
    const spec = '{ action: CUSTOM, provider: { name: opa }, rules: [{}] }';
    expect(access(spec, { meshConfig: { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: {} }] } }).custom.rules.map(({ treatment }) => treatment)).toEqual([{ kind: 'ask', provider: 'opa' }]);
    expect(access(spec).custom.rules.map(({ treatment }) => treatment)).toMatchObject([{ kind: 'deny' }]);
  });

  test('a policy on trial stands aside', () => {
    const mesh = meshOf([policy('{ action: DENY, rules: [{}] }').replace('namespace: shop }', 'namespace: shop, annotations: { istio.io/dry-run: "true" } }')]);
    const { deny, dryRun } = accessTo(mesh, cart, 'http');
    expect([deny.rules.length, dryRun.deny.rules.length]).toEqual([0, 1]);
  });
});
