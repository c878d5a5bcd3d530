import { regex } from './regex.ts';
import { apart, type TextMatch } from './text-match.ts';

/** A set of paths: one path, or all that begin alike. */
export interface PathMatch {
  readonly on: 'path';
  readonly test: Extract<TextMatch, { kind: 'exact' | 'prefix' }>;
}

/** A set of paths by a regular expression. */
export interface PathPattern {
  readonly on: 'path';
  readonly test: Extract<TextMatch, { kind: 'regex' }>;
}

/**
 * The paths of requests, without the query.
 *
 * @example
 * Path.prefix('/static/')
 */
export const Path = {
  /** One path. */
  exact: (value: string): PathMatch => ({ on: 'path', test: { kind: 'exact', value: absolute(value) } }),
  /** Every path that begins with this text; `/api` also begins `/apiary`, `/api/` does not. */
  prefix: (value: string): PathMatch => ({ on: 'path', test: { kind: 'prefix', value: absolute(value) } }),
  /** Every path that this RE2 expression matches as a whole. */
  regex: (value: string): PathPattern => ({ on: 'path', test: { kind: 'regex', value: regex('Path.regex', value) } }),
  /** The same paths in any spelling of their letters. */
  ignoreCase: ({ test }: PathMatch): PathMatch => ({ on: 'path', test: { ...test, ignoreCase: true } }),
};

/** Whether some path is in both sets. */
export function overlap(a: PathMatch, b: PathMatch): boolean {
  return !apart(a.test, b.test);
}

function absolute(path: string): string {
  if (path.startsWith('/')) return path;
  throw new Error(`Path: a path begins with "/", got ${JSON.stringify(path)}`);
}
