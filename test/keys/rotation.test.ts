import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeySet, phaseOf, publicKeys, signingKey, upcoming } from '../../lib/keys/index.ts';
import { type Change, firstKeys, retired, retiredKey, revoked, rotated } from '../../lib/keys/rotation.ts';

const minute = 60_000;
const start = Date.parse('2026-01-01T00:00:00Z');
const first = firstKeys({}, start).after;
const phases = (set: KeySet, now: number): string[] => set.keys.map(key => phaseOf(set, key, now));
const at = ({ after }: Change, now: number): [string, string][] => upcoming(after, now).map(({ do: what, at }) => [what, new Date(at).toISOString().slice(0, 16)]);

test('the first key signs at once', () => {
  expect(phases(first, start)).toEqual(['signing']);
});

test('the next key is published for 20 minutes and some before it signs, and the old one until its last token has ended', () => {
  const change = rotated(first, {}, start);
  expect(phases(change.after, start)).toEqual(['signing', 'next']);
  expect(at(change, start)).toEqual([['sign', '2026-01-01T00:25'], ['retire', '2026-01-01T01:50'], ['rotate again', '2026-04-01T00:00']]);
  expect(phases(change.after, start + 25 * minute)).toEqual(['past', 'signing']);
});

test('a rotation that is under way is not begun again', () => {
  const once = rotated(first, {}, start);
  const twice = rotated(once.after, {}, start + 24 * minute);
  expect(twice.after).toEqual(once.after);
  expect(twice.done).toEqual([]);
  expect(() => rotated(once.after, { algorithm: 'RS256' }, start)).toThrow('a rotation is under way until 2026-01-01T00:25:00.000Z; give settings to the one that follows it');
});

test('a rotation takes away what is due, and the private part of what no longer signs', () => {
  const second = rotated(first, {}, start).after;
  const third = rotated(second, {}, start + 60 * minute);
  expect(third.done.map(({ do: what }) => what)).toEqual(['forget private part', 'publish']);
  expect(third.after.keys.map(({ jwk }) => jwk.d !== undefined)).toEqual([false, true, true]);
  expect(rotated(third.after, {}, start + 110 * minute).done.map(({ do: what }) => what)).toEqual(['retire', 'forget private part', 'publish']);
});

test('a rotation may bring another algorithm and other times, for the keys that follow', () => {
  const { after } = rotated(first, { algorithm: 'PS256', maxTokenLife: 60 }, start);
  expect(after.keys.map(({ algorithm, maxTokenLife }) => [algorithm, maxTokenLife])).toEqual([['ES256', 3600], ['PS256', 60]]);
  expect(publicKeys(after).keys.map(({ kty, alg }) => [kty, alg])).toEqual([['EC', 'ES256'], ['RSA', 'PS256']]);
});

test.each([
  [{ keyLife: 1500 }, 'keyLife must be more than 1500 s, which the next key takes to be known, got 1500 s'],
  [{ maxTokenLife: 0 }, 'maxTokenLife must be a whole number of seconds, at least 1, got 0'],
  [{ refresh: NaN }, 'refresh must be a whole number of seconds, at least 1, got NaN'],
])('settings that cannot work are refused: %j', (settings, message) => {
  expect(() => firstKeys(settings, start)).toThrow(message);
});

test('a key that may still be needed is not retired, unless it is compromised', () => {
  const { after } = rotated(first, {}, start);
  const [old = '', next = ''] = after.keys.map(({ kid }) => kid);
  expect(() => retiredKey(after, old, start + 60 * minute)).toThrow(`key ${old} is still needed: tokens that it signed may live until 2026-01-01T01:50:00.000Z, or take it away at once with --compromised`);
  expect(() => retiredKey(after, next, start)).toThrow('no other key follows it; run meshwright keys rotate first');
  expect(() => retiredKey(after, 'x', start)).toThrow(`there is no key "x"; there are ${old}, ${next}`);
  expect(retiredKey(after, old, start + 110 * minute).after.keys.map(({ kid }) => kid)).toEqual([next]);
});

describe('revoking', () => {
  test('the key that signs makes the next one sign at once', () => {
    const { after } = rotated(first, {}, start);
    const change = revoked(after, after.keys[0]?.kid ?? '', start + minute);
    expect(change.done.map(({ do: what, kid }) => [what, kid])).toEqual([['revoke', after.keys[0]?.kid], ['sign', after.keys[1]?.kid]]);
    expect(phases(change.after, start + minute)).toEqual(['signing']);
  });

  test('the only key makes a new one', () => {
    const change = revoked(first, first.keys[0]?.kid ?? '', start + minute);
    expect(change.done.map(({ do: what }) => what)).toEqual(['revoke', 'publish', 'sign']);
    expect(phases(change.after, start + minute)).toEqual(['signing']);
  });

  test('a key that does not sign yet, or no longer, changes nothing else', () => {
    const { after } = rotated(first, {}, start);
    for (const [i, now] of [[1, start], [0, start + 30 * minute]] as const) {
      expect(revoked(after, after.keys[i]?.kid ?? '', now).after.keys).toEqual(after.keys.filter(key => key !== after.keys[i]));
    }
  });
});

describe('where the clock was ahead and is right again', () => {
  const year = 365 * 24 * 60 * minute;

  test('a rotation says so, and does nothing', () => {
    const ahead = firstKeys({}, start + year).after;
    expect(() => rotated(ahead, {}, start)).toThrow(`key ${ahead.keys[0]?.kid ?? ''} was published at 2027-01-01T00:00:00.000Z, and the clock says 2026-01-01T00:00:00.000Z; put the clock right, or, where it was ahead then, take the key away with keys retire and --compromised`);
  });

  test('keys can be taken away, and one is left that signs, in the order in which they do', () => {
    const ahead = firstKeys({}, start + year).after;
    expect(phases(revoked(ahead, ahead.keys[0]?.kid ?? '', start).after, start)).toEqual(['signing']);
    const three = rotated(rotated(first, {}, start + year / 36).after, {}, start + year / 36 + 30 * minute).after;
    const { after } = revoked(three, three.keys[0]?.kid ?? '', start);
    expect(phases(after, start)).toEqual(['signing', 'next']);
    expect(after.keys[0]?.expiresAt).toBe(start + 90 * 24 * 60 * minute);
  });
});

// What the overlap is for: whenever anyone rotates or retires, no token that lives is refused, even by a verifier whose
// copy of the published keys is as old as the settings allow.
test('every token is verified while it lives, by everyone who has fetched the keys lately, whatever is rotated when', () => {
  const act = fc.record({ wait: fc.integer({ min: 0, max: 200 }), what: fc.constantFrom('rotate', 'retire', 'none') });
  fc.assert(fc.property(fc.array(act, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 40 }), (acts, life, refresh) => {
    let now = start;
    let set = firstKeys({ maxTokenLife: 60 * life, refresh: 60 * refresh }, now).after;
    const published: { readonly at: number; readonly kids: readonly string[] }[] = [];
    const signedBy: { readonly at: number; readonly kid: string }[] = [];
    for (const { wait, what } of acts) {
      published.push({ at: now, kids: set.keys.map(({ kid }) => kid) });
      for (let i = 0; i <= wait; i += 1) signedBy.push({ at: now + i * minute, kid: signingKey(set, now + i * minute)?.kid ?? '' });
      now += wait * minute;
      set = what === 'rotate' ? rotated(set, {}, now).after : what === 'retire' ? retired(set, now).after : set;
    }
    const known = (time: number): readonly string[] => published.findLast(({ at }) => at <= time)?.kids ?? published[0]?.kids ?? [];
    for (const { at, kid } of signedBy) {
      for (let age = 0; age <= life; age += Math.max(1, life >> 2)) {
        for (const stale of [0, refresh >> 1, refresh]) {
          const fetched = at + (age - stale) * minute;
          if (fetched <= now && !known(fetched).includes(kid)) throw new Error(`key ${kid} signed at ${at}, and was not among those published at ${fetched}`);
        }
      }
    }
  }), { numRuns: 100 });
});
