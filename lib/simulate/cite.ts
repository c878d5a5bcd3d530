import { positionOf, type From } from '../mesh/index.ts';

/** An object and a field of it, and where they stand. */
export interface Citation {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Such as `spec.http[0].match[1]`; '' for the object. */
  readonly field: string;
  /** Undefined for an object that was read from no file. */
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** The path of the construct that made it, and the line of TypeScript, where it was made by one. */
  readonly construct: string | undefined;
  readonly madeAt: string | undefined;
}

/** Where something is said. Finding the line reads the file again, so it is done only for what is shown. */
export function cite({ on, at }: From): Citation {
  const { origin } = on.manifest;
  return {
    kind: on.kind, namespace: on.namespace, name: on.name, field: at,
    file: origin?.source.file, line: origin && lineOf(origin, at), construct: origin?.construct, madeAt: origin?.madeAt,
  };
}

type Origin = Parameters<typeof positionOf>[0];

const lines = new WeakMap<Origin, Map<string, number>>();

function lineOf(origin: Origin, at: string): number {
  let known = lines.get(origin);
  if (!known) lines.set(origin, known = new Map<string, number>());
  let line = known.get(at);
  if (line === undefined) known.set(at, line = positionOf(origin, at).line);
  return line;
}

/** A citation in words: `VirtualService shop/reviews, spec.http[0] (mesh.yaml:12)`. */
export function citedText(from: From): string {
  const { kind, namespace, name, field, file, line } = cite(from);
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}${field === '' ? '' : `, ${field}`}${file === undefined ? '' : ` (${file}:${line ?? 1})`}`;
}
