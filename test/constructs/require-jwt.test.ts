import { generateKeyPairSync } from 'node:crypto';
import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import {
  Caller, IngressGateway, type IngressGatewayProps, Jwks, JwtIssuer, type JwtIssuerProps, Match, MeshService, Path, RequireJwt, Route, ServerTls, TokenPlace, To, warnings,
  type MeshNamespaceProps, type ServiceMeshProps,
} from '../../lib/index.ts';
import { defineService } from '../../lib/runtime/contract/index.ts';
import { Keys, Tokens } from '../../lib/runtime/jwt/index.ts';
import { expectMesh } from '../../lib/testing/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh, type Emitted } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);
const accounts = JwtIssuer.of('https://accounts.example.com', { audiences: ['shop'], forwardOriginalToken: true });
const partners = JwtIssuer.of('https://partners.example.com');
const good = { iss: 'https://accounts.example.com', sub: 'ann', aud: 'shop' };

/** The objects that say who is let in. */
function policies(scope: Parameters<typeof emitted>[0]): Emitted[] {
  return emitted(scope).filter(({ kind }) => kind === 'RequestAuthentication' || kind === 'AuthorizationPolicy');
}

/** A gateway before reviews, whose pods are known. */
function edge(props: Partial<IngressGatewayProps> = {}, mesh: ServiceMeshProps = { mtls: 'STRICT', access: 'deny-by-default' }): ReturnType<typeof shopMesh> & { reviews: ReturnType<typeof reviewsOf>; ingress: IngressGateway } {
  const made = shopMesh(mesh);
  const ingress = new IngressGateway(made.mesh.namespace('istio-ingress'), 'ingress', { hosts: ['shop.example.com'], ...props });
  const reviews = reviewsOf(made.shop);
  ingress.exposes(reviews);
  return { ...made, reviews, ingress };
}

const pods = `
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: istio-ingress, namespace: istio-ingress }
spec:
  selector: { matchLabels: { istio: ingress } }
  template:
    metadata: { labels: { istio: ingress, sidecar.istio.io/inject: "true" }, annotations: { inject.istio.io/templates: gateway } }
    spec: { serviceAccountName: istio-ingress, containers: [{ name: istio-proxy, image: auto }] }
`;

describe('at a gateway', () => {
  test('a token is validated and required, together', () => {
    const { mesh, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [accounts], open: [Path.exact('/health'), Path.prefix('/static/')], openMethods: ['OPTIONS'] });
    golden('gateway.yaml', policies(mesh).filter(({ metadata }) => metadata.namespace === 'istio-ingress'));
    expect(findings(mesh)).toEqual([]);
  });

  test('requests end as it says', () => {
    const { app, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [accounts, partners], open: [Path.prefix('/static/')] });
    const from = (path: string, claims?: Record<string, unknown>): ReturnType<ReturnType<typeof expectMesh>['request']> =>
      expectMesh(`${app.synthYaml()}${pods}`).request(`GET http://shop.example.com${path}`, { from: 'outside', claims });
    from('/').toBeDenied({ status: 403 });
    from('/', good).toReach('reviews');
    from('/', { iss: 'https://partners.example.com', sub: 'bob' }).toReach('reviews');
    from('/', { ...good, iss: 'https://elsewhere.example.com' }).toBeDenied({ status: 401 });
    from('/', { ...good, exp: 1_000_000_000 }).toBeDenied({ status: 401 });
    from('/', { ...good, aud: 'stock' }).toBeDenied({ status: 403 });
    from('/', { ...good, sub: undefined }).toBeDenied({ status: 403 });
    from('/static/logo.png').toReach('reviews');
    from('/static/logo.png', { ...good, exp: 1_000_000_000 }).toBeDenied({ status: 401 });
  });

  test('connections that carry no HTTP are not asked for a token', () => {
    const { app, mesh, shop, ingress } = edge();
    const mongo = new MeshService(shop, 'mongo', { port: { port: 27017, protocol: 'mongo' }, versions: { v1: { image: 'a' } } });
    ingress.forwards(mongo, { port: 31400 });
    new RequireJwt(ingress, 'jwt', { issuers: [accounts] });
    expect(specOf(mesh, 'ingress-require-jwt')).toMatchObject({ rules: [{ to: [{ operation: { notPorts: ['15021', '31400'] } }] }] });
    expectMesh(`${app.synthYaml()}${pods}`).request('shop.example.com:31400', { from: 'outside' }).toReach('mongo');
  });

  test('other gateways of the same pods keep to their own, and nothing slips by in the spelling of its host', () => {
    const { app, mesh, shop, ingress } = edge({ hosts: ['*.shop.example.com', 'shop.example.com'] });
    const open = new IngressGateway(ingress.namespace, 'open', { hosts: ['open.example.com'] });
    open.exposes(ratingsOf(shop));
    new IngressGateway(ingress.namespace, 'wide', { hosts: 'any', port: 8080 }).exposes(ratingsOf(mesh.namespace('other')));
    new RequireJwt(ingress, 'jwt', { issuers: [accounts] });
    expect(specOf(mesh, 'ingress-require-jwt')).toMatchObject({ rules: [{ to: [{ operation: { notHosts: ['open.example.com', 'open.example.com:*'] } }] }] });
    const asked = expectMesh(`${app.synthYaml()}${pods}`);
    asked.request('GET http://open.example.com/', { from: 'outside' }).toReach('ratings');
    asked.request('GET http://open.example.com/', { from: 'outside', headers: { host: 'open.example.com:1' } }).toReach('ratings');
    asked.request('GET http://shop.example.com/', { from: 'outside' }).toBeDenied({ status: 403 });
    for (const host of ['SHOP.example.com', 'a.shop.example.com', 'a.shop.example.com:1', 'shop.example.com:80']) asked.request('GET http://shop.example.com/', { from: 'outside', headers: { host } }).toBeDenied({ status: 403 });
  });

  test('requests are routed by the claims of their tokens', () => {
    const { app, reviews, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [accounts] });
    new Route(reviews, 'testers', { match: [Match.claim('groups').exact('testers')], to: 'v2' });
    new Route(reviews, 'rest', { to: [To.version('v1', { percent: 100 })] });
    const asked = expectMesh(`${app.synthYaml()}${pods}`);
    asked.request('GET http://shop.example.com/', { from: 'outside', claims: { ...good, groups: ['testers'] } }).toReach('reviews', { subset: 'v2' });
    asked.request('GET http://shop.example.com/', { from: 'outside', claims: good }).toReach('reviews', { subset: 'v1' });
    expect(warnings(app)).toEqual([]);
  });

  test('routes by claims are warned of where nothing validates tokens', () => {
    const { app, reviews } = edge();
    new Route(reviews, 'testers', { match: [Match.claim('groups').exact('testers')], to: 'v2' });
    app.render();
    expect(warnings(app)).toEqual([expect.stringContaining('mesh/istio-ingress/ingress: mesh/shop/reviews/testers routes requests by claims of their tokens, and nothing here validates tokens')]);
  });

  test('some callers alone are let in to what is exposed', () => {
    const { app, mesh, shop, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [accounts] });
    const admin = new MeshService(shop, 'admin', { port: 80, versions: { v1: { image: 'a' } } });
    const other = new IngressGateway(ingress.namespace, 'admin', { hosts: ['admin.example.com'] });
    new RequireJwt(other, 'jwt', { issuers: [accounts] });
    other.exposes(admin, { from: [[Caller.token(accounts), Caller.claim('groups').is('admins')], Caller.remoteIp('10.0.0.0/8')] });
    golden('exposed-to-some.yaml', policies(mesh).filter(({ metadata }) => metadata.name === 'admin-exposed'));
    const asked = expectMesh(`${app.synthYaml()}${pods}`);
    asked.request('GET http://admin.example.com/', { from: 'outside', ip: '192.0.2.1', claims: { ...good, groups: ['admins'] } }).toReach('admin');
    asked.request('GET http://admin.example.com/', { from: 'outside', ip: '192.0.2.1', claims: good }).toBeDenied({ status: 403 });
  });
});

describe('elsewhere', () => {
  test('at a service, a namespace and the mesh', () => {
    const { mesh, shop } = shopMesh();
    const ratings = new MeshService(shop, 'ratings', { port: [{ port: 80, targetPort: 8080 }, { port: 6379, protocol: 'redis' }], versions: { v1: { image: 'a' } } });
    new RequireJwt(ratings, 'jwt', { issuers: [accounts] });
    new RequireJwt(shop, 'jwt', { issuers: [accounts, partners] });
    new RequireJwt(mesh, 'jwt', { issuers: [accounts] });
    golden('places.yaml', policies(mesh));
    expect(findings(mesh)).toEqual([]);
  });

  test('at waypoints by what they serve', () => {
    const { app, mesh } = shopMesh();
    new RequireJwt(mesh, 'jwt', { issuers: [accounts] });
    const stock = mesh.namespace('stock', { dataPlane: 'ambient', waypoint: 'waypoint' });
    const ratings = ratingsOf(stock);
    new RequireJwt(ratings, 'jwt', { issuers: [accounts] });
    new RequireJwt(stock, 'jwt', { issuers: [accounts] });
    golden('waypoints.yaml', policies(mesh));
    const web = new MeshService(mesh.namespace('web', { dataPlane: 'ambient' }), 'web', { port: 80, versions: { v1: { image: 'a' } } });
    web.calls(ratings);
    const asked = expectMesh(`${app.synthYaml()}${waypoint}`);
    asked.request('GET http://ratings.stock:9080/', { from: 'web/web-v1' }).toBeDenied({ status: 403 });
    asked.request('GET http://ratings.stock:9080/', { from: 'web/web-v1', claims: good }).toReach('ratings');
  });

  test('a service behind a gateway gets the token that the gateway passes on', () => {
    const { app, reviews, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [accounts] });
    new RequireJwt(reviews, 'jwt', { issuers: [accounts] });
    expectMesh(`${app.synthYaml()}${pods}`).request('GET http://shop.example.com/', { from: 'outside', claims: good }).toReach('reviews');
  });

  test('what carries no HTTP is not asked for a token', () => {
    const { app, shop } = shopMesh();
    const store = new MeshService(shop, 'store', { port: [{ port: 80 }, { port: 6379, protocol: 'redis' }], versions: { v1: { image: 'a' } } });
    const reviews = reviewsOf(shop);
    reviews.calls(store);
    new RequireJwt(store, 'jwt', { issuers: [accounts] });
    const asked = expectMesh(app);
    asked.request('GET http://store/', { from: 'shop/reviews-v1' }).toBeDenied({ status: 403 });
    asked.request('store:6379', { from: 'shop/reviews-v1' }).toReach('store');
  });
});

const waypoint = `
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: waypoint, namespace: stock, labels: { istio.io/waypoint-for: service } }
spec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }
status: { addresses: [{ type: IPAddress, value: 10.0.0.9 }] }
`;

describe('an issuer', () => {
  test('is printed with all that is said of it', () => {
    const { mesh, shop } = shopMesh();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const fixed = { ...publicKey.export({ format: 'jwk' }), x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0', kid: 'one', alg: 'ES256' };
    new RequireJwt(ratingsOf(shop), 'jwt', {
      issuers: [
        JwtIssuer.of('https://a.example.com', {
          audiences: ['a', 'b'], keys: Jwks.uri('https://a.example.com/keys'), from: [TokenPlace.header('X-Jwt', 'Token '), TokenPlace.header('x-other'), TokenPlace.cookie('session'), TokenPlace.param('t')],
          forwardOriginalToken: true, outputPayloadToHeader: 'x-payload', claimsToHeaders: { 'x-user': 'sub', 'x-tenant': 'org.tenant' }, spaceDelimitedClaims: ['roles'], timeout: Duration.seconds(2),
        }),
        JwtIssuer.of('b@example.com', { keys: Jwks.inline({ keys: [fixed] }) }),
        JwtIssuer.of('c@example.com', { keys: Jwks.inline(JSON.stringify({ keys: [fixed] })) }),
      ],
    });
    golden('issuer.yaml', emitted(mesh, 'RequestAuthentication'));
    expect(findings(mesh)).toEqual([]);
  });

  test('tokens are found where they are said to stand', () => {
    const { app, shop } = shopMesh();
    const ratings = ratingsOf(shop);
    reviewsOf(shop).calls(ratings);
    new RequireJwt(ratings, 'jwt', { issuers: [JwtIssuer.of('https://accounts.example.com', { from: [TokenPlace.cookie('session'), TokenPlace.header('x-jwt')] })] });
    const token = `e30.${Buffer.from(JSON.stringify(good)).toString('base64url')}.c2ln`;
    const send = (headers: Record<string, string>): ReturnType<ReturnType<typeof expectMesh>['request']> => expectMesh(app).request('GET http://ratings:9080/', { from: 'shop/reviews-v1', headers });
    send({ cookie: `a=b; session=${headerOf('ES256')}${token.slice(3)}` }).toReach('ratings');
    send({ 'x-jwt': `${headerOf('ES256')}${token.slice(3)}` }).toReach('ratings');
    send({ authorization: `Bearer ${headerOf('ES256')}${token.slice(3)}` }).toBeDenied({ status: 403 });
  });

  test('is that of a contract, for policy and service alike', async () => {
    const contract = defineService({ name: 'ratings', port: 9080, token: { issuer: 'https://shop.example.com', audience: 'shop' } });
    const tokens = new Tokens(contract, { keys: Keys.generated() });
    const { app, shop } = shopMesh();
    const ratings = MeshService.fromContract(shop, contract, { versions: { v1: { image: 'a' } } });
    reviewsOf(shop).calls(ratings);
    new RequireJwt(ratings, 'jwt', { issuers: [JwtIssuer.fromContract(contract, { keys: Jwks.inline(tokens.jwks()) })] });
    const token = tokens.generateJwt('ann');
    const send = (authorization: string): ReturnType<ReturnType<typeof expectMesh>['request']> => expectMesh(app).request('GET http://ratings:9080/', { from: 'shop/reviews-v1', headers: { authorization } });
    send(`Bearer ${token}`).toReach('ratings');
    expect((await tokens.verifyJwt(token)).sub).toBe('ann');
    // Of the same issuer, by a key that it has not published.
    send(`Bearer ${new Tokens(contract, { keys: Keys.generated() }).generateJwt('ann')}`).toBeDenied({ status: 401 });
    send(`Bearer ${new Tokens({ ...contract, token: { ...contract.token, audiences: ['stock'] } as never }, { keys: Keys.generated() }).generateJwt('ann')}`).toBeDenied({ status: 403 });
  });

  test('of a contract whose keys another serves has them from there', () => {
    const contract = defineService({ name: 'ratings', port: 9080, token: { issuer: 'https://shop.example.com', audience: ['shop', 'stock'], jwksUri: 'https://shop.example.com/keys' } });
    expect(JwtIssuer.fromContract(contract).printed('x')).toEqual({ issuer: 'https://shop.example.com', audiences: ['shop', 'stock'], jwksUri: 'https://shop.example.com/keys' });
  });

  test('whose keys travel in plain text is warned of', () => {
    const { app, shop } = shopMesh();
    new RequireJwt(ratingsOf(shop), 'jwt', { issuers: [JwtIssuer.of('a', { keys: Jwks.uri('http://keys.shop.svc/keys', { plainHttp: true }) })] });
    expect(warnings(app)).toEqual([expect.stringContaining('mesh/shop/ratings/jwt: istiod fetches the keys of "a" over plain HTTP')]);
  });
});

test('a namespace whose proxies take tokens away is warned of', () => {
  const { app, shop } = shopMesh();
  new RequireJwt(shop, 'jwt', { issuers: [partners] });
  expect(warnings(app)).toEqual(['mesh/shop/jwt: each proxy of mesh/shop takes the token out of requests, so that none of its services can pass one on to another; set forwardOriginalToken where they call each other']);
});

describe('keys that are no public keys are refused, and not shown', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = privateKey.export({ format: 'jwk' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  test.each<[string, () => unknown, RegExp]>([
    ['a private key', () => Jwks.inline({ keys: [secret] }), /^Jwks\.inline: keys\[0\] is a private key \(it has "d", "p", "q", "dp", "dq", "qi"\)/],
    ['a private key among public ones, as text', () => Jwks.inline(JSON.stringify({ keys: [{ kty: 'RSA', n: 'a', e: 'AQAB' }, secret] })), /keys\[1\] is a private key/],
    ['a symmetric key', () => Jwks.inline({ keys: [{ kty: 'oct', k: 'c2VjcmV0LXNlY3JldA' }] }), /keys\[0\] is a symmetric key/],
    ['a symmetric key that says it is another', () => Jwks.inline({ keys: [{ kty: 'RSA', k: 'c2VjcmV0LXNlY3JldA' }] }), /keys\[0\] is a symmetric key/],
    ['a PEM', () => Jwks.inline(pem), /^Jwks\.inline: the text is no JSON; it is not shown here, since it may hold a secret$/],
    ['a single key', () => Jwks.inline(secret as never), /^Jwks\.inline: takes a JWK set/],
    ['no key', () => Jwks.inline({ keys: [] }), /^Jwks\.inline: takes a JWK set/],
    ['a key without its parts', () => Jwks.inline({ keys: [{ kty: 'EC', crv: 'P-256' }] }), /^Jwks\.inline: keys\[0\] lacks "x", "y"/],
    ['a key of a kind that is none', () => Jwks.inline({ keys: [{ kty: 'DSA' }] }), /^Jwks\.inline: keys\[0\] is of no kind that Envoy verifies tokens with/],
    ['a text that is not even an object', () => Jwks.inline('"c2VjcmV0LXNlY3JldA"'), /^Jwks\.inline: takes a JWK set/],
    ['null', () => Jwks.inline({ keys: [null as never] }), /^Jwks\.inline: keys\[0\] is no JWK$/],
  ])('%s', (_, make, message) => {
    let said = '';
    expect(() => {
      try {
        make();
      } catch (error) {
        said = String((error as Error).message);
        throw error;
      }
    }).toThrow(message);
    for (const part of [secret.d, secret.p, 'c2VjcmV0', 'PRIVATE KEY', pem.split('\n')[1]]) expect(said).not.toContain(part);
  });
});

describe('a mistake fails, with what was given', () => {
  const contract = defineService({ name: 'ratings', port: 9080, token: { issuer: 'https://shop.example.com', audience: 'shop' } });
  const issuer = (text: string, props: JwtIssuerProps = {}) => (): unknown => JwtIssuer.of(text, props);
  test.each<[string, () => unknown, string]>([
    ['an issuer without a name', issuer(''), 'JwtIssuer "": an issuer is text as "iss" has it'],
    ['an issuer with a star', issuer('https://*.example.com'), 'JwtIssuer "https://*.example.com": an issuer is text'],
    ['an issuer that cannot be asked for its keys', issuer('accounts'), 'JwtIssuer "accounts": it is no https URL, so istiod could not ask it for its keys; give keys'],
    ['an issuer that could be asked in plain text only', issuer('http://accounts.example.com'), 'JwtIssuer "http://accounts.example.com": it is no https URL'],
    ['audiences that are none', issuer('https://a', { audiences: [] }), 'JwtIssuer "https://a": audiences is an empty list, which Istio reads as if it were not there'],
    ['an audience that is empty', issuer('https://a', { audiences: [''] }), 'JwtIssuer "https://a": an audience: must be text that is not empty, got ""'],
    ['no place for a token', issuer('https://a', { from: [] }), 'JwtIssuer "https://a": from is an empty list'],
    ['a header that is none', issuer('https://a', { claimsToHeaders: { 'x user': 'sub' } }), 'JwtIssuer "https://a": a claim goes into a header of letters, digits, "-" and "_", got "x user"'],
    ['a claim that is none', issuer('https://a', { claimsToHeaders: { 'x-user': '' } }), 'JwtIssuer "https://a": the claim for x-user: must be text that is not empty, got ""'],
    ['a header for the payload that is none', issuer('https://a', { outputPayloadToHeader: 'x:y' }), 'JwtIssuer "https://a": "x:y" is no header name'],
    ['a place that is none', () => TokenPlace.cookie(''), 'TokenPlace.cookie: must be text that is not empty, got ""'],
    ['keys in plain text', () => Jwks.uri('http://a.example.com/keys'), 'Jwks.uri: "http://a.example.com/keys" is not https, so whoever sits between can give keys of their own; use https, or say { plainHttp: true }'],
    ['keys that are at no URL', () => Jwks.uri('a.example.com/keys'), 'Jwks.uri: must be an https URL, got "a.example.com/keys"'],
    ['keys in a file', () => Jwks.uri('file:///etc/keys'), 'Jwks.uri: must be an https URL, got "file:///etc/keys"'],
    ['a password in the URL', () => Jwks.uri('https://me:secret@a.example.com/keys'), 'Jwks.uri: the URL must carry no user or password'],
    ['a contract without tokens', () => JwtIssuer.fromContract(defineService({ name: 'a', port: 80 })), 'JwtIssuer.fromContract: the contract of a has no tokens'],
    ['a contract that does not say where the keys are', () => JwtIssuer.fromContract(contract), 'JwtIssuer.fromContract: the contract of ratings makes it the issuer, and does not say where istiod can fetch its keys'],
    ['keys of another algorithm than the contract', () => JwtIssuer.fromContract(contract, { keys: Jwks.inline({ keys: [{ kty: 'RSA', n: 'a', e: 'AQAB' }] }) }), 'JwtIssuer.fromContract: the contract of ratings signs by ES256, and none of the inline keys verifies that (they are RSA)'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  const required = (props: Partial<ConstructorParameters<typeof RequireJwt>[2]>, namespace: MeshNamespaceProps = {}) => (): unknown => {
    const { shop } = shopMesh({}, namespace);
    return new RequireJwt(ratingsOf(shop), 'jwt', { issuers: [accounts], ...props });
  };
  test.each<[string, () => unknown, string]>([
    ['no issuer', required({ issuers: [] as never }), 'mesh/shop/ratings/jwt: nobody could show a token without an issuer, got none'],
    ['one issuer twice', required({ issuers: [accounts, accounts] }), 'mesh/shop/ratings/jwt: the issuer "https://accounts.example.com" is named twice'],
    ['every path open', required({ open: [Path.prefix('/')] }), 'mesh/shop/ratings/jwt: every path is open, so nothing would need a token'],
    ['a path in any spelling', required({ open: [Path.ignoreCase(Path.exact('/a'))] }), 'mesh/shop/ratings/jwt: paths of policies have case'],
    ['a method in lower case', required({ openMethods: ['options'] }), 'mesh/shop/ratings/jwt: methods are written upper case, as in "GET", got "options"'],
    ['ztunnel alone', required({}, { dataPlane: 'ambient' }), 'mesh/shop/ratings/jwt: mesh/shop/ratings is ambient without a waypoint, and ztunnel reads no tokens: everyone would be let in'],
    ['a namespace outside the mesh', required({}, { dataPlane: 'none' }), 'mesh/shop/ratings/jwt: namespace shop is not in the mesh (dataPlane "none"), so nothing there enforces access'],
    ['a namespace whose access is looked after elsewhere', required({}, { emits: 'traffic' }), 'mesh/shop/ratings/jwt: access in namespace shop is looked after elsewhere (emits "traffic")'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('a service of another team', () => {
    const theirs = MeshService.existing(shopMesh().shop, 'theirs', { namespace: 'other', port: 80 });
    expect(() => new RequireJwt(theirs, 'jwt', { issuers: [accounts] })).toThrow('mesh/shop/theirs: theirs belongs to the owners of namespace other, so access by mesh/shop/theirs/jwt is theirs to declare');
  });

  test('a port without HTTP', () => {
    const redis = new MeshService(shopMesh().shop, 'redis', { port: { port: 6379, protocol: 'redis' }, versions: { v1: { image: 'a' } } });
    expect(() => new RequireJwt(redis, 'jwt', { issuers: [accounts] })).toThrow('mesh/shop/redis/jwt: mesh/shop/redis carries no HTTP, so there is no token to read');
  });

  test('a gateway that passes TLS on', () => {
    const ingress = new IngressGateway(shopMesh().shop, 'ingress', { hosts: ['a.com'], tls: ServerTls.passthrough() });
    expect(() => new RequireJwt(ingress, 'jwt', { issuers: [accounts] })).toThrow('mesh/shop/ingress/jwt: mesh/shop/ingress carries no HTTP');
  });

  test.each([
    ['issuer', JwtIssuer.of('https://accounts.example.com', { audiences: ['shop'] })],
    ['audience', JwtIssuer.of('https://shop.example.com', { audiences: ['stock'] })],
  ])('another %s than that of the contract', (_, other) => {
    const ratings = MeshService.fromContract(shopMesh().shop, contract, { versions: { v1: { image: 'a' } } });
    expect(() => new RequireJwt(ratings, 'jwt', { issuers: [other] })).toThrow('mesh/shop/ratings/jwt: the contract of mesh/shop/ratings takes tokens of "https://shop.example.com" for shop alone, so it would refuse what is let in here; use JwtIssuer.fromContract');
  });

  test('a token that is required twice', () => {
    const ratings = ratingsOf(shopMesh().shop);
    new RequireJwt(ratings, 'first', { issuers: [accounts] });
    expect(() => new RequireJwt(ratings, 'second', { issuers: [partners] })).toThrow('mesh/shop/ratings/second: mesh/shop/ratings requires a token already, by mesh/shop/ratings/first; name all issuers there');
  });

  test('issuers that have none in common with those of the namespace', () => {
    const { app, shop } = shopMesh();
    new RequireJwt(ratingsOf(shop), 'jwt', { issuers: [partners] });
    new RequireJwt(shop, 'jwt', { issuers: [accounts] });
    expect(() => app.render()).toThrow('[mesh/shop/ratings/jwt] mesh/shop/jwt requires a token here as well, and takes none of "https://partners.example.com", so no request could pass both');
  });

  test('a token that the gateway has taken away', () => {
    const { app, reviews, ingress } = edge();
    new RequireJwt(ingress, 'jwt', { issuers: [partners, accounts] });
    new RequireJwt(reviews, 'jwt', { issuers: [partners] });
    expect(() => app.render()).toThrow('[mesh/istio-ingress/ingress] mesh/istio-ingress/ingress/jwt takes the token out of requests, and mesh/shop/reviews/jwt requires one again at mesh/shop/reviews, which none would have; set forwardOriginalToken');
  });

  test('a token of the whole mesh that its own gateway takes away', () => {
    const { app, mesh } = edge();
    new RequireJwt(mesh, 'jwt', { issuers: [partners] });
    expect(() => app.render()).toThrow('[mesh/istio-ingress/ingress] mesh/istio-system/jwt takes the token out of requests, and requires it again at mesh/shop/reviews, which none would have');
  });

  test('a token that one of two readers at the gateway takes away', () => {
    const { app, mesh, ingress } = edge();
    new RequireJwt(mesh, 'jwt', { issuers: [accounts] });
    new RequireJwt(ingress, 'jwt', { issuers: [JwtIssuer.of('https://accounts.example.com')] });
    expect(() => app.render()).toThrow('[mesh/istio-ingress/ingress] mesh/istio-ingress/ingress/jwt takes the token out of requests, and mesh/istio-system/jwt requires one again at mesh/shop/reviews');
  });

  test('callers by tokens that nothing validates at a gateway', () => {
    const { app, shop } = shopMesh();
    new IngressGateway(shop, 'ingress', { hosts: ['a.com'] }).exposes(ratingsOf(shop), { from: [Caller.token(partners)] });
    expect(() => app.render()).toThrow('[mesh/shop/ingress] exposing mesh/shop/ratings: it asks for tokens, and nothing validates any at mesh/shop/ingress, so nobody could have shown one; declare RequireJwt there');
  });
});

function headerOf(alg: string): string {
  return Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url');
}

function specOf(scope: Parameters<typeof emitted>[0], name: string): unknown {
  return emitted(scope, 'AuthorizationPolicy').find(({ metadata }) => metadata.name === name)?.spec;
}
