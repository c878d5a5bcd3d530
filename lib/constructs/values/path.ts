import type { TextMatch } from './text-match.ts';

/** A set of paths: one path, or all that begin alike. */
export type PathMatch = Extract<TextMatch, { kind: 'exact' | 'prefix' }>;

/**
 * The paths of requests.
 *
 * @example
 * Path.prefix('/static/')
 */
export const Path = {
  /** One path. */
  exact: (value: string): PathMatch => ({ kind: 'exact', value: absolute(value) }),
  /** Every path that begins with this text; `/api` also begins `/apiary`, `/api/` does not. */
  prefix: (value: string): PathMatch => ({ kind: 'prefix', value: absolute(value) }),
};

/** Whether some path is in both sets. */
export function overlap(a: PathMatch, b: PathMatch): boolean {
  if (a.kind === 'exact') return b.kind === 'exact' ? a.value === b.value : a.value.startsWith(b.value);
  return b.kind === 'exact' ? b.value.startsWith(a.value) : a.value.startsWith(b.value) || b.value.startsWith(a.value);
}

function absolute(path: string): string {
  if (path.startsWith('/')) return path;
  throw new Error(`Path: a path begins with "/", got ${JSON.stringify(path)}`);
}
