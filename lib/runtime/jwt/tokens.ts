import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Jwk } from '../../keys/signing-key.ts';
import type { ServiceContract, TokenContract } from '../contract/index.ts';
import { generated, type GenerateOptions } from './generate.ts';
import type { KeySource } from './key-source.ts';
import { Keys } from './keys.ts';
import { TokenCannotSign, TokenKeysUnavailable } from './token-error.ts';
import { type Claims, verified } from './verify.ts';

export interface TokensOptions {
  /** @default - `Keys.remote()`, for a contract whose tokens another service issues (token.jwksUri) */
  readonly keys?: Keys | undefined;
}

/**
 * The tokens of a contract: what a service issues and accepts, with the words that the RequestAuthentication of the mesh
 * has too.
 *
 * @example
 * const tokens = new Tokens(shop, { keys: Keys.folder('/var/run/shop-keys') });
 * const token = tokens.generateJwt('alice', { role: 'clerk' });
 * const { sub } = await tokens.verifyJwt(token);
 *
 * @throws TokenError, when there is nothing to say of tokens, or the keys cannot be had
 */
export class Tokens {
  readonly #contract: TokenContract;
  readonly #source: KeySource;

  constructor({ name, token }: Pick<ServiceContract, 'name' | 'token'>, { keys }: TokensOptions = {}) {
    if (!token) throw new TokenCannotSign(`the contract of ${name} has no token; say its issuer and audience there`);
    if (!keys && token.jwksUri === undefined) throw new TokenKeysUnavailable(`${name} is the issuer of its tokens; give it keys, such as Keys.folder('./keys')`);
    this.#contract = token;
    this.#source = (keys ?? Keys.remote()).open(token);
  }

  /**
   * A signed token. Claims are added to `iss`, `sub`, `aud`, `iat` and `exp`, none of which they may replace.
   *
   * @throws TokenError
   */
  generateJwt(subject: string, claims: Readonly<Record<string, unknown>> = {}, options: GenerateOptions = {}): string {
    return generated(this.#source.signing(), this.#contract, subject, claims, options);
  }

  /**
   * The claims of a token, once its signature, algorithm, issuer, audience and times are found good.
   *
   * @throws TokenError, whose code says what is wrong: it never gives null, nor claims that were not verified
   */
  verifyJwt(token: string): Promise<Claims> {
    return verified(token, this.#source, this.#contract);
  }

  /** The public keys, as a JWKS. @throws TokenError, when there is nothing to publish */
  jwks(): { readonly keys: readonly Jwk[] } {
    const jwks = this.#source.published();
    if (jwks) return jwks;
    throw new TokenKeysUnavailable('there are no public keys of this service: another service issues the tokens, or a secret signs them, which must not be published');
  }

  /** The page of the public keys, to mount at `token.jwksPath` of the contract. */
  readonly jwksPage = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    let jwks;
    try {
      jwks = this.jwks();
    } catch {
      response.writeHead(404).end();
      return;
    }
    // A minute is within the time that a rotation allows for; longer would be too long.
    response.writeHead(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=60' }).end(request.method === 'HEAD' ? undefined : JSON.stringify(jwks));
  };
}
