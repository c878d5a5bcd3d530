import { constants, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

/**
 * Whether a JSON Web Token is signed by a key of a JWKS. A key that cannot be read signs nothing.
 *
 * Source: RFC 7515, and RFC 7518 section 3
 */
export function isSignedBy(token: string, jwks: string): boolean {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${header}.${payload}`);
  const given = Buffer.from(signature, 'base64url');
  const { alg, kid } = mappingOf(Buffer.from(header, 'base64url').toString());
  const { keys } = mappingOf(jwks);
  if (typeof alg !== 'string' || !Array.isArray(keys)) return false;
  return keys.map(asMapping).some(key => (kid === undefined || typeof key.kid !== 'string' || key.kid === kid) && verifies(alg, key, signed, given));
}

function verifies(algorithm: string, key: Readonly<Record<string, unknown>>, signed: Buffer, given: Buffer): boolean {
  const hash = `sha${algorithm.slice(2)}`;
  try {
    if (algorithm.startsWith('HS')) {
      const own = createHmac(hash, Buffer.from(typeof key.k === 'string' ? key.k : '', 'base64url')).update(signed).digest();
      return own.length === given.length && timingSafeEqual(own, given);
    }
    const publicKey = createPublicKey({ key: key as never, format: 'jwk' });
    switch (algorithm.slice(0, 2)) {
      case 'ES': return verify(hash, signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, given);
      case 'RS': return verify(hash, signed, publicKey, given);
      case 'PS': return verify(hash, signed, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }, given);
      case 'Ed': return verify(undefined, signed, publicKey, given);
      default: return false;
    }
  } catch {
    return false;
  }
}

function mappingOf(json: string): Readonly<Record<string, unknown>> {
  try {
    return asMapping(JSON.parse(json));
  } catch {
    return {};
  }
}

function asMapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : {};
}
