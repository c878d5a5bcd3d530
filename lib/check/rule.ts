import type { Entity, KindName, Kinds, Mesh } from '../mesh/index.ts';

/** How bad a finding is: an error breaks traffic or is refused, a warning will surprise, info is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

export type Category = 'schema' | 'traffic' | 'gateway' | 'security' | 'services' | 'injection' | 'ambient' | 'telemetry' | 'install' | 'input';

/** What a rule found wrong, and where. */
export interface Violation {
  /** @default - the object that was checked */
  readonly on?: Entity | undefined;
  /** The field, such as `spec.http[0].route[1].destination.subset`. @default - the object */
  readonly at?: string | undefined;
  readonly message: string;
  /** @default - that of the rule */
  readonly severity?: Severity | undefined;
  /** @default - that of the rule, where it stands for several of Istio's codes */
  readonly code?: string | undefined;
}

/** A violation of a rule that checks the mesh as a whole. */
export type MeshViolation = Violation & { readonly on: Entity };

/** Everything about one thing that can be wrong with a mesh. */
export interface RuleText {
  /** Istio's code where it has one (several rules may share it), else MW####, never reused. */
  readonly id: string;
  /** Further codes of Istio that its findings may have. */
  readonly furtherCodes?: readonly string[];
  /** Unique; the name of its file. */
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** Codes of the same rule in other tools. */
  readonly alsoKnownAs?: readonly string[];
  /** It is no fault but advice on security: an audit runs it, and a check only where it is asked for by name. @default - a check runs it */
  readonly advice?: true;
  /** The page that it comes from. @default - it needs none, or its code is Istio's */
  readonly source?: string;
  /** The analyzers of `istioctl analyze` that say the same. */
  readonly analyzers?: readonly string[];
  readonly examples: { readonly bad: string; readonly good: string };
}

/**
 * A rule that checks one object at a time: so that a change of the mesh checks again only those whose answers may have
 * changed. What it finds must depend on the object and on what it asks the mesh, and on nothing else.
 */
export interface ObjectRule<Name extends KindName = KindName> extends RuleText {
  /** The kinds whose objects it checks; `every` for all, or a set of `group/Kind`. */
  readonly of: readonly Name[] | 'every' | ReadonlySet<string>;
  /** Whether the rule may have something to say at all: asked first, since of nearly every object it has not, and a glance costs less than a check. @default - always */
  when?(on: Kinds[Name], mesh: Mesh): boolean;
  check(on: Kinds[Name], mesh: Mesh): Iterable<Violation>;
}

/** A rule that checks the mesh as a whole. */
export interface MeshRule extends RuleText {
  readonly of: 'mesh';
  check(mesh: Mesh): Iterable<MeshViolation>;
}

export type Rule = ObjectRule | MeshRule;

/** Types a rule that checks objects of some kinds. */
export function defineRule<Name extends KindName>(rule: ObjectRule<Name>): ObjectRule {
  // What it is given are objects of the kinds that it names.
  return rule;
}

/** Types a rule that checks objects whatever they mean to a mesh. */
export function defineRuleOfEvery(rule: RuleText & { readonly of: 'every' | ReadonlySet<string>; when?(on: Entity, mesh: Mesh): boolean; check(on: Entity, mesh: Mesh): Iterable<Violation> }): ObjectRule {
  return rule;
}

/** Types a rule that checks the mesh as a whole. */
export function defineMeshRule(rule: MeshRule): MeshRule {
  return rule;
}

/** The codes that the findings of a rule may have, its own first. */
export function codesOf({ id, furtherCodes = [] }: RuleText): readonly string[] {
  return [id, ...furtherCodes];
}

/** What a rule goes by: its codes, its name, its codes in other tools. */
export function namesOf(rule: RuleText): readonly string[] {
  return [...codesOf(rule), rule.name, ...(rule.alsoKnownAs ?? [])];
}

/** YAML in a template, without the indentation of the code around it. */
export function yaml({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  const text = String.raw({ raw }, ...values).replace(/^\n/, '');
  const indent = Math.min(...text.split('\n').filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length));
  return text.split('\n').map(line => line.slice(indent)).join('\n').trimEnd();
}
