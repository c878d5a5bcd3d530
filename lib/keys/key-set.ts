import type { Jwk, KeyAlgorithm } from './signing-key.ts';
import { publicPart } from './signing-key.ts';

/** The keys of one issuer, and the times that rotation keeps to: what a key folder holds. */
export interface KeySet {
  readonly settings: KeySettings;
  /** By the time from which they sign, the first first. */
  readonly keys: readonly Key[];
}

/** How keys are made and replaced. */
export interface KeySettings {
  readonly algorithm: KeyAlgorithm;
  /** The longest that a token may live, in seconds. */
  readonly maxTokenLife: number;
  /** How long until everyone who verifies has seen a change of the published keys, in seconds. */
  readonly refresh: number;
  /** How long a key may sign, in seconds. */
  readonly keyLife: number;
}

/**
 * What holds where nothing is said. istiod fetches keys every 20 minutes.
 *
 * Source: https://istio.io/latest/docs/reference/commands/pilot-discovery/ (PILOT_JWT_PUB_KEY_REFRESH_INTERVAL)
 */
export const defaultSettings: KeySettings = { algorithm: 'ES256', maxTokenLife: 3600, refresh: 20 * 60, keyLife: 90 * 24 * 3600 };

/**
 * What is added to the refresh, in seconds: istiod tries again when a fetch fails, pushes take a while, responses are cached
 * for a minute, clocks differ.
 */
export const slack = 5 * 60;

/** How long until a change of the published keys has surely reached everyone who verifies, in milliseconds. */
export function known({ refresh }: KeySettings): number {
  return 1000 * (refresh + slack);
}

/** One key, from its publication to the end of the last token that it signed. Times are milliseconds since 1970. */
export interface Key {
  /** Its thumbprint (RFC 7638). */
  readonly kid: string;
  readonly algorithm: KeyAlgorithm;
  readonly publishedAt: number;
  /** It signs from here on, until the next key does. */
  readonly activeFrom: number;
  /** It does not sign from here on, even if no other key does. */
  readonly expiresAt: number;
  /** The longest that a token signed with it may live, in seconds. */
  readonly maxTokenLife: number;
  /** With its private part while it may sign. */
  readonly jwk: Jwk;
}

/** `next` is published and does not sign yet; `past` no longer signs, and tokens that it signed may still live. */
export type Phase = 'next' | 'signing' | 'expired' | 'past';

export function phaseOf(set: KeySet, key: Key, now: number): Phase {
  if (key.activeFrom > now) return 'next';
  if (successorOf(set, key, now)) return 'past';
  return key.expiresAt > now ? 'signing' : 'expired';
}

/** The key that signs now; undefined when the last one has expired. */
export function signingKey(set: KeySet, now: number): Key | undefined {
  const last = set.keys.findLast(key => key.activeFrom <= now);
  return last && last.expiresAt > now ? last : undefined;
}

/**
 * From when on no one needs a key: its last token has ended, and everyone who verifies had time to learn of its going.
 * Undefined while no successor is planned.
 */
export function retirableAt(set: KeySet, key: Key): number | undefined {
  const successor = set.keys[set.keys.indexOf(key) + 1];
  return successor && Math.min(successor.activeFrom, key.expiresAt) + 1000 * key.maxTokenLife + known(set.settings);
}

/** The public parts of all keys, as a JWKS: those that sign, will sign, or have signed what may still live. */
export function publicKeys({ keys }: KeySet): { readonly keys: readonly Jwk[] } {
  return { keys: keys.map(({ kid, algorithm, jwk }) => ({ ...publicPart(jwk), kid, alg: algorithm, use: 'sig' })) };
}

function successorOf({ keys }: KeySet, key: Key, now: number): Key | undefined {
  const successor = keys[keys.indexOf(key) + 1];
  return successor && successor.activeFrom <= now ? successor : undefined;
}
