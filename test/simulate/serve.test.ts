import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import type { Token } from '../../lib/simulate/request.ts';
import type { Arrival, HttpRequest, Served, Transport } from '../../lib/simulate/server/arrival.ts';
import { serverSentences } from '../../lib/simulate/server/explain.ts';
import { normalizedPath } from '../../lib/simulate/server/normalized-path.ts';
import { serve } from '../../lib/simulate/server/serve.ts';
import type { ServerStep } from '../../lib/simulate/server/steps.ts';

const web: Transport = { tls: 'mutual', istio: true, identity: 'cluster.local/ns/shop/sa/web', sni: undefined };

function object(kind: string, spec: string, name = 'a', metadata = ''): string {
  return `apiVersion: security.istio.io/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop${metadata} }\nspec: ${spec}\n`;
}

function meshOf(documents: readonly string[], meshConfig: unknown = {}): Mesh {
  return Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests, { meshConfig, now: new Date('2026-01-01T00:00:00Z') });
}

interface Sent extends Partial<Omit<Arrival, 'at' | 'http'>> {
  readonly at?: Partial<Arrival['at']>;
  readonly http?: Partial<Omit<HttpRequest, 'headers'>> & { readonly headers?: Readonly<Record<string, string>> };
}

function sent({ at, http, ...rest }: Sent = {}): Arrival {
  return {
    port: 8080, carries: 'http', readsHttp: true, transport: web, peerIp: '10.0.0.1', remoteIp: undefined, destinationIp: '10.0.0.2', tokens: [], service: undefined,
    ...rest,
    at: { kind: 'sidecar', namespace: 'shop', labels: new Map([['app', 'cart']]), serviceAccount: 'cart', ips: ['10.0.0.2'], workload: undefined, ...at },
    http: { version: '1.1', method: 'GET', path: '/', authority: 'cart.shop', scheme: 'http', grpc: false, ...http, headers: new Map(Object.entries(http?.headers ?? {})) },
  };
}

function ends(documents: readonly string[], arrival: Sent = {}, meshConfig: unknown = {}): string {
  const { answer, sure } = serve(meshOf(documents, meshConfig), sent(arrival));
  const end = answer ? (answer.kind === 'http' ? String(answer.status) : `${answer.kind}${answer.flag === '' ? '' : ` ${answer.flag}`}`) : 'goes on';
  return sure ? end : `${end}, unsure`;
}

describe('who may connect', () => {
  const strict = object('PeerAuthentication', '{ mtls: { mode: STRICT } }');
  const disable = object('PeerAuthentication', '{ mtls: { mode: DISABLE } }');
  const tls: Transport = { tls: 'one-way', sni: 'a', alpn: undefined };

  test.each<[string, readonly string[], Sent, string]>([
    ['mutual TLS at STRICT', [strict], {}, 'goes on'],
    ['plaintext at STRICT', [strict], { transport: { tls: 'none' } }, 'closed NR'],
    ['TLS without a certificate at STRICT', [strict], { transport: tls }, 'closed'],
    ['plaintext at PERMISSIVE', [], { transport: { tls: 'none' } }, 'goes on'],
    ['the application\'s own TLS at a port declared as HTTP', [], { transport: tls }, 'closed NR'],
    ['the application\'s own TLS at another port', [], { transport: tls, readsHttp: false, carries: 'tcp' }, 'goes on'],
    ['mutual TLS at DISABLE', [disable], {}, 'closed DPE'],
    ['mutual TLS as bytes at DISABLE', [disable], { readsHttp: false }, 'goes on'],
    ['plaintext at STRICT in ambient mode', [strict], { at: { kind: 'ambient' }, transport: { tls: 'none' } }, 'closed'],
    ['plaintext at a gateway, to which PeerAuthentication says nothing', [strict], { at: { kind: 'gateway' }, transport: { tls: 'none' } }, 'goes on'],
    ['plaintext at a workload without a proxy', [strict], { at: { kind: 'none' }, transport: { tls: 'none' } }, 'goes on'],
  ])('%s', (_, documents, arrival, expected) => {
    expect(ends(documents, arrival)).toBe(expected);
  });

  test('TLS that is passed on as bytes shows no identity', () => {
    const allow = object('AuthorizationPolicy', '{ rules: [{ from: [{ source: { principals: ["*"] } }] }] }');
    expect(ends([disable, allow], { readsHttp: false })).toBe('closed');
  });
});

describe('how a path is read', () => {
  test.each([
    ['BASE', '/a/../b', '/b'], ['BASE', '/a/%2E%2e/b', '/b'], ['BASE', '/a\\b', '/a/b'], ['BASE', '/a//b', '/a//b'], ['BASE', '/a/%2f', '/a/%2f'], ['BASE', '/..', '/'],
    ['BASE', '/a/.', '/a/'], ['BASE', '/a?x=/../b', '/a?x=/../b'], ['MERGE_SLASHES', '/a//b', '/a/b'], ['DECODE_AND_MERGE_SLASHES', '/a%2F%5Cb', '/a/b'], ['NONE', '/a/../b', '/a/../b'],
  ])('%s reads %s as %s', (normalization, path, expected) => {
    expect(normalizedPath(path, normalization)).toBe(expected);
  });

  test('reading a path again changes nothing', () => {
    const path = fc.array(fc.constantFrom('/', '.', '..', 'a', '%2e', '%2F', '\\', '%41', '?'), { maxLength: 12 }).map(parts => `/${parts.join('')}`);
    fc.assert(fc.property(path, fc.constantFrom('BASE', 'MERGE_SLASHES', 'DECODE_AND_MERGE_SLASHES'), (text, normalization) => {
      const once = normalizedPath(text, normalization);
      expect(once === undefined ? once : normalizedPath(once, normalization)).toBe(once);
    }), { numRuns: 500 });
  });

  test('a zero byte in it is refused, wherever paths are normalized', () => {
    expect(normalizedPath('/a%00', 'BASE')).toBe(undefined);
    expect(normalizedPath('/a%00', 'NONE')).toBe('/a%00');
    expect(ends([], { http: { path: '/a%00' } })).toBe('400');
  });

  test('policies ask for the path as it is read, and so does the application', () => {
    const deny = object('AuthorizationPolicy', '{ action: DENY, rules: [{ to: [{ operation: { paths: [/private] } }] }] }');
    expect(ends([deny], { http: { path: '/public/../private?x=1' } })).toBe('403');
    expect(serve(meshOf([]), sent({ http: { path: '/a/../b?x=1' } })).http?.path).toBe('/b?x=1');
  });
});

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: object, header: object = { alg: 'RS256', kid: 'k' }): string => `${base64(header)}.${base64(claims)}.c2ln`;
const bearer = (token: string): Sent => ({ http: { headers: { authorization: `Bearer ${token}` } } });

describe('tokens', () => {
  const require = (rule: string): string => object('RequestAuthentication', `{ jwtRules: [${rule}] }`);
  const rule = require('{ issuer: iss }');
  const later = Date.parse('2026-01-01T00:10:00Z') / 1000;
  const earlier = Date.parse('2025-12-31T23:50:00Z') / 1000;

  test.each<[string, string, Sent, string]>([
    ['no token', rule, {}, 'goes on'],
    ['a good token', rule, bearer(jwt({ iss: 'iss', exp: later })), 'goes on'],
    ['an expired token', rule, bearer(jwt({ iss: 'iss', exp: earlier })), '401'],
    ['a token that is not valid yet', rule, bearer(jwt({ iss: 'iss', nbf: later })), '401'],
    ['a token of another issuer', rule, bearer(jwt({ iss: 'other' })), '401'],
    ['what is no token', rule, bearer('nonsense'), '401'],
    ['an unsigned token', rule, bearer(jwt({ iss: 'iss' }, { alg: 'none' })), '401'],
    ['a token for another audience', require('{ issuer: iss, audiences: [shop] }'), bearer(jwt({ iss: 'iss', aud: ['bank'] })), '403'],
    ['a token for one of its audiences', require('{ issuer: iss, audiences: [shop] }'), bearer(jwt({ iss: 'iss', aud: ['bank', 'shop'] })), 'goes on'],
    ['a token that names a key which the JWKS lacks', require('{ issuer: iss, jwks: \'{"keys":[{"kty":"RSA","kid":"other"}]}\' }'), bearer(jwt({ iss: 'iss' })), '401'],
    ['a token in a parameter', rule, { http: { path: `/?access_token=${jwt({ iss: 'iss', exp: earlier })}` } }, '401'],
    ['a token in a cookie', require('{ issuer: iss, fromCookies: [t] }'), { http: { headers: { cookie: `a=b; t=${jwt({ iss: 'iss', exp: earlier })}` } } }, '401'],
    ['a token where none is looked for', require('{ issuer: iss, fromHeaders: [{ name: x-token }] }'), bearer(jwt({ iss: 'iss', exp: earlier })), 'goes on'],
    ['a token in a header of its own', require('{ issuer: iss, fromHeaders: [{ name: X-Token, prefix: "T " }] }'), { http: { headers: { 'x-token': `T ${jwt({ iss: 'iss', exp: earlier })}` } } }, '401'],
    ['a token that one of two rules takes', require('{ issuer: a }, { issuer: iss }'), bearer(jwt({ iss: 'iss' })), 'goes on'],
    ['a preflight with an expired token', rule, { http: { method: 'OPTIONS', headers: { origin: 'o', 'access-control-request-method': 'GET', authorization: `Bearer ${jwt({ iss: 'iss', exp: earlier })}` } } }, 'goes on'],
    ['a described token whose signature is wrong', rule, { tokens: [{ claims: { iss: 'iss' }, signatureValid: false }] }, '401'],
  ])('%s', (_, authentication, arrival, expected) => {
    expect(ends([authentication], arrival)).toBe(expected);
  });

  test('a rule that needs a token refuses a request without one', () => {
    const needs = object('AuthorizationPolicy', '{ rules: [{ from: [{ source: { requestPrincipals: ["*"] } }] }] }');
    expect([ends([rule, needs]), ends([rule, needs], bearer(jwt({ iss: 'iss', sub: 'me' })))]).toEqual(['403', 'goes on']);
  });

  test.each<[string, string, object, boolean]>([
    ['a text', '[role]', { role: 'admin' }, true],
    ['one of a list', '[role]', { role: ['user', 'admin'] }, true],
    ['nested', '[a][role]', { a: { role: 'admin' } }, true],
    ['one of a scope', '[scope]', { scope: 'user admin' }, true],
    ['not one of another claim with spaces', '[role]', { role: 'user admin' }, false],
    ['a number is no text', '[role]', { role: 7 }, false],
  ])('a claim that is %s', (_, key, claims, allowed) => {
    const policy = object('AuthorizationPolicy', `{ rules: [{ when: [{ key: "request.auth.claims${key}", values: [admin] }] }] }`);
    expect(ends([rule, policy], bearer(jwt({ iss: 'iss', ...claims })))).toBe(allowed ? 'goes on' : '403');
  });

  test('the token is taken out, and what the rule asks for is put in, over what the client sent', () => {
    const outputs = require('{ issuer: iss, outputPayloadToHeader: x-payload, outputClaimToHeaders: [{ header: x-role, claim: a.role }] }');
    const claims = { iss: 'iss', a: { role: 'admin' } };
    const { http } = serve(meshOf([outputs]), sent({ http: { headers: { authorization: `Bearer ${jwt(claims)}`, 'x-role': 'forged', 'x-other': 'o' } } }));
    expect(Object.fromEntries(http?.headers ?? [])).toEqual({ 'x-payload': base64(claims), 'x-role': 'admin', 'x-other': 'o' });
  });

  test('no step and no answer shows a token', () => {
    const secret = jwt({ iss: 'other', sub: 'me' });
    const policy = object('AuthorizationPolicy', '{ rules: [{ when: [{ key: "request.headers[authorization]", values: [x] }] }] }');
    for (const documents of [[rule], [policy], [rule, policy]]) {
      const { steps, answer } = serve(meshOf(documents), sent(bearer(secret)));
      const said = JSON.stringify([steps, answer], (key, value: unknown) => (key === 'on' ? undefined : value instanceof Map ? [...value] : value));
      expect(said).not.toContain(secret.slice(0, 20));
    }
  });
});

describe('policies', () => {
  const custom = object('AuthorizationPolicy', '{ action: CUSTOM, provider: { name: opa }, rules: [{ to: [{ operation: { paths: [/admin] } }] }] }');
  const providers = { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: {} }] };
  const expired = bearer(jwt({ iss: 'iss', exp: 1 }));

  test.each<[string, readonly string[], Sent, string]>([
    ['a DENY wins over an ALLOW', [object('AuthorizationPolicy', '{ rules: [{}] }'), object('AuthorizationPolicy', '{ action: DENY, rules: [{}] }', 'b')], {}, '403'],
    ['AUDIT decides nothing', [object('AuthorizationPolicy', '{ action: AUDIT, rules: [{}] }')], {}, 'goes on'],
    ['a trial decides nothing', [object('AuthorizationPolicy', '{ action: DENY, rules: [{}] }', 'a', ', annotations: { istio.io/dry-run: "true" }')], {}, 'goes on'],
    ['an external authorizer may say anything', [custom], { http: { path: '/admin' } }, 'goes on, unsure'],
    ['an external authorizer is not asked about other paths', [custom], {}, 'goes on'],
    ['a bad token is refused before DENY', [object('RequestAuthentication', '{ jwtRules: [{ issuer: iss }] }'), object('AuthorizationPolicy', '{ action: DENY, rules: [{}] }')], expired, '401'],
    ['who is not allowed is kept out, whatever an unsure DENY says', [object('AuthorizationPolicy', '{}'), object('AuthorizationPolicy', '{ action: DENY, rules: [{ from: [{ source: { ipBlocks: [10.0.0.0/8] } }] }] }', 'b')], { peerIp: '' }, '403'],
    ['a denied connection is closed', [object('AuthorizationPolicy', '{}')], { readsHttp: false, carries: 'tcp' }, 'closed'],
    ['ztunnel closes the connection of who is denied', [object('AuthorizationPolicy', '{}')], { at: { kind: 'ambient' } }, 'closed'],
    ['a plaintext client has no namespace, so it is not excluded by one', [object('AuthorizationPolicy', '{ rules: [{ from: [{ source: { notNamespaces: [far] } }] }] }')], { transport: { tls: 'none' } }, 'goes on'],
    ['an address that nobody knows makes it unsure', [object('AuthorizationPolicy', '{ action: DENY, rules: [{ from: [{ source: { ipBlocks: [10.0.0.0/8] } }] }] }')], { peerIp: '' }, 'goes on, unsure'],
  ])('%s', (_, documents, arrival, expected) => {
    expect(ends(documents, arrival, providers)).toBe(expected);
  });

  test.each<[string, number, string | undefined, string]>([
    ['a gateway that trusts no proxy takes its peer', 0, '10.9.9.9', '10.0.0.1'],
    ['one trusted proxy: the last that it was told', 1, '10.7.7.7, 10.9.9.9', '10.9.9.9'],
    ['two: the last but one', 2, '10.7.7.7, 10.9.9.9', '10.7.7.7'],
    ['one trusted proxy that says nothing', 1, undefined, '10.0.0.1'],
  ])('where a request is from: %s', (_, numTrustedProxies, forwarded, client) => {
    const allow = object('AuthorizationPolicy', `{ rules: [{ from: [{ source: { remoteIpBlocks: [${client}] } }] }] }`);
    const arrival: Sent = { at: { kind: 'gateway' }, http: { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } } };
    expect(ends([allow], arrival, { defaultConfig: { gatewayTopology: { numTrustedProxies } } })).toBe('goes on');
  });

  test('a step cites the rule that decided, and what came close and why not', () => {
    const allow = object('AuthorizationPolicy', '{ rules: [{ to: [{ operation: { paths: [/Cart], methods: [GET] } }] }] }');
    const { steps } = serve(meshOf([allow]), sent({ http: { path: '/cart' } }));
    expect(steps.at(-1)).toMatchObject({
      kind: 'authorization', action: 'ALLOW', result: 'none matched', from: { at: 'spec' },
      close: [{ from: { at: 'spec.rules[0]' }, why: 'the path is "/cart", and "/Cart" is asked for; only upper and lower case differ' }],
    });
  });
});

const rules = fc.constantFrom('{}', '{ to: [{ operation: { methods: [GET] } }] }', '{ to: [{ operation: { paths: ["/a*"] } }] }', '{ from: [{ source: { namespaces: [shop] } }] }', '{ from: [{ source: { notIpBlocks: [10.0.0.0/8] } }] }', '{ when: [{ key: "request.headers[x]", values: [y] }] }');
const policies = fc.array(fc.record({ action: fc.constantFrom('ALLOW', 'DENY', 'AUDIT'), rules: fc.array(rules, { maxLength: 2 }) }), { maxLength: 4 });
const arrivals = fc.record({
  method: fc.constantFrom('GET', 'POST'), path: fc.constantFrom('/', '/a', '/ab?c'), headers: fc.constantFrom({}, { x: 'y' }), transport: fc.constantFrom<Transport>(web, { tls: 'none' }), readsHttp: fc.boolean(),
}).map(({ method, path, headers, transport, readsHttp }): Sent => ({ http: { method, path, headers }, transport, readsHttp }));

describe('laws of policies', () => {
  const text = (list: readonly { readonly action: string; readonly rules: readonly string[] }[]): string[] => list.map(({ action, rules: own }, i) => object('AuthorizationPolicy', `{ action: ${action}, rules: [${own.join(', ')}] }`, `p${i}`));
  const served = (documents: readonly string[], arrival: Sent): Served => serve(meshOf(documents), sent(arrival));

  test('one DENY more never lets in who was kept out', () => {
    fc.assert(fc.property(policies, rules, arrivals, (list, rule, arrival) => {
      const before = served(text(list), arrival);
      const after = served(text([...list, { action: 'DENY', rules: [rule] }]), arrival);
      expect(before.answer !== undefined && after.answer === undefined).toBe(false);
    }), { numRuns: 300 });
  });

  test('one ALLOW rule more never keeps out who was let in', () => {
    fc.assert(fc.property(policies.filter(list => list.some(({ action }) => action === 'ALLOW')), rules, arrivals, (list, rule, arrival) => {
      const before = served(text(list), arrival);
      const after = served(text([...list, { action: 'ALLOW', rules: [rule] }]), arrival);
      expect(before.answer === undefined && after.answer !== undefined).toBe(false);
    }), { numRuns: 300 });
  });

  test('every step has its sentence', () => {
    fc.assert(fc.property(policies, arrivals, (list, arrival) => {
      for (const step of served(text(list), arrival).steps) {
        expect((serverSentences[step.kind as ServerStep['kind']] as (step: unknown) => string)(step)).toMatch(/^[a-z\d]/);
      }
    }), { numRuns: 100 });
  });

  test('no token, header or path makes it throw', () => {
    const documents = [object('RequestAuthentication', '{ jwtRules: [{ issuer: iss, fromHeaders: [{ name: t }], fromParams: [t], fromCookies: [t] }] }')];
    const claims = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(fc.property(fc.string(), fc.string(), claims, (header, path, own) => {
      const tokens: Token[] = [{ claims: { iss: 'iss', ...own }, in: { parameter: 't' } }];
      expect(() => served(documents, { tokens, http: { path: `/${path}`, headers: { t: header, cookie: header } } })).not.toThrow();
    }), { numRuns: 300 });
  });
});
