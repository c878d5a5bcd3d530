import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, RequestAuthentication, type AuthorizationPolicySpec, type Operation } from '../l1.ts';
import { freeId } from '../values/name.ts';
import type { PathMatch } from '../values/path.ts';
import { warn } from '../values/warning.ts';
import { policyPath } from './access.ts';
import type { JwtIssuer } from './jwt-issuer.ts';
import { checkMethod, withPorts } from './operation.ts';
import type { Attachment, PolicyPlace, PolicyTarget } from './policy-place.ts';
import { portLimit } from './printed-rule.ts';

/** Whose tokens are taken, and what goes without. */
export interface RequireJwtProps {
  /** Whose tokens are taken: one of them must have issued it. */
  readonly issuers: readonly [JwtIssuer, ...JwtIssuer[]];
  /** Paths that need no token, such as those of probes. A token that is sent there must be good all the same. @default - none */
  readonly open?: readonly PathMatch[] | undefined;
  /** Methods that need no token: OPTIONS where pages of other origins ask first, since browsers send none then. @default - none */
  readonly openMethods?: readonly string[] | undefined;
}

const byTarget = new WeakMap<PolicyTarget, RequireJwt>();

/**
 * Takes no request without a valid token, at a gateway, a service, a namespace or the whole mesh: a
 * RequestAuthentication, which refuses tokens that are not good and lets in whoever sends none, and the
 * AuthorizationPolicy that refuses those.
 *
 * @example
 * new RequireJwt(ingress, 'jwt', { issuers: [JwtIssuer.of('https://accounts.example.com', { audiences: ['shop'] })] });
 *
 * @see https://istio.io/latest/docs/tasks/security/authorization/authz-jwt/
 */
export class RequireJwt extends Construct {
  readonly issuers: readonly JwtIssuer[];
  readonly #target: PolicyTarget;
  readonly #place: PolicyPlace;
  readonly #open: readonly PathMatch[];
  readonly #openMethods: readonly string[];

  /** What is required of a target, if anything. */
  static of(target: PolicyTarget): RequireJwt | undefined {
    return byTarget.get(target);
  }

  /** @throws when nothing at the target reads tokens, one is required there already, or nothing would need one */
  constructor(target: PolicyTarget, id: string, props: RequireJwtProps) {
    const place = target.policyPlace(`${target.node.path}/${id}`);
    super(place.scope, freeId(place.scope, id));
    const where = this.node.path;
    this.issuers = [...props.issuers];
    this.#target = target;
    this.#place = place;
    this.#open = props.open ?? [];
    this.#openMethods = props.openMethods ?? [];
    const other = byTarget.get(target);
    if (other) throw new Error(`${where}: ${target.node.path} requires a token already, by ${other.node.path}; name all issuers there`);
    byTarget.set(target, this);
    this.#checkProps(where);
    this.#checkPlace(where);
    place.attach(attachment => { this.#emit(attachment); });
    this.node.addValidation({ validate: () => [...this.#strangers(), ...this.#unread()] });
    this.#warn();
  }

  #checkProps(where: string): void {
    if (this.issuers.length === 0) throw new Error(`${where}: nobody could show a token without an issuer, got none; name one`);
    const twice = this.issuers.find(({ issuer }, i) => this.issuers.findIndex(other => other.issuer === issuer) !== i);
    if (twice) throw new Error(`${where}: the issuer ${JSON.stringify(twice.issuer)} is named twice; say all of it in one`);
    if (this.#open.some(({ test }) => test.kind === 'prefix' && test.value === '/')) throw new Error(`${where}: every path is open, so nothing would need a token; open single paths`);
    if (this.#open.some(({ test }) => test.ignoreCase === true)) throw new Error(`${where}: paths of policies have case; write each spelling of what is open`);
    for (const method of this.#openMethods) checkMethod(where, method);
  }

  #checkPlace(where: string): void {
    const callee = this.#target.node.path;
    if (this.#place.enforcedBy === 'ztunnel') throw new Error(`${where}: ${callee} is ambient without a waypoint, and ztunnel reads no tokens: everyone would be let in; give its namespace a waypoint`);
    if (this.#place.ports && !this.#place.ports.some(({ carriesHttp }) => carriesHttp)) throw new Error(`${where}: ${callee} carries no HTTP, so there is no token to read; leave it out`);
    const { token } = this.#place;
    if (!token || this.issuers.some(({ issuer, audiences }) => issuer === token.issuer && audiences?.some(audience => !token.audiences.includes(audience)) !== true)) return;
    throw new Error(`${where}: the contract of ${callee} takes tokens of ${JSON.stringify(token.issuer)} for ${token.audiences.join(', ')} alone, so it would refuse what is let in here; use JwtIssuer.fromContract`);
  }

  #emit({ suffix, selection }: Attachment): void {
    const { prefix } = this.#place;
    const name = (what: string): string => `${prefix === '' ? '' : `${prefix}-`}${what}${suffix}`;
    new RequestAuthentication(this, `request-authentication${suffix}`, {
      metadata: { name: name('jwt') },
      spec: { ...selection, jwtRules: this.issuers.map(issuer => issuer.printed(this.node.path)) },
    });
    new AuthorizationPolicy(this, `required${suffix}`, {
      metadata: { name: name('require-jwt') },
      spec: Lazy.any({
        produce: () => ({
          ...selection,
          action: 'DENY',
          rules: [{ from: [{ source: { notRequestPrincipals: this.issuers.map(({ issuer }) => `${issuer}/*`) } }], to: [{ operation: this.#operation() }] }],
        }),
      }) as AuthorizationPolicySpec,
    });
  }

  /** It refuses, so that no other policy can let in what shows no token; and it is asked only where requests can be seen. */
  #operation(): Operation {
    // By the hosts of others, not by its own: a pattern has no room for the port that clients may write behind a host, and what it misses must not go without.
    const others = this.#place.otherHosts();
    return {
      ...(others.length === 0 ? {} : { notHosts: withPorts(others) }),
      ...(this.#openMethods.length === 0 ? {} : { notMethods: [...this.#openMethods] }),
      ...(this.#open.length === 0 ? {} : { notPaths: this.#open.map(policyPath) }),
      ...portLimit(this.#place),
    };
  }

  /** A request carries one token: where two require one, an issuer must be both's. */
  #strangers(): readonly string[] {
    const rival = this.#place.within.map(around => RequireJwt.of(around)).find(other => other && !this.issuers.some(issuer => other.#knows(issuer)));
    return rival ? [`${rival.node.path} requires a token here as well, and takes none of ${this.issuers.map(({ issuer }) => JSON.stringify(issuer)).join(', ')}, so no request could pass both; name a common issuer, or remove one of the two`] : [];
  }

  /** Services for which nothing reads tokens are known when all are. */
  #unread(): readonly string[] {
    const left = this.#place.withoutWaypoint?.() ?? [];
    return left.length === 0 ? [] : [`${left.join(', ')} ${left.length === 1 ? 'uses' : 'use'} no waypoint, and ztunnel reads no tokens; require one of the services that have a waypoint, or give ${left.length === 1 ? 'it' : 'them'} one`];
  }

  #knows({ issuer }: JwtIssuer): boolean {
    return this.issuers.some(own => own.issuer === issuer);
  }

  #warn(): void {
    // Keys are fetched by istiod, which is no part of the mesh.
    for (const { issuer, keys } of this.issuers) {
      if (keys?.kind !== 'uri' || !keys.plainHttp) continue;
      warn(this, `istiod fetches the keys of ${JSON.stringify(issuer)} over plain HTTP and without an identity of the mesh: whoever sits between can give keys of their own, and a service of the mesh that demands mutual TLS refuses it, so that every token is refused`);
    }
    if (this.#place.ports === undefined && !this.issuers.some(({ forwardsToken }) => forwardsToken)) {
      warn(this, `each proxy of ${this.#target.node.path} takes the token out of requests, so that none of its services can pass one on to another; set forwardOriginalToken where they call each other`);
    }
  }
}
