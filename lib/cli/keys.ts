import { resolve } from 'node:path';
import { CannotWrite, replaceFile } from '../files/index.ts';
import {
  type Change, generateKeys, isKeyFile, type KeyAlgorithm, keyAlgorithms, type KeySet, type KeySettings, KeysError, phaseOf, publicKeys, readKeys, retirableAt, retireKeys,
  rotateKeys, signingKey, type Step, upcoming,
} from '../keys/index.ts';
import { goDuration } from '../schema/index.ts';
import type { Result } from './check.ts';
import { oneOf, Usage } from './usage.ts';

export interface KeysFlags {
  readonly format: string;
  readonly dryRun?: boolean | undefined;
  readonly algorithm?: string | undefined;
  readonly maxTokenLife?: string | undefined;
  readonly refresh?: string | undefined;
  readonly keyLife?: string | undefined;
  readonly out?: string | undefined;
  readonly compromised?: boolean | undefined;
}

/** `meshwright keys generate`: makes a folder with the first key of an issuer. */
export function keysGenerateCommand(folder: string, flags: KeysFlags): Result {
  return said(folder, flags, now => generateKeys(folder, settingsOf(flags), { dryRun: flags.dryRun, now }));
}

/** `meshwright keys rotate`: publishes the next key, or says how far its rotation has come. */
export function keysRotateCommand(folder: string, flags: KeysFlags): Result {
  return said(folder, flags, now => rotateKeys(folder, settingsOf(flags), { dryRun: flags.dryRun, now }));
}

/** `meshwright keys retire`: takes away the keys that no living token needs. */
export function keysRetireCommand(folder: string, kid: string | undefined, flags: KeysFlags): Result {
  if (flags.compromised && kid === undefined) throw new Usage('--compromised needs the id of the key that may be in other hands');
  return said(folder, flags, now => retireKeys(folder, { kid, compromised: flags.compromised, dryRun: flags.dryRun, now }));
}

/** `meshwright keys publish`: the public parts of the keys, as a JWKS. */
export function keysPublishCommand(folder: string, flags: KeysFlags): Result {
  const format = oneOf('--format', ['text', 'json'] as const, flags.format);
  return guarded(() => {
    const set = readKeys(folder);
    const jwks = `${JSON.stringify(publicKeys(set), undefined, 2)}\n`;
    // Public, and often read by another user's server.
    if (flags.out !== undefined && isKeyFile(folder, flags.out)) throw new Usage(`--out must be another file than that of the keys themselves, got ${flags.out}`);
    if (flags.out !== undefined) replaceFile(resolve(flags.out), jwks, { mode: 0o644 });
    const kids = set.keys.map(({ kid }) => kid);
    const text = flags.out === undefined ? jwks : format === 'json' ? `${JSON.stringify({ out: flags.out, keys: kids })}\n` : `${flags.out}: ${kids.length} public ${kids.length === 1 ? 'key' : 'keys'} (${kids.join(', ')})\n`;
    return { stdout: text, status: 0, ...warning(folder, set, Date.now()) };
  });
}

function said(folder: string, flags: KeysFlags, make: (now: number) => Change): Result {
  const format = oneOf('--format', ['text', 'json'] as const, flags.format);
  return guarded(() => {
    const now = Date.now();
    const change = make(now);
    const dryRun = flags.dryRun ?? false;
    const named = dryRun ? withoutNewIds(folder, change) : change;
    return { stdout: format === 'json' ? jsonOf(folder, named, now, dryRun) : textOf(folder, named, now, dryRun), status: 0, ...warning(folder, change.after, now) };
  });
}

/** A dry run makes a key only to throw it away; its id would promise what the real run does not keep. */
function withoutNewIds(folder: string, { after, done }: Change): Change {
  const known = new Set(tryRead(folder)?.keys.map(({ kid }) => kid));
  const named = <Named extends { readonly kid: string }>(thing: Named): Named => (known.has(thing.kid) ? thing : { ...thing, kid: 'new' });
  return { after: { ...after, keys: after.keys.map(named) }, done: done.map(named) };
}

function tryRead(folder: string): KeySet | undefined {
  try {
    return readKeys(folder);
  } catch {
    return undefined;
  }
}

function jsonOf(folder: string, { after, done }: Change, now: number, dryRun: boolean): string {
  const keys = after.keys.map(key => {
    const retirable = retirableAt(after, key);
    return {
      kid: key.kid, algorithm: key.algorithm, phase: phaseOf(after, key, now), publishedAt: iso(key.publishedAt), activeFrom: iso(key.activeFrom),
      expiresAt: iso(key.expiresAt), ...(retirable === undefined ? {} : { retirableAt: iso(retirable) }),
    };
  });
  const step = ({ do: what, at, kid }: Step): object => ({ at: iso(at), do: what, kid });
  return `${JSON.stringify({ folder, dryRun, settings: after.settings, keys, done: done.map(step), upcoming: upcoming(after, now).map(step) }, undefined, 2)}\n`;
}

function textOf(folder: string, { after, done }: Change, now: number, dryRun: boolean): string {
  const head = done.length === 0 ? `${folder}: nothing to do now\n` : `${folder}:${dryRun ? ' a dry run, nothing is written' : ''}\n`;
  const past = done.map(step => `  ${iso(step.at)}  ${dryRun ? 'would be done' : 'done'.padEnd(13)}  ${sentence(step)}\n`);
  const ahead = upcoming(after, now).map(step => `  ${iso(step.at)}  ${(step.at <= now ? 'due' : 'to come').padEnd(13)}  ${sentence(step)}\n`);
  return [head, ...past, ...ahead].join('');
}

const sentences: Readonly<Record<Step['do'], (kid: string) => string>> = {
  publish: kid => `publish key ${kid}`,
  sign: kid => `sign with key ${kid}`,
  'forget private part': kid => `forget the private part of key ${kid}, which no longer signs`,
  retire: kid => `retire key ${kid}: no token that it signed is alive`,
  revoke: kid => `revoke key ${kid}: every token that it signed is refused`,
  'rotate again': kid => `rotate again at the latest, before key ${kid} ends`,
};

function sentence({ do: what, kid }: Step): string {
  return sentences[what](kid);
}

function warning(folder: string, set: KeySet, now: number): { readonly stderr?: string } {
  if (signingKey(set, now)) return {};
  const ended = set.keys.findLast(({ activeFrom }) => activeFrom <= now);
  const next = set.keys.find(({ activeFrom }) => activeFrom > now);
  const cure = next ? `key ${next.kid} signs from ${iso(next.activeFrom)}` : `run meshwright keys rotate ${folder}`;
  return { stderr: `no key of ${folder} may sign: ${ended ? `key ${ended.kid} expired at ${iso(ended.expiresAt)}; ` : ''}${cure}` };
}

/** What was asked for cannot be done: one sentence, and status 2. */
function guarded(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof KeysError || error instanceof CannotWrite) return { stdout: '', status: 2, stderr: error.message };
    throw error;
  }
}

function settingsOf(flags: KeysFlags): Partial<KeySettings> {
  return {
    ...(flags.algorithm === undefined ? {} : { algorithm: oneOf<KeyAlgorithm>('--algorithm', keyAlgorithms, flags.algorithm) }),
    ...(flags.maxTokenLife === undefined ? {} : { maxTokenLife: seconds('--max-token-life', flags.maxTokenLife) }),
    ...(flags.refresh === undefined ? {} : { refresh: seconds('--refresh', flags.refresh) }),
    ...(flags.keyLife === undefined ? {} : { keyLife: seconds('--key-life', flags.keyLife) }),
  };
}

/** `90d`, or a duration as Go writes it. */
function seconds(option: string, given: string): number {
  const days = /^(\d{1,5})d$/.exec(given)?.[1];
  const nanoseconds = days === undefined ? goDuration(given) : BigInt(days) * 86_400_000_000_000n;
  if (nanoseconds === undefined || nanoseconds < 1_000_000_000n || nanoseconds % 1_000_000_000n !== 0n) throw new Usage(`${option} must be a duration of whole seconds such as 20m, 1h or 90d, got ${JSON.stringify(given)}`);
  return Number(nanoseconds / 1_000_000_000n);
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
