import { satisfiesRules } from './cel.ts';
import { checkList } from './lists.ts';
import { checkNumber } from './number.ts';
import { Report } from './report.ts';
import type { Schema } from './schema.ts';
import { accepts, deepest, largest, typeMeta, typeOf } from './structural.ts';
import { checkText } from './text.ts';

/**
 * Whether a value has no violations of a schema. Mostly it has none, and that is told much faster where nothing is noted
 * of where the check is. False, too, for what is too deep or too large to be walked; to be asked only without defaults
 * to fill in, and without opaque values.
 */
export function conforms(schema: Schema, value: unknown): boolean {
  const walk: Walk = { objects: 0, lost: false };
  return shapeOf(schema, wholes).fits(value, walk, 0) && !walk.lost;
}

interface Walk {
  objects: number;
  /** Whether it went too deep or too far, so that the answer is worth nothing. */
  lost: boolean;
}

type Shapes = WeakMap<Schema, Shape>;

const wholes: Shapes = new WeakMap();
/** Schemas as parts of oneOf and the like: a value fits these whatever else it has, and what is free-form is walked by the whole. */
const parts: Shapes = new WeakMap();

function shapeOf(schema: Schema, shapes: Shapes): Shape {
  let shape = shapes.get(schema);
  if (!shape) shapes.set(schema, shape = new Shape(schema, shapes));
  return shape;
}

/** A schema made ready to be asked often: what it says is looked up once, since schemas are objects of every shape. */
class Shape {
  readonly #schema: Schema;
  readonly #shapes: Shapes;
  readonly #type: Schema['type'];
  readonly #intOrString: boolean;
  readonly #enum: Schema['enum'];
  readonly #required: readonly string[];
  readonly #minProperties: number;
  readonly #maxProperties: number;
  readonly #asksText: boolean;
  readonly #asksNumber: boolean;
  readonly #asksList: boolean;
  readonly #combines: boolean;
  readonly #asksRules: boolean;
  readonly #embedded: boolean;
  readonly #open: boolean;
  /** Undefined for names that the schema does not know. Made as they are met: most of a large schema is never used. */
  readonly #properties = new Map<string, Shape | undefined>();
  #others: Shape | undefined;
  #items: Shape | undefined;
  #combined: Combined | undefined;

  constructor(schema: Schema, shapes: Shapes) {
    this.#schema = schema;
    this.#shapes = shapes;
    const asks = (...names: readonly (keyof Schema)[]): boolean => names.some(name => schema[name] !== undefined);
    this.#type = schema.type;
    this.#intOrString = schema['x-kubernetes-int-or-string'] === true;
    this.#enum = schema.enum;
    this.#required = schema.required ?? [];
    this.#minProperties = schema.minProperties ?? 0;
    this.#maxProperties = schema.maxProperties ?? Infinity;
    this.#asksText = asks('minLength', 'maxLength', 'pattern', 'format');
    this.#asksNumber = asks('minimum', 'maximum', 'multipleOf', 'format');
    this.#asksList = asks('minItems', 'maxItems', 'uniqueItems', 'x-kubernetes-list-type');
    this.#combines = asks('oneOf', 'anyOf', 'allOf', 'not');
    this.#asksRules = asks('x-kubernetes-validations');
    this.#embedded = schema['x-kubernetes-embedded-resource'] === true;
    this.#open = shapes === parts || !schema.properties || schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  }

  fits(value: unknown, walk: Walk, depth: number): boolean {
    if (value === null) return this.#schema.nullable === true || accepts(this.#schema, 'null');
    const type = typeOf(value);
    if (!this.#accepts(type) || (this.#enum && !this.#enum.includes(value))) return false;
    if (type === 'array' || type === 'object') {
      if (isLost(walk, depth)) return false;
      const below = type === 'array' ? this.#fitsList(value as readonly unknown[], walk, depth) : this.#fitsObject(value as Readonly<Record<string, unknown>>, walk, depth);
      if (!below) return false;
    } else if (type === 'string') {
      if (this.#asksText && says(report => { checkText(this.#schema, value as string, report); })) return false;
    } else if (type !== 'boolean' && this.#asksNumber && says(report => { checkNumber(this.#schema, value as number, report); })) return false;
    return (!this.#combines || this.combines(value, walk)) && (!this.#asksRules || satisfiesRules(this.#schema, value));
  }

  /** As `checkCombined` has it. */
  combines(value: unknown, walk: Walk): boolean {
    const { allOf, oneOf, anyOf, not } = this.#combined ??= combinedOf(this.#schema);
    if (allOf && !allOf.every(part => part.combines(value, walk) && (part.isCombined || part.fits(value, walk, 0)))) return false;
    if (oneOf) {
      let fitting = 0;
      for (const part of oneOf) if (part.fits(value, walk, 0)) fitting++;
      if (fitting !== 1) return false;
    }
    if (anyOf && !anyOf.some(part => part.fits(value, walk, 0))) return false;
    return !not?.fits(value, walk, 0);
  }

  /** Whether it says something by parts, of which one must fit or must not. */
  get isCombined(): boolean {
    return (this.#schema.oneOf ?? this.#schema.anyOf ?? this.#schema.not) !== undefined;
  }

  #accepts(type: ReturnType<typeof typeOf>): boolean {
    // Mostly a schema names its type, and mostly it is that.
    return (this.#type === type && !this.#intOrString) || accepts(this.#schema, type);
  }

  #fitsList(value: readonly unknown[], walk: Walk, depth: number): boolean {
    if (this.#asksList && says(report => { checkList(this.#schema, value, report); })) return false;
    const { items } = this.#schema;
    if (!items) return true;
    const shape = this.#items ??= shapeOf(items, this.#shapes);
    for (const item of value) if (!shape.fits(item, walk, depth + 1)) return false;
    return true;
  }

  #fitsObject(value: Readonly<Record<string, unknown>>, walk: Walk, depth: number): boolean {
    for (const name of this.#required) if (!Object.hasOwn(value, name) || value[name] === undefined) return false;
    let count = 0;
    for (const name of Object.keys(value)) {
      const child = value[name];
      if (child === undefined) continue;
      count++;
      const shape = this.#property(name);
      if (shape) {
        if (!shape.fits(child, walk, depth + 1)) return false;
      } else if (!this.#open && !((depth === 0 || this.#embedded) && typeMeta.includes(name))) return false;
      else if (this.#shapes === wholes) walkFreeForm(child, walk, depth + 1);
    }
    return count >= this.#minProperties && count <= this.#maxProperties;
  }

  #property(name: string): Shape | undefined {
    const known = this.#properties.get(name);
    if (known) return known;
    const { properties, additionalProperties } = this.#schema;
    if (!properties || !Object.hasOwn(properties, name)) return typeof additionalProperties === 'object' ? this.#others ??= shapeOf(additionalProperties, this.#shapes) : undefined;
    const shape = properties[name] && shapeOf(properties[name], this.#shapes);
    this.#properties.set(name, shape);
    return shape;
  }
}

/** What a schema says by parts. */
interface Combined {
  readonly allOf: readonly Shape[] | undefined;
  readonly oneOf: readonly Shape[] | undefined;
  readonly anyOf: readonly Shape[] | undefined;
  readonly not: Shape | undefined;
}

function combinedOf({ allOf, oneOf, anyOf, not }: Schema): Combined {
  const part = (schema: Schema): Shape => shapeOf(schema, parts);
  return { allOf: allOf?.map(part), oneOf: oneOf?.map(part), anyOf: anyOf?.map(part), not: not && part(not) };
}

/** Free-form content is not looked at, but must end. */
function walkFreeForm(value: unknown, walk: Walk, depth: number): void {
  if (typeof value !== 'object' || value === null || isLost(walk, depth)) return;
  for (const name of Object.keys(value)) {
    const child = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof child === 'object') walkFreeForm(child, walk, depth + 1);
  }
}

function isLost(walk: Walk, depth: number): boolean {
  walk.objects++;
  return walk.lost ||= depth > deepest || walk.objects > largest;
}

/** Whether a check has something to say. */
function says(check: (report: Report) => void): boolean {
  const report = new Report(once);
  check(report);
  return report.violations.length > 0;
}

const once = { limit: 1 };
