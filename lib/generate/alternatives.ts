import type { Schema } from './crd.ts';
import type { Arm } from './overlay.ts';
import { pascal, type Shape } from './shapes.ts';

/** Arms that exclude each other, ready to print: the commonest last. */
export interface Choice {
  readonly arms: readonly NamedArm[];
  /** The fields that at least one arm speaks of. */
  readonly fields: ReadonlySet<string>;
  /** The fields of which at most one can be set, where that is what the arms say. */
  readonly oneOf: readonly string[];
  readonly source: string;
}

/** One arm: `by` is the one field that it is about, where it is about one. */
export interface NamedArm extends Required<Arm> {
  readonly name: string;
  readonly by: string | undefined;
}

/**
 * The alternatives of a shape: those that its CRD states as `oneOf`, then those of the overlay.
 *
 * @throws when two of them speak of the same field, or of a field that is not there
 */
export function choicesOf(shape: Shape): readonly Choice[] {
  const byHand = overlaid(shape);
  // An alternative of the overlay over the same fields says more than the CRD's own.
  const stated = native(shape).filter(choice => !byHand.some(other => choice.oneOf.every(field => other.fields.has(field))));
  const choices = [...stated, ...byHand];
  const seen = new Set<string>();
  for (const field of choices.flatMap(choice => [...choice.fields])) {
    if (!shape.schema.properties?.[field]) throw new Error(`imports/overlay.yaml: ${shape.name}: there is no field ${field}`);
    if (seen.has(field)) throw new Error(`imports/overlay.yaml: ${shape.name}: two alternatives speak of ${field}`);
    seen.add(field);
  }
  return choices;
}

/**
 * Istio's CRDs write "at most one of a, b" as `oneOf: [{not: {anyOf: [requires a, requires b]}}, requires a, requires b]`.
 * An alternative over one field says nothing.
 */
function native(shape: Shape): Choice[] {
  const schemas = [shape.schema, ...(shape.schema.allOf ?? [])];
  return schemas.flatMap((schema): Choice[] => {
    if (!schema.oneOf) return [];
    const fields = schema.oneOf.flatMap(arm => onlyRequired(arm) ?? []);
    if (fields.length < 2) return [];
    const { commonest, unset } = shape.overlay ?? {};
    const arms = fields.map((field): NamedArm => ({
      name: `${shape.name}${pascal(field)}`,
      needs: [field],
      excludes: fields.filter(other => other !== field),
      is: {},
      by: field,
    }));
    const none: NamedArm = { name: unset ?? `${shape.name}Without${pascal(fields[0] ?? '')}`, needs: [], excludes: fields, is: {}, by: undefined };
    const last = fields.includes(commonest ?? '') ? arms.splice(fields.indexOf(commonest ?? ''), 1) : [];
    return [{ arms: [none, ...arms, ...last], fields: new Set(fields), oneOf: fields, source: 'the CRD' }];
  });
}

function overlaid(shape: Shape): Choice[] {
  return (shape.overlay?.alternatives ?? []).map(({ source, by, arms }): Choice => {
    const entries = Object.entries(arms);
    const payloads = [...new Set(entries.flatMap(([, arm]) => arm.needs ?? []))].filter(field => field !== by);
    const named = entries.map(([name, arm]): NamedArm => ({
      name,
      needs: arm.needs ?? [],
      excludes: by === undefined ? arm.excludes ?? [] : payloads.filter(field => !arm.needs?.includes(field)),
      is: arm.is ?? {},
      by: undefined,
    }));
    const fields = new Set(named.flatMap(arm => [...arm.needs, ...arm.excludes, ...Object.keys(arm.is)]));
    const excluded = new Set(named.flatMap(arm => arm.excludes));
    return { arms: named, fields, oneOf: [...excluded], source };
  });
}

/** The field that a schema of the form `{required: [field]}` asks for. */
function onlyRequired(schema: Schema): string | undefined {
  return schema.required?.length === 1 && !schema.not ? schema.required[0] : undefined;
}
