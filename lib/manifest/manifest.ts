/** A Kubernetes object as plain data. What it holds beside these fields is untrusted: any shape at all. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: unknown;
  readonly spec?: unknown;
  readonly [field: string]: unknown;
}

/** A text that manifests were read from. */
export interface SourceText {
  /** The name of the file, `-` for standard input. */
  readonly file: string;
  readonly text: string;
  /** What made its documents, counted from 0, where that is known. */
  readonly made?: readonly (Maker | undefined)[] | undefined;
}

/** What made an object. */
export interface Maker {
  /** The path of the construct that made it. */
  readonly construct?: string | undefined;
  /** The line of TypeScript that made it, as `file:line:column`. */
  readonly madeAt?: string | undefined;
}

/** Where an object stands: in which document of which text, and how it got there. */
export interface Origin extends Maker {
  readonly source: SourceText;
  /** Counted from 0 in its text. */
  readonly document: number;
  /** Where the object stands in its document: '' for the whole, `items[3]` in a List. */
  readonly prefix: string;
}

/** A Kubernetes object and where it stands. */
export interface Manifest {
  readonly object: KubernetesObject;
  readonly origin: Origin | undefined;
}

/** Something that could not be read. */
export interface Problem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
  readonly message: string;
  /** A document that is plainly something else is passed over with a warning. */
  readonly severity: 'error' | 'warning';
  /** The limit that kept it from being read. */
  readonly exceeds?: keyof Limits | undefined;
}

/** What was read of a text. */
export interface Reading {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** How much a text may ask for. */
export interface Limits {
  /** Levels of nesting. @default 1000 */
  readonly depth?: number | undefined;
  /** Values in one document, with every alias written out. @default 2000000 */
  readonly values?: number | undefined;
}

/** A manifest of an object that stands in no text. */
export function manifestOf(object: KubernetesObject): Manifest {
  return { object, origin: undefined };
}
