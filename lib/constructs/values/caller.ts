import { addressBlock } from './address-block.ts';
import { dnsLabel, domainName } from './name.ts';

/** One thing that is known of who sends a request. With `not`, it is who this is not. */
export type CallerTest = { readonly not?: boolean | undefined } & (
  /** The identity in the certificate, `trust domain/ns/namespace/sa/account`; one star may stand at an end. */
  | { readonly on: 'principal'; readonly principal: string }
  /** A service account of the mesh's own trust domain. */
  | { readonly on: 'account'; readonly namespace: string; readonly account: string }
  | { readonly on: 'namespace'; readonly namespace: string }
  | { readonly on: 'trustDomain'; readonly trustDomain: string }
  /** The address of the peer of the connection, or that of the client that proxies before it tell. */
  | { readonly on: 'ip' | 'remoteIp'; readonly block: string }
  /** A token that was validated; undefined means any. */
  | { readonly on: 'token'; readonly issuer: string | undefined; readonly subject: string | undefined }
  /** A claim of such a token: one of some values, where `abc*` and `*abc` are patterns and `*` is whatever. */
  | { readonly on: 'claim'; readonly names: readonly string[]; readonly values: readonly string[] }
);

/** Who may be meant by a rule: a test, or a list of tests that must all hold. */
export type Caller = CallerTest | readonly CallerTest[];

/** Some issuer of tokens. */
interface Issuer {
  readonly issuer: string;
}

/** A workload with an identity. */
interface Identified {
  readonly principal: string;
}

/**
 * Who sends a request.
 *
 * @example
 * Caller.namespace('shop')
 */
export const Caller = {
  /** The workloads of a service. */
  service: ({ principal }: Identified): CallerTest => ({ on: 'principal', principal }),

  /** Workloads that run as a service account, in the mesh's own trust domain. */
  serviceAccount: (namespace: string, account: string): CallerTest => ({
    on: 'account', namespace: dnsLabel('Caller.serviceAccount', 'namespace', namespace), account: domainName('Caller.serviceAccount', 'the service account', account),
  }),

  /** Workloads of a namespace, in every trust domain that the mesh knows. */
  namespace: (namespace: string | { readonly name: string }): CallerTest => ({
    on: 'namespace', namespace: dnsLabel('Caller.namespace', 'namespace', typeof namespace === 'string' ? namespace : namespace.name),
  }),

  /**
   * An identity as certificates carry it: `cluster.local/ns/shop/sa/web`, or with a star at one end `cluster.local/ns/shop/*`.
   *
   * @throws when it is no identity, or `*`
   */
  principal(principal: string): CallerTest {
    const where = 'Caller.principal';
    if (principal === '*') throw new Error(`${where}: "*" is whoever has a certificate of the mesh, of any namespace and trust domain; say Caller.anyIdentity() where that is meant`);
    if (principal.startsWith('spiffe://')) throw new Error(`${where}: Istio writes identities without "spiffe://", and compares them as text; write ${JSON.stringify(principal.slice('spiffe://'.length))}`);
    const [, ...stars] = principal.split('*');
    const whole = /^[^/*]+\/ns\/[^/*]+\/sa\/[^/*]+$/.test(principal);
    const pattern = stars.length === 1 && (principal.startsWith('*') || principal.endsWith('*')) && !/\s/.test(principal);
    if (whole || pattern) return { on: 'principal', principal };
    throw new Error(`${where}: an identity is written as "cluster.local/ns/shop/sa/web", with one "*" at an end at most, got ${JSON.stringify(principal)}`);
  },

  /** Whoever has an identity of the mesh, so whoever comes in mutual TLS. */
  anyIdentity: (): CallerTest => ({ on: 'principal', principal: '*' }),

  /** Workloads of a trust domain. */
  trustDomain: (trustDomain: string): CallerTest => ({ on: 'trustDomain', trustDomain: domainName('Caller.trustDomain', 'the trust domain', trustDomain) }),

  /** Whose connection comes from an address or a range of them (`10.0.0.0/8`): behind a load balancer, that of the load balancer. */
  ip: (block: string): CallerTest => ({ on: 'ip', block: addressBlock('Caller.ip', block) }),

  /** Whose request comes from an address or a range of them, as proxies before it tell (`X-Forwarded-For`, the PROXY protocol). */
  remoteIp: (block: string): CallerTest => ({ on: 'remoteIp', block: addressBlock('Caller.remoteIp', block) }),

  /** Who has shown a valid token: of an issuer, of one subject of it, or any. */
  token(issuer?: Issuer, subject?: string): CallerTest {
    if (issuer !== undefined && typeof (issuer as Partial<Issuer>).issuer !== 'string') throw new Error(`Caller.token: takes a JwtIssuer, got ${JSON.stringify(issuer)}; make one with JwtIssuer.of`);
    if (subject !== undefined && (subject === '' || /[*/]/.test(subject))) throw new Error(`Caller.token: a subject is text without "/" and "*", got ${JSON.stringify(subject)}; ask for others by Caller.claim('sub')`);
    return { on: 'token', issuer: issuer?.issuer, subject };
  },

  /** Whose token has a claim, `role` or nested as `realm`, `roles`. A claim that is a list has one of its values at least. */
  claim(name: string, ...nested: readonly string[]): { readonly is: (...values: readonly [string, ...string[]]) => CallerTest; readonly isNot: (...values: readonly [string, ...string[]]) => CallerTest } {
    const names = [name, ...nested];
    const wrong = names.find(part => part === '' || /[[\]]/.test(part));
    if (wrong !== undefined) throw new Error(`Caller.claim: ${JSON.stringify(wrong)} is no name of a claim`);
    const test = (values: readonly string[], not: boolean): CallerTest => {
      if (values.length === 0 || values.includes('')) throw new Error(`Caller.claim: a claim is asked for by values that are not empty, got ${JSON.stringify(values)}`);
      return { on: 'claim', names, values, ...(not ? { not } : {}) };
    };
    return { is: (...values) => test(values, false), isNot: (...values) => test(values, true) };
  },

  /** Everyone but these. Whoever has no identity, or no token, is everyone too. */
  not: (test: CallerTest): CallerTest => ({ ...test, not: test.not !== true }),
};

/** The tests of a caller. */
export function testsOf(caller: Caller): readonly CallerTest[] {
  return 'on' in caller ? [caller] : caller;
}
