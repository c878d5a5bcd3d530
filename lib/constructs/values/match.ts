import { literalInRegex, type TextMatch } from './text-match.ts';

/** A test on one header; a request passes a list of them when it passes each. */
export interface HeaderMatch {
  /** Lower case, as HTTP/2 carries it. */
  readonly header: string;
  readonly test: TextMatch;
}

/**
 * What a request must look like.
 *
 * @example
 * Match.header('end-user').exact('jason')
 */
export const Match = {
  /** Requests by a header. Names are compared without case. */
  header(name: string): {
    readonly exact: (value: string) => HeaderMatch;
    readonly prefix: (value: string) => HeaderMatch;
    /** RE2, over the whole value. */
    readonly regex: (value: string) => HeaderMatch;
    readonly present: () => HeaderMatch;
  } {
    const header = headerName(name);
    return {
      exact: value => ({ header, test: { kind: 'exact', value } }),
      prefix: value => ({ header, test: { kind: 'prefix', value } }),
      regex: value => ({ header, test: { kind: 'regex', value } }),
      present: () => ({ header, test: { kind: 'present' } }),
    };
  },

  /** Requests by a cookie: one `name=value` among others of the Cookie header. */
  cookie(name: string): { readonly exact: (value: string) => HeaderMatch; readonly present: () => HeaderMatch } {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new Error(`Match.cookie: ${JSON.stringify(name)} is no cookie name`);
    const pair = (value: string): HeaderMatch => ({
      header: 'cookie',
      test: { kind: 'regex', value: `(.*;[ ]?)?${literalInRegex(name)}=${value}(;.*)?` },
    });
    return { exact: value => pair(literalInRegex(value)), present: () => pair('[^;]*') };
  },
};

function headerName(name: string): string {
  // RFC 9110, section 5.6.2: a token.
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name.toLowerCase();
  throw new Error(`Match.header: ${JSON.stringify(name)} is no header name; use letters, digits and "-"`);
}
