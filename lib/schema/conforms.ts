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

/** A schema made ready to be asked often. */
class Shape {
  readonly #schema: Schema;
  readonly #shapes: Shapes;
  readonly #asksText: boolean;
  readonly #asksNumber: boolean;
  readonly #asksList: boolean;
  readonly #combines: boolean;
  readonly #open: boolean;
  /** Undefined for names that the schema does not know. Made as they are met: most of a large schema is never used. */
  readonly #properties = new Map<string, Shape | undefined>();
  readonly #others: Schema | undefined;
  #items: Shape | undefined;

  constructor(schema: Schema, shapes: Shapes) {
    this.#schema = schema;
    this.#shapes = shapes;
    const asks = (...names: readonly (keyof Schema)[]): boolean => names.some(name => schema[name] !== undefined);
    this.#asksText = asks('minLength', 'maxLength', 'pattern', 'format');
    this.#asksNumber = asks('minimum', 'maximum', 'multipleOf', 'format');
    this.#asksList = asks('minItems', 'maxItems', 'uniqueItems', 'x-kubernetes-list-type');
    this.#combines = asks('oneOf', 'anyOf', 'allOf', 'not');
    this.#open = shapes === parts || !schema.properties || schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    this.#others = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  }

  fits(value: unknown, walk: Walk, depth: number): boolean {
    const schema = this.#schema;
    if (value === null) return schema.nullable === true || accepts(schema, 'null');
    const type = typeOf(value);
    if (!accepts(schema, type) || (schema.enum && !schema.enum.includes(value))) return false;
    if (type === 'array' || type === 'object') {
      if (isLost(walk, depth)) return false;
      const below = type === 'array' ? this.#fitsList(value as readonly unknown[], walk, depth) : this.#fitsObject(value as Readonly<Record<string, unknown>>, walk, depth);
      if (!below) return false;
    } else if (type === 'string') {
      if (this.#asksText && says(report => { checkText(schema, value as string, report); })) return false;
    } else if (type !== 'boolean' && this.#asksNumber && says(report => { checkNumber(schema, value as number, report); })) return false;
    return (!this.#combines || combines(schema, value, walk)) && satisfiesRules(schema, value);
  }

  #fitsList(value: readonly unknown[], walk: Walk, depth: number): boolean {
    const { items } = this.#schema;
    if (this.#asksList && says(report => { checkList(this.#schema, value, report); })) return false;
    if (!items) return true;
    const shape = this.#items ??= shapeOf(items, this.#shapes);
    for (const item of value) if (!shape.fits(item, walk, depth + 1)) return false;
    return true;
  }

  #fitsObject(value: Readonly<Record<string, unknown>>, walk: Walk, depth: number): boolean {
    const { required, minProperties, maxProperties } = this.#schema;
    if (required) for (const name of required) if (!Object.hasOwn(value, name) || value[name] === undefined) return false;
    let count = 0;
    for (const name of Object.keys(value)) {
      const child = value[name];
      if (child === undefined) continue;
      count++;
      const shape = this.#property(name);
      if (shape) {
        if (!shape.fits(child, walk, depth + 1)) return false;
      } else if (!this.#open && !((depth === 0 || this.#schema['x-kubernetes-embedded-resource'] === true) && typeMeta.includes(name))) return false;
      else if (this.#shapes === wholes) walkFreeForm(child, walk, depth + 1);
    }
    return (minProperties === undefined || count >= minProperties) && (maxProperties === undefined || count <= maxProperties);
  }

  #property(name: string): Shape | undefined {
    const known = this.#properties.get(name);
    if (known) return known;
    const { properties } = this.#schema;
    if (!properties || !Object.hasOwn(properties, name)) return this.#others && shapeOf(this.#others, this.#shapes);
    const shape = properties[name] && shapeOf(properties[name], this.#shapes);
    this.#properties.set(name, shape);
    return shape;
  }
}

function fitsPart(schema: Schema, value: unknown, walk: Walk): boolean {
  return shapeOf(schema, parts).fits(value, walk, 0);
}

/** As `checkCombined` has it. */
function combines({ oneOf, anyOf, allOf, not }: Schema, value: unknown, walk: Walk): boolean {
  if (allOf && !allOf.every(part => combines(part, value, walk) && (part.oneOf ?? part.anyOf ?? part.not ? true : fitsPart(part, value, walk)))) return false;
  if (oneOf) {
    let fitting = 0;
    for (const part of oneOf) if (fitsPart(part, value, walk)) fitting++;
    if (fitting !== 1) return false;
  }
  if (anyOf && !anyOf.some(part => fitsPart(part, value, walk))) return false;
  return !(not && fitsPart(not, value, walk));
}

/** Free-form content is not looked at, but must end. */
function walkFreeForm(value: unknown, walk: Walk, depth: number): void {
  if (typeof value !== 'object' || value === null || isLost(walk, depth)) return;
  for (const name of Object.keys(value)) walkFreeForm((value as Readonly<Record<string, unknown>>)[name], walk, depth + 1);
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
