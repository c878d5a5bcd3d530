import { preferredVersion, type Kind, type Schema } from './crd.ts';
import { grouped } from './grouped.ts';
import { places, type GroupOverlay, type Overlay, type ShapeOverlay } from './overlay.ts';

/** A nested object type that gets an interface of its own. */
export interface Shape {
  readonly name: string;
  /** The module that declares it: an API group, or a shared package such as type.istio.io. */
  readonly module: string;
  readonly schema: Schema;
  /** Every place where it stands, as `Kind.spec.field[]`. */
  readonly at: readonly string[];
  readonly overlay: ShapeOverlay | undefined;
}

/** All shapes, and which of them stands at a place. */
export interface Shapes {
  readonly byModule: ReadonlyMap<string, readonly Shape[]>;
  /** `group/Kind.path` to shape. */
  readonly byPlace: ReadonlyMap<string, Shape>;
}

interface Place {
  readonly group: string;
  readonly path: string;
  readonly schema: Schema;
  readonly fingerprint: string;
}

/** Groups in which a repeated shape must have a name of its own; in others it is derived from where it first stands. */
const namedByHand = /(^|\.)(istio\.io|gateway\.networking\.k8s\.io)$/;

/**
 * Finds every nested object type and gives it its name: the overlay's where it has one, else one derived from its place.
 * Structural twins within a module share one name.
 *
 * @throws when a repeated shape of the Istio or Gateway API groups has no name, a name is used twice, or an entry of the
 * overlay matches nothing
 */
export function nameShapes(kinds: readonly Kind[], overlay: Overlay): Shapes {
  const all = kinds.flatMap(placesOf);
  const atPlace = new Map(all.map(place => [`${place.group}/${place.path}`, place]));
  const problems: string[] = [];
  const names = new Map<Place, { name: string; module: string; overlay?: ShapeOverlay }>();

  for (const [module, shared] of Object.entries(overlay.shared)) {
    const scope = all.filter(place => shared.for.includes(place.group));
    claim(module, shared, scope, path => path);
  }
  for (const [group, own] of Object.entries(overlay.groups)) {
    const scope = all.filter(place => place.group === group);
    claim(group, own, scope, path => `${group}/${path}`);
  }
  derive();
  if (problems.length > 0) throw new Error(`imports/overlay.yaml:\n  ${problems.join('\n  ')}`);
  return collect();

  /** Gives the overlay's names to the places they list, then to the structural twins of those. */
  function claim(module: string, group: GroupOverlay, scope: readonly Place[], absolute: (path: string) => string): void {
    const entries = Object.entries(group.shapes ?? {});
    const twins = new Map<string, string>();
    for (const [name, shape] of entries) {
      for (const path of places(shape)) {
        const place = atPlace.get(absolute(path));
        if (!place) {
          problems.push(`${name}: nothing stands at ${path}`);
          continue;
        }
        names.set(place, { name, module, overlay: shape });
        if (!twins.has(place.fingerprint)) twins.set(place.fingerprint, name);
      }
    }
    for (const place of scope) {
      const name = twins.get(place.fingerprint);
      if (name === undefined || names.has(place)) continue;
      const shape = group.shapes?.[name];
      names.set(place, shape ? { name, module, overlay: shape } : { name, module });
    }
  }

  /** Names what the overlay left: by place, the same name for twins of one group. */
  function derive(): void {
    const twins = new Map<string, string>();
    const counts = grouped(all.filter(place => !names.has(place)), place => `${place.group} ${place.fingerprint}`);
    for (const [key, group] of counts) {
      const [first] = group;
      if (!first) continue;
      if (group.length > 1 && namedByHand.test(first.group)) {
        problems.push(`${first.group}: the shape at ${group.map(place => place.path).join(', ')} stands ${group.length} times and has no name`);
      }
      twins.set(key, pascal(first.path));
    }
    for (const [key, group] of counts) {
      for (const place of group) names.set(place, { name: twins.get(key) ?? pascal(place.path), module: place.group });
    }
  }

  function collect(): Shapes {
    const byPlace = new Map<string, Shape>();
    const byModule = new Map<string, Map<string, Shape & { at: string[] }>>();
    for (const place of all) {
      const named = names.get(place);
      if (!named) continue;
      const module = byModule.get(named.module) ?? new Map<string, Shape & { at: string[] }>();
      byModule.set(named.module, module);
      const known = module.get(named.name);
      if (known && fingerprint(known.schema) !== place.fingerprint) {
        throw new Error(`imports/overlay.yaml: two different shapes are called ${named.name}: at ${known.at[0]} and at ${place.path}`);
      }
      const shape = known ?? { ...named, overlay: named.overlay, schema: place.schema, at: [] };
      shape.at.push(place.path);
      module.set(named.name, shape);
      byPlace.set(`${place.group}/${place.path}`, shape);
    }
    return { byPlace, byModule: new Map([...byModule].map(([module, shapes]) => [module, [...shapes.values()]])) };
  }
}

/** The fields of a kind that its class takes: all but what the API server or a controller fills in. */
export function ownFields(schema: Schema): [string, Schema][] {
  return Object.entries(schema.properties ?? {}).filter(([name]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(name));
}

function placesOf(kind: Kind): Place[] {
  const found: Place[] = [];
  for (const [name, schema] of ownFields(preferredVersion(kind).schema)) visit(schema, `${kind.kind}.${name}`);
  return found;

  function visit(schema: Schema, path: string): void {
    if (schema.properties && schema.type === 'object') found.push({ group: kind.group, path, schema, fingerprint: fingerprint(schema) });
    for (const [name, child] of Object.entries(schema.properties ?? {})) visit(child, `${path}.${name}`);
    if (schema.items) visit(schema.items, `${path}[]`);
    if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}{}`);
  }
}

function fingerprint(schema: Schema): string {
  return JSON.stringify(schema);
}

/** `VirtualService.spec.http[].match[]` as `VirtualServiceSpecHttpMatch`. */
export function pascal(path: string): string {
  return path
    .replace(/\[\]|\{\}/g, '')
    .split(/[^A-Za-z0-9]+/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
