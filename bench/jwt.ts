// What verifyJwt costs beside jsonwebtoken alone, with a key that is at hand.
import { createPublicKey, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { defineService } from '../lib/runtime/contract/index.ts';
import { Keys, Tokens } from '../lib/runtime/jwt/index.ts';
import type { Figure } from './figure.ts';

const rounds = 101;
const each = 50;

/** Time of verifyJwt as a multiple of jsonwebtoken.verify with the same checks; rounds of both take turns. */
export async function jwt(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const algorithm of ['ES256', 'RS256'] as const) {
    const { privateKey } = algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
    const contract = defineService({ name: 'shop', port: 8080, token: { issuer: 'https://shop.example', audience: 'shop', algorithm } });
    const tokens = new Tokens(contract, { keys: Keys.privateKey(privateKey.export({ format: 'jwk' })) });
    const key = createPublicKey(createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' }));
    const token = tokens.generateJwt('alice', { role: 'clerk' });
    const ours = async (): Promise<void> => { for (let i = 0; i < each; i += 1) await tokens.verifyJwt(token); };
    const bare = async (): Promise<void> => {
      for (let i = 0; i < each; i += 1) await Promise.resolve(jsonwebtoken.verify(token, key, { algorithms: [algorithm], issuer: 'https://shop.example', audience: 'shop', clockTolerance: 30 }));
    };
    const spent = { ours: [] as number[], bare: [] as number[] };
    await ours();
    await bare();
    for (let round = 0; round < rounds; round += 1) {
      spent.ours.push(await time(ours));
      spent.bare.push(await time(bare));
    }
    // The fastest rounds: what else the machine does only ever adds.
    const [fastest, fastestBare] = [Math.min(...spent.ours), Math.min(...spent.bare)];
    figures.push({ name: `verifyJwt, ${algorithm}`, baseline: 'jsonwebtoken.verify', ratio: fastest / fastestBare, limit: 1.1, note: `${((1000 * fastest) / each).toFixed(0)} µs a token` });
  }
  return figures;
}

async function time(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
