import { generateKeyPairSync } from 'node:crypto';
import { defineService, type ServiceContract, type TokenProps } from '../../../lib/runtime/contract/index.ts';
import { TokenError } from '../../../lib/runtime/jwt/index.ts';

/** The contract of a service that issues tokens. */
export function shop(token: Partial<TokenProps> = {}): ServiceContract {
  return defineService({ name: 'shop', port: 8080, token: { issuer: 'https://shop.example', audience: 'shop', ...token } });
}

/** A private key as PEM, which other programs make too. */
export function pem(algorithm: 'ES256' | 'RS256' = 'ES256'): string {
  const { privateKey } = algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** A token with any header and payload, and a signature that is none. */
export function forged(header: object, payload: object, signature = 'c2lnbmF0dXJl'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

/** The refusal that a call ends with. */
export async function refusal(call: () => unknown): Promise<TokenError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof TokenError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
