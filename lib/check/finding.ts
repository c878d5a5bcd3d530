import { nameOf, positionOf, type Origin, type Problem } from '../manifest/index.ts';
import { withoutKeys, type Entity } from '../mesh/index.ts';
import type { Rule, Severity, Violation } from './rule.ts';
import { noKubernetesObject } from './rules/no-kubernetes-object.ts';
import { unreadableDocument } from './rules/unreadable-document.ts';

/** One thing that is wrong, ready to be shown. */
export interface Finding {
  readonly code: string;
  /** The name of the rule. */
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly resource: Resource | undefined;
  /** The field; '' for the object. */
  readonly path: string;
  readonly file?: string;
  /** Counted from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The path of the construct that made the object. */
  readonly construct?: string;
  /** The line of TypeScript that made it, as `file:line:column`. */
  readonly source?: string;
  readonly fix: string;
}

/** Which object. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A finding of a rule. Where it stands is looked for here, so that only findings pay for it. */
export function findingOf(rule: Rule, on: Entity, { at = '', message, severity, code }: Violation): Finding {
  return {
    code: code ?? rule.id,
    name: rule.name,
    severity: severity ?? rule.severity,
    message: clipped(withoutKeys(message)),
    resource: resourceOf(on),
    path: at,
    ...placeOf(on.manifest.origin, at),
    fix: rule.fix,
  };
}

/** A value that it names may be of any length. */
function clipped(message: string): string {
  return message.length > longest ? `${message.slice(0, longest)}…` : message;
}

const longest = 1000;

/** The rule that a document breaks which could not be read. */
export function ruleOfProblem({ severity }: Problem): Rule {
  return severity === 'error' ? unreadableDocument : noKubernetesObject;
}

/** A finding of something that could not be read. */
export function findingOfProblem(problem: Problem): Finding {
  const { id: code, name, severity, fix } = ruleOfProblem(problem);
  const { file, line, column, message } = problem;
  return { code, name, severity, message, resource: undefined, path: '', file, line, column, fix };
}

/** The object as people say it. */
export function resourceText(resource: Resource): string {
  return nameOf({ group: '', version: '', ...resource });
}

function resourceOf({ manifest, kind, namespace, name }: Entity): Resource {
  return { apiVersion: manifest.object.apiVersion, kind, namespace, name };
}

function placeOf(origin: Origin | undefined, path: string): Partial<Finding> {
  if (!origin) return {};
  return {
    file: origin.source.file,
    ...positionOf(origin, path),
    ...(origin.construct === undefined ? {} : { construct: origin.construct }),
    ...(origin.madeAt === undefined ? {} : { source: origin.madeAt }),
  };
}
