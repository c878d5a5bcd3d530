import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Key, KeySet, KeySettings } from './key-set.ts';
import { type Jwk, keyAlgorithms, thumbprint } from './signing-key.ts';

/** Written so that a later form can tell itself apart. */
const version = 1;

/** The text of the file that holds a key set. */
export function keyFileText({ settings, keys }: KeySet): string {
  const written = keys.map(key => ({ ...key, publishedAt: iso(key.publishedAt), activeFrom: iso(key.activeFrom), expiresAt: iso(key.expiresAt) }));
  return `${JSON.stringify({ version, settings, keys: written }, undefined, 2)}\n`;
}

/** Reads what `keyFileText` wrote. What is wrong is said without quoting the text: it holds private keys. */
export function parseKeyFile(text: string): KeySet | { readonly wrong: string } {
  let file;
  try {
    file = JSON.parse(text) as unknown;
  } catch {
    return { wrong: 'it is not JSON' };
  }
  if (!isRecord(file)) return { wrong: 'it is not an object' };
  if (file.version !== version) return { wrong: `its version is not ${version}: another release of Meshwright wrote it` };
  const { settings, keys } = file;
  if (!isRecord(settings) || !isAlgorithm(settings.algorithm) || ![settings.maxTokenLife, settings.refresh, settings.keyLife].every(isSeconds)) return { wrong: 'its settings are not complete' };
  if (!Array.isArray(keys) || keys.length === 0) return { wrong: 'it holds no key' };
  const read = keys.map(keyOf);
  const broken = read.findIndex(key => typeof key === 'string');
  if (broken >= 0) return { wrong: `its key ${broken + 1} of ${keys.length} ${read[broken] as string}` };
  const sorted = read as Key[];
  if (sorted.some((key, i) => key.activeFrom < (sorted[i - 1]?.activeFrom ?? -Infinity))) return { wrong: 'its keys are not in the order in which they sign' };
  return { settings: settings as unknown as KeySettings, keys: sorted };
}

/** A key, or what is wrong with it. */
function keyOf(given: unknown): Key | string {
  if (!isRecord(given) || !isRecord(given.jwk) || !isAlgorithm(given.algorithm) || !isSeconds(given.maxTokenLife)) return 'is not complete';
  const times = [given.publishedAt, given.activeFrom, given.expiresAt].map(time => (typeof time === 'string' ? Date.parse(time) : NaN));
  const [publishedAt = NaN, activeFrom = NaN, expiresAt = NaN] = times;
  if (times.some(time => Number.isNaN(time))) return 'has a time that is none';
  const jwk = given.jwk as Jwk;
  // A key that was damaged, or swapped by hand, would sign tokens that no one can verify.
  if (!isKey(jwk) || jwk.kty !== (given.algorithm === 'ES256' ? 'EC' : 'RSA')) return 'is no key of its algorithm';
  if (given.kid !== thumbprint(jwk)) return 'does not have the id that its material gives';
  return { kid: given.kid, algorithm: given.algorithm, publishedAt, activeFrom, expiresAt, maxTokenLife: given.maxTokenLife, jwk };
}

function isKey(jwk: Jwk): boolean {
  try {
    const key = jwk.d === undefined ? createPublicKey({ key: jwk, format: 'jwk' }) : createPrivateKey({ key: jwk, format: 'jwk' });
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAlgorithm(value: unknown): value is Key['algorithm'] {
  return keyAlgorithms.some(algorithm => algorithm === value);
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
