import { defaultSettings, type Key, type KeySet, type KeySettings, known, phaseOf, retirableAt, slack } from './key-set.ts';
import { KeysError } from './keys-error.ts';
import { newKey, publicPart, thumbprint } from './signing-key.ts';

/** A change of the keys, made or to be made. */
export interface Change {
  /** The keys after it. */
  readonly after: KeySet;
  /** What was found to do now. Nothing, when empty. */
  readonly done: readonly Step[];
}

/** One thing that happens to one key. */
export interface Step {
  readonly do: 'publish' | 'sign' | 'forget private part' | 'retire' | 'revoke' | 'rotate again';
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kid: string;
}

/** The first key of a folder. It signs at once: nobody has fetched anything yet. */
export function firstKeys(given: Partial<KeySettings>, now: number): Change {
  const settings = settingsOf(defaultSettings, given);
  const key = keyFrom(settings, now, now);
  return { after: { settings, keys: [key] }, done: [{ do: 'publish', at: now, kid: key.kid }, { do: 'sign', at: now, kid: key.kid }] };
}

/**
 * Begins the next rotation, or goes on with the one that is under way: the next key is published now and signs when
 * everyone who verifies has had time to fetch it; keys that are due for it are retired.
 */
export function rotated(before: KeySet, given: Partial<KeySettings>, now: number): Change {
  refuseTimeToCome(before, now);
  const { after, done } = retired(before, now);
  const next = after.keys.find(key => phaseOf(after, key, now) === 'next');
  const settings = settingsOf(after.settings, given);
  if (next) {
    if (Object.keys(given).length === 0) return { after, done };
    throw new KeysError('ERR_KEYS_ROTATING', `a rotation is under way until ${new Date(next.activeFrom).toISOString()}; give settings to the one that follows it`);
  }
  const key = keyFrom(settings, now, now + known(settings));
  return { after: { settings, keys: [...after.keys, key] }, done: [...done, { do: 'publish', at: now, kid: key.kid }] };
}

/** Takes away the keys that no living token needs, and the private part of those that no longer sign. */
export function retired(before: KeySet, now: number): Change {
  const due = before.keys.filter(key => (retirableAt(before, key) ?? Infinity) <= now);
  const kept = before.keys.filter(key => !due.includes(key));
  // A service whose clock or copy of the folder is behind may sign with the old key a little longer.
  const forgettable = (key: Key): boolean => key.jwk.d !== undefined && kept.some(other => other.activeFrom > key.activeFrom && other.activeFrom + known(before.settings) <= now);
  return {
    after: { settings: before.settings, keys: kept.map(key => (forgettable(key) ? { ...key, jwk: publicPart(key.jwk) } : key)) },
    done: [
      ...due.map(({ kid }): Step => ({ do: 'retire', at: now, kid })),
      ...kept.filter(forgettable).map(({ kid }): Step => ({ do: 'forget private part', at: now, kid })),
    ],
  };
}

/** Takes away one key that no living token needs. @throws KeysError, when one may */
export function retiredKey(before: KeySet, kid: string, now: number): Change {
  const key = keyOf(before, kid);
  const at = retirableAt(before, key);
  if (at !== undefined && at <= now) return { after: without(before, key), done: [{ do: 'retire', at: now, kid }] };
  const until = at === undefined ? 'no other key follows it; run meshwright keys rotate first' : `tokens that it signed may live until ${new Date(at).toISOString()}`;
  throw new KeysError('ERR_KEYS_NEEDED', `key ${kid} is still needed: ${until}, or take it away at once with --compromised`);
}

/** Takes away a key that someone else may have, at once: tokens that it signed are refused from here on. The next key signs at once, too. */
export function revoked(before: KeySet, kid: string, now: number): Change {
  const key = keyOf(before, kid);
  const { settings, keys } = without(before, key);
  const revoke: Step = { do: 'revoke', at: now, kid };
  if (keys.some(({ activeFrom }) => activeFrom <= now && (activeFrom > key.activeFrom || key.activeFrom > now))) return { after: { settings, keys }, done: [revoke] };
  const next = keys.find(({ activeFrom }) => activeFrom > now);
  const signing = next ? fromNow(next, settings, now) : keyFrom(settings, now, now);
  const done: Step[] = [revoke, ...(next ? [] : [{ do: 'publish', at: now, kid: signing.kid } as const]), { do: 'sign', at: now, kid: signing.kid }];
  // In its place: where the clock went back, others follow that are yet to come.
  return { after: { settings, keys: next ? keys.map(other => (other === next ? signing : other)) : [...keys, signing] }, done };
}

function fromNow(key: Key, { keyLife }: KeySettings, now: number): Key {
  return { ...key, publishedAt: Math.min(key.publishedAt, now), activeFrom: now, expiresAt: Math.min(key.expiresAt, now + 1000 * keyLife) };
}

/** A key that was published in time to come would stand in the way of every rotation until then. */
function refuseTimeToCome({ keys }: KeySet, now: number): void {
  const key = keys.find(({ publishedAt }) => publishedAt > now + 1000 * slack);
  if (!key) return;
  throw new KeysError('ERR_KEYS_CLOCK', `key ${key.kid} was published at ${new Date(key.publishedAt).toISOString()}, and the clock says ${new Date(now).toISOString()}; put the clock right, or, where it was ahead then, take the key away with keys retire and --compromised`);
}

/** What is yet to come, in the order of time. */
export function upcoming(set: KeySet, now: number): readonly Step[] {
  const last = set.keys.at(-1);
  const steps = set.keys.flatMap((key): Step[] => {
    const at = retirableAt(set, key);
    return [
      ...(key.activeFrom > now ? [{ do: 'sign', at: key.activeFrom, kid: key.kid } as const] : []),
      ...(at === undefined ? [] : [{ do: 'retire', at, kid: key.kid } as const]),
    ];
  });
  // The next key is published before this one ends, so that there is always one that signs.
  if (last) steps.push({ do: 'rotate again', at: last.expiresAt - known(set.settings), kid: last.kid });
  return steps.sort((a, b) => a.at - b.at);
}

function settingsOf(before: KeySettings, given: Partial<KeySettings>): KeySettings {
  const settings = { ...before, ...given };
  for (const name of ['maxTokenLife', 'refresh', 'keyLife'] as const) {
    if (!Number.isInteger(settings[name]) || settings[name] < 1) throw new KeysError('ERR_KEYS_SETTINGS', `${name} must be a whole number of seconds, at least 1, got ${settings[name]}`);
  }
  if (1000 * settings.keyLife > known(settings)) return settings;
  throw new KeysError('ERR_KEYS_SETTINGS', `keyLife must be more than ${known(settings) / 1000} s, which the next key takes to be known, got ${settings.keyLife} s`);
}

function keyFrom({ algorithm, keyLife, maxTokenLife }: KeySettings, publishedAt: number, activeFrom: number): Key {
  const jwk = newKey(algorithm);
  return { kid: thumbprint(jwk), algorithm, publishedAt, activeFrom, expiresAt: activeFrom + 1000 * keyLife, maxTokenLife, jwk };
}

function keyOf({ keys }: KeySet, kid: string): Key {
  const key = keys.find(other => other.kid === kid);
  if (key) return key;
  throw new KeysError('ERR_KEYS_UNKNOWN', `there is no key ${JSON.stringify(kid)}; there are ${keys.map(({ kid }) => kid).join(', ')}`);
}

function without({ settings, keys }: KeySet, key: Key): KeySet {
  return { settings, keys: keys.filter(other => other !== key) };
}
