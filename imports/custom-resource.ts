import { ApiObject, Lazy, type ApiObjectProps, type GroupVersionKind, type JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { violations, type Schema } from '../lib/schema/index.ts';
import { applyPatches, checkPatches } from './patch.ts';

/** Standard object metadata, as Kubernetes takes it. */
export interface Metadata {
  /** A name, unique in its namespace. @default - made from the construct path, as in cdk8s */
  readonly name?: string | undefined;
  /** @default - the namespace of the chart */
  readonly namespace?: string | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly annotations?: { readonly [key: string]: string } | undefined;
  readonly generateName?: string | undefined;
  readonly finalizers?: readonly string[] | undefined;
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean | undefined;
    readonly blockOwnerDeletion?: boolean | undefined;
  }[] | undefined;
}

interface Props {
  readonly metadata?: Metadata | undefined;
}

/**
 * The base of every generated class: an ApiObject whose values are checked against the facts of its CRD, at
 * construction, with the path and the value in the message. What types cannot hold (ranges, patterns, list lengths,
 * CEL rules) is caught here. Lazy values are checked when they are resolved. A field added by JSON patch is an escape
 * hatch: it reaches the YAML as it is.
 */
export abstract class CustomResource extends ApiObject {
  readonly #schema: Schema;
  readonly #hasLazies: boolean;
  readonly #patches: JsonPatch[] = [];

  /** The plain object that props make, without a construct. */
  protected static plain(gvk: GroupVersionKind, schema: object, props: object): object {
    const { metadata, ...fields } = props as Props;
    const object = { ...gvk, ...(metadata ? { metadata } : {}), ...fields };
    refuse(`${gvk.kind} ${metadata?.name ?? ''}`.trim(), gvk, schema as Schema, object);
    return withoutUndefined(object) as object;
  }

  protected constructor(scope: Construct, id: string, gvk: GroupVersionKind, schema: object, props: object) {
    super(scope, id, { ...gvk, ...props } as ApiObjectProps);
    this.#schema = schema as Schema;
    const { metadata, ...fields } = props as Props;
    const object = { ...gvk, metadata: { ...metadata, name: this.name }, ...fields };
    this.#hasLazies = refuse(this.node.path, gvk, this.#schema, object);
    throwOn(this.node.path, gvk, unrenderable(object, ''));
  }

  /** @throws when a value is none that YAML can hold */
  override addJsonPatch(...ops: JsonPatch[]): void {
    checkPatches(this.node.path, ops);
    this.#patches.push(...ops);
  }

  override toJson(): unknown {
    const json = super.toJson() as object;
    // Lazy values could not be checked before. Patches come after the check, which they are meant to escape.
    if (this.#hasLazies) refuse(this.node.path, this, this.#schema, json);
    return applyPatches(this.node.path, json, this.#patches);
  }
}

/** Throws where an object does not fit; says whether it holds lazy values, which it passes over. */
function refuse(where: string, gvk: GroupVersionKind, schema: Schema, object: object): boolean {
  let lazies = false;
  const isLazy = (value: unknown): boolean => {
    const lazy = value instanceof Lazy;
    lazies ||= lazy;
    return lazy;
  };
  throwOn(where, gvk, violations(schema, object, { opaque: isLazy }));
  return lazies;
}

function throwOn(where: string, gvk: GroupVersionKind, found: readonly { path: string; message: string }[]): void {
  if (found.length === 0) return;
  throw new Error(`${where}: ${gvk.kind} does not fit ${gvk.apiVersion}\n${found.map(({ path, message }) => `  ${path}: ${message}`).join('\n')}`);
}

/** What cdk8s cannot render, or renders without a word: it takes `constructor` for the class of the object, and `__proto__` for its prototype. */
function unrenderable(value: unknown, path: string): { path: string; message: string }[] {
  if (Array.isArray(value)) return value.flatMap((child, index) => unrenderable(child, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null || value instanceof Lazy) return [];
  return Object.entries(value).flatMap(([name, child]) => name === 'constructor' || name === '__proto__'
    ? [{ path: `${path}.${name}`, message: 'cdk8s cannot render a key of this name; give it another' }]
    : unrenderable(child, path === '' ? name : `${path}.${name}`));
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, child]) => child !== undefined).map(([name, child]) => [name, withoutUndefined(child)]));
}
