/** The part of an OpenAPI v3 schema that CRDs use, as plain data. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[];
}

/** One served version of a kind. */
export interface KindVersion {
  readonly name: string;
  readonly storage: boolean;
  readonly schema: Schema;
}

/** What a CRD says of one kind, prose removed. */
export interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly versions: readonly KindVersion[];
  /** Where the CRD came from, e.g. `istio/istio 1.31.0-rc.0`. */
  readonly source: string;
}

interface Crd {
  readonly kind?: string;
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served?: boolean;
      readonly storage?: boolean;
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/** Reads one document as a CRD; undefined when it is something else (a release bundle holds more than CRDs). */
export function kindOf(document: unknown, source: string): Kind | undefined {
  const crd = document as Crd | null;
  if (crd?.kind !== 'CustomResourceDefinition') return undefined;
  const { group, names, scope, versions } = crd.spec;
  return {
    group,
    kind: names.kind,
    plural: names.plural,
    scope,
    source,
    versions: versions
      .filter(version => version.served ?? false)
      .map(version => ({
        name: version.name,
        storage: version.storage ?? false,
        schema: withoutProse(version.schema.openAPIV3Schema),
      }))
      .sort((a, b) => byMaturity(a.name, b.name)),
  };
}

/** The version that the classes are made of: the most mature one that is served. */
export function preferredVersion(kind: Kind): KindVersion {
  const [first] = kind.versions;
  if (!first) throw new Error(`${kind.group}/${kind.kind}: the CRD serves no version; remove it from imports/sources.yaml`);
  return first;
}

/**
 * Orders versions as kubectl does: v2, v1, v1beta1, v1alpha3.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
function byMaturity(a: string, b: string): number {
  const rank = (name: string): readonly number[] => {
    const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? [];
    return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)];
  };
  const [x, y] = [rank(a), rank(b)];
  for (const [i, value] of x.entries()) {
    const difference = (y[i] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Keywords whose value maps names to schemas, so that a key called `description` there is a field, not prose. */
const maps = new Set(['properties', 'patternProperties', 'definitions']);

/** Keywords whose value is data, to be left alone. */
const data = new Set(['default', 'enum', 'example', 'required', 'x-kubernetes-validations', 'x-kubernetes-list-map-keys']);

/** Drops descriptions and sorts keys, so that the upstream file and its bare facts give the same bytes. */
function withoutProse(schema: Schema): Schema {
  return clean(schema) as Schema;

  function clean(value: unknown, key = ''): unknown {
    if (data.has(key)) return value;
    if (Array.isArray(value)) return value.map(item => clean(item));
    if (typeof value !== 'object' || value === null) return value;
    const named = maps.has(key);
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => named || (name !== 'description' && name !== 'title' && name !== 'externalDocs' && name !== 'example'))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        // Under `properties` each value is a schema, whatever its name.
        .map(([name, child]) => [name, clean(child, named ? '' : name)]),
    );
  }
}
