import type { Entity, Mesh } from '../mesh/index.ts';

/** How bad a finding is: an error breaks traffic or is refused, a warning will surprise, info is worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

export type Category = 'schema' | 'traffic' | 'gateway' | 'security' | 'services' | 'injection' | 'ambient' | 'telemetry' | 'install' | 'input';

/** What a rule found wrong, and where. */
export interface Violation {
  readonly on: Entity;
  /** The field, such as `spec.http[0].route[1].destination.subset`. @default - the object */
  readonly at?: string | undefined;
  readonly message: string;
  /** @default - that of the rule */
  readonly severity?: Severity | undefined;
  /** @default - that of the rule, where it stands for several of Istio's codes */
  readonly code?: string | undefined;
}

/** What can be wrong with a mesh: one thing, and everything about it. */
export interface Rule {
  /** Istio's code where it has one (several rules may share it), else MW####, never reused. */
  readonly id: string;
  /** Unique; the name of its file. */
  readonly name: string;
  readonly category: Category;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  /** Codes of the same rule in other tools. */
  readonly alsoKnownAs?: readonly string[];
  /** The analyzers of `istioctl analyze` that say the same. */
  readonly analyzers?: readonly string[];
  /** Kinds whose objects it looks at; a change of others cannot change what it finds. `*` for all. */
  readonly reads: readonly string[];
  readonly examples: { readonly bad: string; readonly good: string };
  check(mesh: Mesh): Iterable<Violation>;
}

/** Types a rule. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** YAML in a template, without the indentation of the code around it. */
export function yaml({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  const text = String.raw({ raw }, ...values).replace(/^\n/, '');
  const indent = Math.min(...text.split('\n').filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length));
  return text.split('\n').map(line => line.slice(indent)).join('\n').trimEnd();
}
