import { choicesOf, type Choice, type NamedArm } from './alternatives.ts';
import type { Schema } from './crd.ts';
import { comment, sentence } from './doc-text.ts';
import type { Shape } from './shapes.ts';
import { key, quoted, typeText } from './type-text.ts';

/** What printing a shape needs to know of its surroundings. */
export interface ShapeContext {
  /** The interface that stands at a place. */
  readonly shapeAt: (path: string) => string;
  /** The reference page of a shape. */
  readonly reference: (shape: Shape) => string | undefined;
}

/** The TypeScript of one shape: an interface, or a union of named interfaces with a companion that builds them. */
export function shapeText(shape: Shape, context: ShapeContext): string {
  const choices = choicesOf(shape);
  const [only] = choices;
  if (!only) return interfaceText(shape.name, heading(shape, context), fields(shape, undefined, context));
  const common = `${shape.name}Fields`;
  const chosen = new Set(choices.flatMap(choice => [...choice.fields]));
  const hasCommon = Object.keys(shape.schema.properties ?? {}).some(field => !chosen.has(field));
  const single = choices.length === 1;
  const parts = [];
  if (hasCommon) parts.push(interfaceText(common, [`What every {@link ${shape.name}} can set.`], fields(shape, chosen, context)));
  for (const choice of choices) {
    for (const arm of choice.arms) parts.push(armText(shape, choice, arm, hasCommon && single ? common : undefined, context));
  }
  const unions = choices.map(choice => choice.arms.map(arm => arm.name).join(' | '));
  const type = single ? unions[0] : [...(hasCommon ? [common] : []), ...unions.map(union => `(${union})`)].join(' & ');
  parts.push(`${comment('', heading(shape, context, choices))}export type ${shape.name} = ${type};\n`);
  const companion = companionText(shape, choices, hasCommon);
  if (companion !== undefined) parts.push(companion);
  return parts.join('\n');
}

/** An interface from ready-made field text. */
export function interfaceText(name: string, doc: readonly string[], body: string, base?: string): string {
  return `${comment('', doc)}export interface ${name}${base === undefined ? '' : ` extends ${base}`} {\n${body}}\n`;
}

/** One readonly property. */
export function fieldText(name: string, schema: Schema, type: string, required: boolean): string {
  return `${comment('  ', [sentence(schema)])}  readonly ${key(name)}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'};\n`;
}

function heading(shape: Shape, context: ShapeContext, choices: readonly Choice[] = []): string[] {
  const [first = ''] = shape.at;
  const kinds = [...new Set(shape.at.map(path => path.split('.')[0]))];
  const lines = [`\`${first}\`${shape.at.length > 1 ? `, and ${shape.at.length - 1} more in ${kinds.join(', ')}` : ''}.`];
  for (const rule of shape.schema['x-kubernetes-validations'] ?? []) {
    if (rule.message !== undefined) lines.push(`${sentenceCase(rule.message.replace(/\s+/g, ' '))}.`);
  }
  for (const source of new Set(choices.map(choice => choice.source))) lines.push(`Alternatives: ${source}.`);
  if (shape.overlay?.source !== undefined) lines.push(`Required: ${shape.overlay.source}.`);
  const reference = context.reference(shape);
  return reference === undefined ? lines : [...lines, '', `@see ${reference}`];
}

function fields(shape: Shape, without: ReadonlySet<string> | undefined, context: ShapeContext): string {
  return Object.entries(shape.schema.properties ?? {})
    .filter(([name]) => !without?.has(name))
    .map(([name, schema]) => field(shape, name, schema, required(shape, name), context))
    .join('');
}

function field(shape: Shape, name: string, schema: Schema, needed: boolean, context: ShapeContext): string {
  return fieldText(name, schema, typeText(schema, `${shape.at[0]}.${name}`, context.shapeAt), needed);
}

function required(shape: Shape, name: string): boolean {
  // A field with a default may be left out: the API server fills it in before it asks for it.
  if (shape.schema.properties?.[name]?.default !== undefined) return false;
  return (shape.schema.required?.includes(name) ?? false) || (shape.overlay?.requires?.includes(name) ?? false);
}

function armText(shape: Shape, choice: Choice, arm: NamedArm, base: string | undefined, context: ShapeContext): string {
  const body = Object.entries(shape.schema.properties ?? {})
    .filter(([name]) => choice.fields.has(name))
    .map(([name, schema]) => {
      if (arm.excludes.includes(name)) return `  readonly ${key(name)}?: ${refusal(choice, arm, name)} | undefined;\n`;
      const values = arm.is[name];
      const needed = arm.needs.includes(name) || required(shape, name);
      if (values) return fieldText(name, schema, values.map(quoted).join(' | '), needed);
      return field(shape, name, schema, needed, context);
    })
    .join('');
  return interfaceText(arm.name, [armSentence(shape, arm)], body, base);
}

function armSentence(shape: Shape, arm: NamedArm): string {
  const sets = [
    ...arm.needs.filter(field => !arm.is[field]).map(field => `\`${field}\``),
    ...Object.entries(arm.is).map(([field, values]) => `\`${field}: ${values.join(' | ')}\``),
  ];
  const excluded = arm.excludes.map(field => `\`${field}\``).join(', ');
  if (sets.length === 0) return excluded === '' ? `A {@link ${shape.name}}.` : `A {@link ${shape.name}} without ${excluded}.`;
  return `A {@link ${shape.name}} with ${sets.join(' and ')}${excluded === '' ? '' : `, so without ${excluded}`}.`;
}

/** The type of a field that an arm rules out: its name is what the compiler says when it is set all the same. */
function refusal(choice: Choice, arm: NamedArm, field: string): string {
  const [fixed] = Object.entries(arm.is);
  if (fixed) return `NotWith<'${fixed[0]}: ${fixed[1].join(' | ')}'>`;
  const together = arm.by !== undefined || arm.needs.length === 0 ? choice.oneOf : [...arm.needs, field];
  return `OnlyOneOf<${[...new Set(together)].map(quoted).join(' | ')}>`;
}

/** `StringMatch.exact(value)`: what `{ [how]: value }` cannot be typed as. */
function companionText(shape: Shape, choices: readonly Choice[], hasCommon: boolean): string | undefined {
  const [choice] = choices;
  if (!choice || choices.length > 1) return undefined;
  const arms = choice.arms.filter(arm => arm.by !== undefined);
  if (arms.length === 0) return undefined;
  const builders = arms.map(arm => {
    const by = arm.by ?? '';
    const value = `value: NonNullable<${arm.name}[${quoted(by)}]>`;
    return hasCommon
      ? `  ${key(by)}: (${value}, rest?: ${shape.name}Fields): ${arm.name} => ({ ...rest, ${key(by)}: value }),\n`
      : `  ${key(by)}: (${value}): ${arm.name} => ({ ${key(by)}: value }),\n`;
  });
  return `${comment('', [`Builds a {@link ${shape.name}}: \`${shape.name}.${arms.at(-1)?.by}(…)\`.`])}export const ${shape.name} = {\n${builders.join('')}};\n`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
}
