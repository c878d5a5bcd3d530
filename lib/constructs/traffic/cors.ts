import type { Duration } from 'cdk8s';
import type { CorsPolicy } from '../l1.ts';
import { regex } from '../values/regex.ts';
import type { TextMatch } from '../values/text-match.ts';
import { goDuration } from '../values/time.ts';
import { stringMatch } from './http-match.ts';

/** Origins that pages may come from. */
export type Origin = Exclude<TextMatch, { kind: 'present' }>;

/**
 * The origins of pages, as `https://shop.example.com`.
 *
 * @example
 * Origin.exact('https://shop.example.com')
 */
export const Origin = {
  exact: (value: string): Origin => ({ kind: 'exact', value }),
  prefix: (value: string): Origin => ({ kind: 'prefix', value }),
  /** RE2, over the whole origin. */
  regex: (value: string): Origin => ({ kind: 'regex', value: regex('Origin.regex', value) }),
};

/** Which pages of other origins may read what requests bring. */
export interface Cors {
  readonly origins: readonly Origin[];
  /** @default - none are named, so only what browsers call simple */
  readonly methods?: readonly ('GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'CONNECT' | 'OPTIONS' | 'TRACE' | '*')[] | undefined;
  /** Headers that a page may send. @default - none */
  readonly headers?: readonly string[] | undefined;
  /** Headers of the response that a page may read. @default - none */
  readonly exposes?: readonly string[] | undefined;
  /** Whether a page may send cookies. @default false */
  readonly credentials?: boolean | undefined;
  /** How long a browser may remember this, in whole seconds. @default - as the browser likes */
  readonly maxAge?: Duration | undefined;
  /** What becomes of a preflight request of another origin. @default FORWARD */
  readonly unmatchedPreflights?: 'FORWARD' | 'IGNORE' | undefined;
}

/** Prints it as a VirtualService takes it. */
export function corsPolicy(where: string, cors: Cors): CorsPolicy {
  const { origins, methods, headers, exposes, credentials, maxAge, unmatchedPreflights } = cors;
  if (origins.length === 0) throw new Error(`${where}: cors.origins is empty, so no page may read anything; leave cors out`);
  if (credentials === true && origins.some(origin => origin.kind !== 'exact' && /^(?:\.\*)?$/.test(origin.value))) {
    throw new Error(`${where}: cors lets every page send cookies; name the origins, or leave credentials out`);
  }
  if (maxAge && !Number.isInteger(maxAge.toSeconds({ integral: false }))) throw new Error(`${where}: cors.maxAge must be whole seconds, got ${maxAge.toMilliseconds()} ms`);
  return {
    allowOrigins: origins.map(stringMatch),
    ...(methods ? { allowMethods: [...methods] } : {}),
    ...(headers ? { allowHeaders: [...headers] } : {}),
    ...(exposes ? { exposeHeaders: [...exposes] } : {}),
    ...(credentials === undefined ? {} : { allowCredentials: credentials }),
    ...(maxAge ? { maxAge: goDuration(where, 'cors.maxAge', maxAge) } : {}),
    ...(unmatchedPreflights ? { unmatchedPreflights } : {}),
  };
}
