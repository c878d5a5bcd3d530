// What verifyJwt costs beside jsonwebtoken alone, with a key that is at hand.
import { createPublicKey, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { defineService } from '../lib/runtime/contract/index.ts';
import { Keys, Tokens } from '../lib/runtime/jwt/index.ts';
import { type Figure, median } from './figure.ts';

const rounds = 31;
const each = 200;

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
    const ratios: number[] = [];
    const micros: number[] = [];
    await ours();
    await bare();
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = round % 2 === 0 ? [await time(ours), await time(bare)] : [await time(bare), await time(ours)].reverse();
      ratios.push((first ?? NaN) / (second ?? NaN));
      micros.push((1000 * (first ?? NaN)) / each);
    }
    figures.push({ name: `verifyJwt, ${algorithm}`, baseline: 'jsonwebtoken.verify', ratio: median(ratios), limit: 1.1, note: `${median(micros).toFixed(0)} µs a token` });
  }
  return figures;
}

async function time(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
