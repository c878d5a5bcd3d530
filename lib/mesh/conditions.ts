import type { Entity } from './entities/entity.ts';

/**
 * What a condition looks at. Header names are lower case. The identity of a caller is one text, `<trust domain>/ns/<namespace>/sa/<account>`
 * (a SPIFFE ID without its scheme), so that principals, namespaces, service accounts and trust domains are tests on the same thing.
 */
export type Dimension =
  | 'method' | 'path' | 'authority' | 'scheme' | 'sni'
  | `header:${string}` | `query:${string}` | `claim:${string}`
  | 'source.identity' | 'source.ip' | 'remote.ip' | 'destination.ip' | 'destination.port'
  | 'request.principal' | 'request.audiences' | 'request.presenter'
  | `opaque:${string}`;

/** What a dimension may hold. */
export interface DimensionKind {
  /** `opaque`: not modelled, so that nothing can be said of its values. */
  readonly kind: 'text' | 'port' | 'ip' | 'opaque';
  /** A request may be without it. */
  readonly optional: boolean;
  /** It may hold several values at once; a test holds when it holds of one. */
  readonly multi: boolean;
  /** The texts that a request can have there: an RE2 expression for the whole value. @default any text */
  readonly universe?: string;
}

/** Addresses are 32 hexadecimal digits (IPv4 as `::ffff:a.b.c.d`), ports 4, so that their order is that of text. */
export interface Interval {
  readonly low: string;
  readonly high: string;
}

/** One question about one value. Nothing here is a function or a compiled expression: a test can be printed, hashed and compared. */
export type Test =
  | { readonly test: 'exact' | 'prefix' | 'suffix'; readonly value: string; readonly ignoreCase?: true }
  /** `/a` holds for `/a`, `/a/` and `/a/b`, not for `/ab`. */
  | { readonly test: 'segmentPrefix'; readonly value: string }
  /** `{*}` is one segment of a path, `{**}` any number. */
  | { readonly test: 'template'; readonly value: string }
  /** RE2, for the whole value. */
  | { readonly test: 'regex'; readonly value: string }
  /** A host name or `*.a.com`; case and port do not count. */
  | { readonly test: 'host'; readonly value: string }
  | { readonly test: 'nonEmpty' | 'present' | 'absent' }
  | { readonly test: 'range'; readonly intervals: readonly Interval[] };

/** A test of one dimension. */
export type Pred = Test & {
  readonly dim: Dimension;
  readonly not?: true;
  /** What holds where the request lacks the dimension, whatever `not` says. @default false (`absent` aside) */
  readonly whenMissing?: boolean;
};

/** Any of some tests of one dimension. */
export interface Clause {
  readonly dim: Dimension;
  readonly any: readonly Pred[];
  readonly not?: true;
}

/** Where something is said: the object and the field. */
export interface From {
  readonly on: Entity;
  /** Such as `spec.http[0].match[1]`; '' for the object. */
  readonly at: string;
}

/** All of some clauses, and what then happens. An OR across dimensions is several rules with the same `from`. */
export interface Rule<Treatment> {
  readonly all: readonly Clause[];
  readonly treatment: Treatment;
  readonly from: From;
}

/** Rules in order: the first whose clauses all hold decides. */
export interface Stage<Treatment> {
  readonly rules: readonly Rule<Treatment>[];
  readonly otherwise: Treatment;
}

/** What a dimension may hold. */
export function kindOf(dim: Dimension): DimensionKind {
  if (dim.startsWith('header:') || dim.startsWith('query:')) return { kind: 'text', optional: true, multi: false };
  if (dim.startsWith('claim:')) return { kind: 'text', optional: true, multi: true };
  if (dim.startsWith('opaque:')) return { kind: 'opaque', optional: true, multi: false };
  return kinds[dim as keyof typeof kinds];
}

const kinds: Readonly<Record<Exclude<Dimension, `${'header' | 'query' | 'claim' | 'opaque'}:${string}`>, DimensionKind>> = {
  method: { kind: 'text', optional: false, multi: false, universe: "[!#$%&'*+.^_`|~0-9A-Za-z-]+" },
  path: { kind: 'text', optional: false, multi: false, universe: '/[^?#]*|\\*' },
  authority: { kind: 'text', optional: false, multi: false },
  scheme: { kind: 'text', optional: false, multi: false, universe: 'https?' },
  sni: { kind: 'text', optional: true, multi: false },
  'source.identity': { kind: 'text', optional: true, multi: false, universe: '[^/]+/ns/[^/]+/sa/[^/]+' },
  'source.ip': { kind: 'ip', optional: false, multi: false },
  'remote.ip': { kind: 'ip', optional: false, multi: false },
  'destination.ip': { kind: 'ip', optional: false, multi: false },
  'destination.port': { kind: 'port', optional: false, multi: false },
  'request.principal': { kind: 'text', optional: true, multi: false },
  'request.audiences': { kind: 'text', optional: true, multi: true },
  'request.presenter': { kind: 'text', optional: true, multi: false },
};
