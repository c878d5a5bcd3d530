import { Lazy } from 'cdk8s';
import { violations, type Schema } from '../../schema/index.ts';
import { sailFacts, type IstioCNISpecValues, type IstioSpecValues, type ZTunnelSpecValues } from '../l1.ts';

/** Values of istiod, as the CRD of the Sail operator knows them; the charts take the same. */
export type IstioValues = Omit<IstioSpecValues, 'meshConfig' | 'profile' | 'revision'>;
/** The mesh config. */
export type MeshConfigValues = NonNullable<IstioSpecValues['meshConfig']>;
/** Values of the CNI node agent. */
export type CniValues = IstioCNISpecValues;
/** Values of ztunnel. */
export type ZtunnelValues = ZTunnelSpecValues;

/** Plain data, as it goes into YAML. */
export interface Tree { readonly [key: string]: unknown }

/**
 * Checks values against what is known of Istio's; `within` says where in them a part belongs.
 *
 * @throws with the path, and the nearest known name, where a value is none that Istio takes
 */
export function checkValues(where: string, prop: string, of: 'Istio' | 'IstioCNI' | 'ZTunnel', values: object, within: readonly string[] = []): void {
  const whole = [...within].reverse().reduce<object>((inner, key) => ({ [key]: inner }), values);
  const prefix = within.map(key => `${key}.`).join('');
  const found = violations(schemas[of], whole).map(({ path, message }) => `  ${prop}.${path.startsWith(prefix) ? path.slice(prefix.length) : path}: ${message}`);
  if (found.length > 0) throw new Error(`${where}: ${prop} does not fit Istio's values\n${found.join('\n')}`);
}

/** Values of one over those of another; lists are replaced, undefined says nothing. */
export function merged(...trees: readonly object[]): Tree {
  return (trees as readonly Tree[]).reduce<Tree>((under, over) => {
    const result: Record<string, unknown> = { ...under };
    for (const [key, value] of Object.entries(over)) {
      if (value === undefined) continue;
      const below = Object.hasOwn(result, key) ? result[key] : undefined;
      // A key such as __proto__ stays a key.
      Object.defineProperty(result, key, { value: isTree(value) ? merged(isTree(below) ? below : {}, value) : value, enumerable: true, configurable: true, writable: true });
    }
    return result;
  }, {});
}

/**
 * Refuses values that say otherwise than something that was said elsewhere.
 *
 * @throws with the path of the first that does
 */
export function agreeing(where: string, prop: string, given: object, said: object, by: string, path = ''): void {
  for (const [key, value] of Object.entries(said)) {
    const own: unknown = Object.hasOwn(given, key) ? (given as Tree)[key] : undefined;
    if (own === undefined) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (isTree(value) && isTree(own)) agreeing(where, prop, own, value, by, at);
    else if (JSON.stringify(own) !== JSON.stringify(value)) throw new Error(`${where}: ${prop}.${at} is ${JSON.stringify(own)}, but ${by} makes it ${JSON.stringify(value)}; say it in one place`);
  }
}

/** Whether a value is a plain object; one that is known only later is not. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Lazy);
}

/** Without fields that are empty trees all the way down. */
export function pruned(tree: object): Tree {
  const entries = Object.entries(tree).map(([key, value]): [string, unknown] => [key, isTree(value) ? pruned(value) : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && !(isTree(value) && Object.keys(value).length === 0)));
}

interface CrdSchema {
  readonly properties?: { readonly spec?: { readonly properties?: { readonly values?: Schema } } };
}

const schemas = {
  Istio: valuesOf(sailFacts.kinds.Istio.versions.v1.schema),
  IstioCNI: valuesOf(sailFacts.kinds.IstioCNI.versions.v1.schema),
  ZTunnel: valuesOf(sailFacts.kinds.ZTunnel.versions.v1.schema),
};

function valuesOf(schema: CrdSchema): Schema {
  const values = schema.properties?.spec?.properties?.values;
  if (!values) throw new Error('the facts of the Sail operator have no values; run npm run import');
  return values;
}
