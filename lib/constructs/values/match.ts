import type { PathMatch, PathPattern } from './path.ts';
import { literalInRegex, regex } from './regex.ts';
import type { TextMatch } from './text-match.ts';

/** A test on one header. With `not`, requests pass that do not pass the test; those without the header pass then too. */
export interface HeaderMatch {
  readonly on: 'header';
  /** Lower case, as HTTP/2 carries it. */
  readonly name: string;
  readonly test: TextMatch;
  readonly not?: boolean | undefined;
}

/** A test on one claim of a validated token; at gateways only. */
export interface ClaimMatch {
  readonly on: 'claim';
  /** The claim, and the parts of one that is nested. */
  readonly name: string;
  readonly test: TextMatch;
  readonly not?: boolean | undefined;
}

/** A test on one query parameter. */
export interface QueryMatch {
  readonly on: 'query';
  readonly name: string;
  readonly test: TextMatch;
}

/** A test on the method, the authority (host and port) or the scheme. */
export interface PartMatch {
  readonly on: 'method' | 'authority' | 'scheme';
  readonly test: TextMatch;
}

/** Requests that were sent to one port of the service. */
export interface PortMatch {
  readonly on: 'port';
  readonly port: number;
}

/** Requests of workloads of the mesh that carry labels. */
export interface SourceMatch {
  readonly on: 'source';
  readonly labels: Readonly<Record<string, string>>;
}

/** Requests of workloads of one namespace. */
export interface NamespaceMatch {
  readonly on: 'namespace';
  readonly namespace: string;
}

/** Requests that come from inside the mesh, or through one gateway. */
export interface PlaceMatch {
  readonly on: 'place';
  /** `mesh`, or `namespace/name` of a gateway. */
  readonly place: string;
}

/** A test on a request. */
export type RequestTest =
  | PathMatch | PathPattern | HeaderMatch | ClaimMatch | QueryMatch | PartMatch | PortMatch | SourceMatch | NamespaceMatch | PlaceMatch;

/** Requests that pass a test, or each of several. */
export type RequestMatch = RequestTest | readonly RequestTest[];

/** A gateway as a place that requests come through. */
interface Gateway {
  readonly reference: string;
}

interface Tests<T> {
  readonly exact: (value: string) => T;
  readonly prefix: (value: string) => T;
  /** RE2, over the whole value. */
  readonly regex: (value: string) => T;
}

interface NamedTests<T> extends Tests<T> {
  readonly present: () => T;
}

interface NegatedTests<T> extends NamedTests<T> {
  readonly absent: () => T;
  /** Passes whatever does not pass the test, a request without it included. */
  readonly not: Tests<T>;
}

/**
 * What a request must look like. The paths of requests are values of `Path`.
 *
 * @example
 * Match.header('end-user').exact('jason')
 */
export const Match = {
  /** Requests by a header. Names are compared without case. */
  header(name: string): NegatedTests<HeaderMatch> {
    const header = headerName('Match.header', name);
    return negatable((test, not) => ({ on: 'header', name: header, test, ...(not ? { not } : {}) }));
  },

  /** Requests by a cookie: one `name=value` among others of the Cookie header. */
  cookie(name: string): { readonly exact: (value: string) => HeaderMatch; readonly present: () => HeaderMatch } {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw new Error(`Match.cookie: ${JSON.stringify(name)} is no cookie name`);
    const pair = (value: string): HeaderMatch => ({
      on: 'header',
      name: 'cookie',
      test: { kind: 'regex', value: `(.*;[ ]?)?${literalInRegex(name)}=${value}(;.*)?` },
    });
    return { exact: value => pair(literalInRegex(value)), present: () => pair('[^;]*') };
  },

  /** Requests by a claim of their token, `role` or nested as `realm`, `roles`. Only gateways know claims, and only validated ones. */
  claim(name: string, ...nested: readonly string[]): NegatedTests<ClaimMatch> {
    const parts = [name, ...nested];
    const wrong = parts.find(part => part === '' || /[[\]]/.test(part));
    if (wrong !== undefined) throw new Error(`Match.claim: ${JSON.stringify(wrong)} is no name of a claim`);
    return negatable((test, not) => ({ on: 'claim', name: parts.map(part => `[${part}]`).join(''), test, ...(not ? { not } : {}) }));
  },

  /** Requests by a query parameter; its name has case. */
  query(name: string): NamedTests<QueryMatch> {
    if (name === '') throw new Error('Match.query: a query parameter needs a name, got none');
    return named(test => ({ on: 'query', name, test }));
  },

  /** Requests by their method, or by any of several. */
  method(...methods: readonly [string, ...string[]]): PartMatch {
    const wrong = methods.find(method => !/^[A-Z]+$/.test(method));
    if (wrong !== undefined) throw new Error(`Match.method: methods are written upper case, as in "GET", got ${JSON.stringify(wrong)}`);
    return { on: 'method', test: methods.length === 1 ? { kind: 'exact', value: methods[0] } : { kind: 'regex', value: methods.join('|') } };
  },

  /** Requests by the host that they ask for, with the port where the client names it. */
  authority: tests((test): PartMatch => ({ on: 'authority', test })),

  /** Requests by their scheme. */
  scheme: (scheme: 'http' | 'https'): PartMatch => ({ on: 'scheme', test: { kind: 'exact', value: scheme } }),

  /** Requests by the port of the service that they were sent to. */
  port: (port: number): PortMatch => ({ on: 'port', port }),

  /** Requests of workloads of the mesh that carry all of these labels. */
  source: (labels: Readonly<Record<string, string>>): SourceMatch => ({ on: 'source', labels: { ...labels } }),

  /** Requests of workloads of one namespace of the mesh. */
  namespace: (namespace: string | { readonly name: string }): NamespaceMatch => ({ on: 'namespace', namespace: typeof namespace === 'string' ? namespace : namespace.name }),

  /** Requests that come through one gateway. */
  gateway: (gateway: Gateway): PlaceMatch => ({ on: 'place', place: gateway.reference }),

  /** Requests from inside the mesh, through no gateway. */
  inMesh: (): PlaceMatch => ({ on: 'place', place: 'mesh' }),
};

/** Refuses a name that is no token of RFC 9110, section 5.6.2, and gives it in lower case. */
export function headerName(where: string, name: string): string {
  if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return name.toLowerCase();
  throw new Error(`${where}: ${JSON.stringify(name)} is no header name; use letters, digits and "-"`);
}

function tests<T>(make: (test: TextMatch) => T): Tests<T> {
  return {
    exact: value => make({ kind: 'exact', value }),
    prefix: value => make({ kind: 'prefix', value }),
    regex: value => make({ kind: 'regex', value: regex('Match', value) }),
  };
}

function named<T>(make: (test: TextMatch) => T): NamedTests<T> {
  return { ...tests(make), present: () => make({ kind: 'present' }) };
}

function negatable<T>(make: (test: TextMatch, not: boolean) => T): NegatedTests<T> {
  return {
    ...named(test => make(test, false)),
    absent: () => make({ kind: 'present' }, true),
    not: tests(test => make(test, true)),
  };
}
