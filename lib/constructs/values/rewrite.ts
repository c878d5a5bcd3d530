import { regex as checked } from './regex.ts';

/** What a request is changed to before it is sent on. */
export interface Rewrite {
  /** The new path: in the place of the whole one, or of the prefix that matched. */
  readonly path?: { readonly of: 'whole' | 'prefix'; readonly to: string } | undefined;
  /** What of the path is replaced, by RE2, and with what; `\1` is the first group. */
  readonly regex?: { readonly match: string; readonly rewrite: string } | undefined;
  /** The new host. */
  readonly authority?: string | undefined;
}

interface Also {
  /** The host that the request then asks for. @default - as it was */
  readonly authority?: string | undefined;
}

/**
 * What a request is changed to before it is sent on.
 *
 * @example
 * Rewrite.prefix('/v2/')
 */
export const Rewrite = {
  /** A path in the place of the whole one. The route matches whole paths. */
  path: (to: string, also: Also = {}): Rewrite => ({ path: { of: 'whole', to: absolute(to) }, ...also }),
  /** Another prefix in the place of the one that the route matches. Slashes are not mended: match `/old/` to replace it by `/new/`. */
  prefix: (to: string, also: Also = {}): Rewrite => ({ path: { of: 'prefix', to: absolute(to) }, ...also }),
  /** Every part of the path that an RE2 expression matches; `\1` is its first group. */
  regex: (match: string, rewrite: string, also: Also = {}): Rewrite => ({ regex: { match: checked('Rewrite.regex', match), rewrite }, ...also }),
  /** Another host. */
  authority: (authority: string): Rewrite => ({ authority }),
};

function absolute(path: string): string {
  if (path.startsWith('/')) return path;
  throw new Error(`Rewrite: a path begins with "/", got ${JSON.stringify(path)}`);
}
