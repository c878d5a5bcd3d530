import type { Duration } from 'cdk8s';
import type { JWTRule } from '../l1.ts';
import type { ServiceContract, TokenAlgorithm } from '../../runtime/contract/index.ts';
import type { Jwks } from '../values/jwks.ts';
import { headerName } from '../values/match.ts';
import { goDuration } from '../values/time.ts';

/** How tokens of an issuer are taken. */
export interface JwtIssuerProps {
  /** `aud`: one of these must be in a token. @default - any audience: a token that was made for another service is taken too */
  readonly audiences?: readonly string[] | undefined;
  /** Its public keys. @default - istiod asks the issuer for them (OpenID Connect discovery), which must then be an https URL */
  readonly keys?: Jwks | undefined;
  /** Where a token stands. @default - `Authorization: Bearer …`, then the query parameter `access_token` */
  readonly from?: readonly TokenPlace[] | undefined;
  /** Whether the token goes on with the request. @default - no: it is taken out */
  readonly forwardOriginalToken?: boolean | undefined;
  /** A header that gets the payload of the token, in base64url. @default - none */
  readonly outputPayloadToHeader?: string | undefined;
  /** Headers that get a claim each: header to claim, `a.b` where it is nested. What clients send in them is dropped. @default - none */
  readonly claimsToHeaders?: Readonly<Record<string, string>> | undefined;
  /** Claims that are lists written with spaces, beside `scope` and `permission`. @default - none */
  readonly spaceDelimitedClaims?: readonly string[] | undefined;
  /** How long fetching the keys may take. @default - 5 seconds, as in Istio */
  readonly timeout?: Duration | undefined;
}

/** A place of a request where a token may stand. Made by `TokenPlace`. */
export type TokenPlace =
  | { readonly header: string; readonly prefix?: string | undefined }
  | { readonly cookie: string }
  | { readonly param: string };

/** Where a token stands in a request. */
export const TokenPlace = {
  /** A header, with what comes before the token: `Bearer ` with its space. */
  header: (name: string, prefix?: string): TokenPlace => ({ header: headerName('TokenPlace.header', name), ...(prefix === undefined ? {} : { prefix }) }),
  cookie: (name: string): TokenPlace => ({ cookie: named('TokenPlace.cookie', name) }),
  /** A parameter of the query. Such tokens end up in logs. */
  param: (name: string): TokenPlace => ({ param: named('TokenPlace.param', name) }),
};

/**
 * Who issues tokens, and how a proxy checks them.
 *
 * @example
 * JwtIssuer.of('https://accounts.example.com', { audiences: ['shop'] })
 *
 * @see https://istio.io/latest/docs/reference/config/security/request_authentication/
 */
export class JwtIssuer {
  /** The `iss` claim, compared as text. */
  readonly issuer: string;
  /** Undefined for any. */
  readonly audiences: readonly string[] | undefined;
  readonly keys: Jwks | undefined;
  readonly forwardsToken: boolean;
  readonly #props: JwtIssuerProps;

  /** @throws when the issuer is empty or its keys cannot be found, or a name is none */
  static of(issuer: string, props: JwtIssuerProps = {}): JwtIssuer {
    return new JwtIssuer(issuer, props);
  }

  /**
   * The issuer as the contract of a service names it, with its audiences and keys: what the running service takes with
   * `meshwright/runtime/jwt`, the proxy before it takes.
   *
   * @throws when the contract has no tokens, or says nothing of where the keys are and neither do the props
   */
  static fromContract(contract: ServiceContract, props: Omit<JwtIssuerProps, 'audiences'> = {}): JwtIssuer {
    const { name, token } = contract;
    const where = `JwtIssuer.fromContract: the contract of ${name}`;
    if (!token) throw new Error(`${where} has no tokens; give it token: { issuer, audience }, or use JwtIssuer.of`);
    const fetched: Jwks | undefined = token.jwksUri === undefined ? undefined : { kind: 'uri', uri: token.jwksUri, plainHttp: token.plainHttp && token.jwksUri.startsWith('http:') };
    const keys = props.keys ?? fetched;
    if (!keys) throw new Error(`${where} makes it the issuer, and does not say where istiod can fetch its keys: istiod is outside the mesh; give keys: Jwks.uri(…), or Jwks.inline(…) with what \`meshwright keys publish\` prints`);
    if (keys.kind === 'inline' && !keys.keys.some(({ kty, alg }) => kty === keyTypes[token.algorithm] && (alg === undefined || alg === token.algorithm))) {
      throw new Error(`${where} signs by ${token.algorithm}, and none of the inline keys verifies that (they are ${keys.keys.map(({ kty, alg }) => alg ?? kty).join(', ')}); give the keys of this issuer`);
    }
    return new JwtIssuer(token.issuer, { ...props, keys, audiences: token.audiences });
  }

  private constructor(issuer: string, props: JwtIssuerProps) {
    const where = `JwtIssuer ${JSON.stringify(issuer)}`;
    if (issuer === '' || /[*\s]/.test(issuer)) throw new Error(`${where}: an issuer is text as "iss" has it, without "*" and spaces; leaving it out would take tokens of anyone whose keys are known`);
    if (!props.keys && !/^https:\/\/[^/]+/.test(issuer)) throw new Error(`${where}: it is no https URL, so istiod could not ask it for its keys; give keys: Jwks.uri(…) or Jwks.inline(…)`);
    for (const [name, list] of Object.entries({ audiences: props.audiences, from: props.from, spaceDelimitedClaims: props.spaceDelimitedClaims })) {
      if (list?.length === 0) throw new Error(`${where}: ${name} is an empty list, which Istio reads as if it were not there; leave it out where that is meant`);
    }
    for (const audience of props.audiences ?? []) named(`${where}: an audience`, audience);
    for (const claim of props.spaceDelimitedClaims ?? []) named(`${where}: a claim`, claim);
    for (const [header, claim] of Object.entries(props.claimsToHeaders ?? {})) {
      if (!/^[-_A-Za-z0-9]+$/.test(header)) throw new Error(`${where}: a claim goes into a header of letters, digits, "-" and "_", got ${JSON.stringify(header)}`);
      named(`${where}: the claim for ${header}`, claim);
    }
    if (props.outputPayloadToHeader !== undefined) headerName(where, props.outputPayloadToHeader);
    this.issuer = issuer;
    this.audiences = props.audiences && [...props.audiences];
    this.keys = props.keys;
    this.forwardsToken = props.forwardOriginalToken ?? false;
    this.#props = props;
  }

  /** The rule that a RequestAuthentication has for it. */
  printed(where: string): JWTRule {
    const { from = [], outputPayloadToHeader, claimsToHeaders = {}, spaceDelimitedClaims, timeout } = this.#props;
    const headers = from.filter(place => 'header' in place);
    const cookies = from.flatMap(place => ('cookie' in place ? [place.cookie] : []));
    const params = from.flatMap(place => ('param' in place ? [place.param] : []));
    const claims = Object.entries(claimsToHeaders);
    const rule = {
      issuer: this.issuer,
      ...(this.audiences ? { audiences: [...this.audiences] } : {}),
      ...(headers.length === 0 ? {} : { fromHeaders: headers.map(({ header, prefix }) => ({ name: header, ...(prefix === undefined ? {} : { prefix }) })) }),
      ...(cookies.length === 0 ? {} : { fromCookies: cookies }),
      ...(params.length === 0 ? {} : { fromParams: params }),
      ...(this.forwardsToken ? { forwardOriginalToken: true } : {}),
      ...(outputPayloadToHeader === undefined ? {} : { outputPayloadToHeader }),
      ...(claims.length === 0 ? {} : { outputClaimToHeaders: claims.map(([header, claim]) => ({ header, claim })) }),
      ...(spaceDelimitedClaims ? { spaceDelimitedClaims: [...spaceDelimitedClaims] } : {}),
      ...(timeout ? { timeout: goDuration(where, 'timeout', timeout) } : {}),
    };
    if (!this.keys) return rule;
    return this.keys.kind === 'uri' ? { ...rule, jwksUri: this.keys.uri } : { ...rule, jwks: this.keys.text };
  }
}

const keyTypes: Readonly<Record<TokenAlgorithm, string>> = { ES256: 'EC', RS256: 'RSA', PS256: 'RSA' };

function named(where: string, name: string): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new Error(`${where}: must be text that is not empty, got ${JSON.stringify(name)}`);
}
