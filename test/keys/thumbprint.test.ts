import { createPrivateKey, sign, verify, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { expect, test } from 'vitest';
import { keyAlgorithms, newKey, publicPart, thumbprint } from '../../lib/keys/index.ts';

test.each(keyAlgorithms)('the id of a key for %s is its RFC 7638 thumbprint, as another library computes it', async algorithm => {
  const key = newKey(algorithm);
  expect(thumbprint(key)).toBe(await calculateJwkThumbprint(key as JWK));
  expect(thumbprint(publicPart({ ...key, use: 'sig', alg: algorithm }))).toBe(thumbprint(key));
});

test.each(keyAlgorithms)('the public part of a key for %s verifies what the key signs, and holds nothing private', algorithm => {
  const key = newKey(algorithm);
  const signature = sign('sha256', Buffer.from('text'), createPrivateKey({ key, format: 'jwk' }));
  expect(verify('sha256', Buffer.from('text'), createPublicKey({ key: publicPart(key), format: 'jwk' }), signature)).toBe(true);
  expect(Object.keys(publicPart(key)).filter(member => ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'].includes(member))).toEqual([]);
});
