import { keyOf, type Manifest, type Problem } from '../manifest/index.ts';
import { isSystemNamespace, kindKey, keyOfKind, LayeredMap, type Entity, type KindName, type Mesh } from '../mesh/index.ts';
import { findingOf, findingOfProblem, ruleOfProblem, type Finding } from './finding.ts';
import type { MeshRule, ObjectRule, Rule, Violation } from './rule.ts';
import { unusedSuppression } from './rules/unused-suppression.ts';
import { heldBackBy, suppressionsOf } from './suppression.ts';

/** Which rules run, and on what. */
export interface Scope {
  readonly rules: readonly Rule[];
  /** Whether what a rule says under one of its codes is asked for. */
  readonly wants: (rule: Rule, code: string) => boolean;
  /** Whether what cannot be read is to be said. */
  readonly wantsProblem: (rule: Rule) => boolean;
  /** Undefined for all. */
  readonly namespaces: readonly string[] | undefined;
  readonly problems: readonly Problem[];
  /** Whether every rule runs; only then it is known which suppressions hold nothing back. */
  readonly whole: boolean;
  /** What the rules go by that were not asked, as they are advice: of suppressions of theirs nothing is known. */
  readonly unasked: ReadonlySet<string>;
  /** Whether to keep what was asked of the mesh, so that a change can be checked by itself. */
  readonly remember: boolean;
}

/** What the rules said of one object, or one rule of the mesh as a whole. */
interface Part {
  readonly on: Entity | MeshRule;
  readonly findings: readonly Finding[];
  /** By which codes of the suppressions of which objects findings were held back. */
  readonly heldBack: readonly (readonly [Manifest, string])[];
  /** What was asked of the mesh. */
  readonly reads: readonly string[];
}

/** Which rules check which objects. */
class Plan {
  readonly mesh: readonly MeshRule[];
  readonly #object: readonly ObjectRule[];
  #last: { readonly group: string; readonly kind: string; readonly rules: readonly ObjectRule[] } = { group: '', kind: '', rules: [] };
  readonly #byKind = new Map<string, readonly ObjectRule[]>();

  constructor(rules: readonly Rule[]) {
    this.mesh = rules.filter((rule): rule is MeshRule => rule.of === 'mesh');
    this.#object = rules.filter((rule): rule is ObjectRule => rule.of !== 'mesh');
  }

  of(entity: Entity): readonly ObjectRule[] {
    // Objects come kind by kind.
    if (entity.kind === this.#last.kind && entity.group === this.#last.group) return this.#last.rules;
    const rules = this.#ofKind(kindKey(entity));
    this.#last = { group: entity.group, kind: entity.kind, rules };
    return rules;
  }

  #ofKind(kind: string): readonly ObjectRule[] {
    let rules = this.#byKind.get(kind);
    if (!rules) this.#byKind.set(kind, rules = this.#object.filter(({ of }) => of === 'every' || (of instanceof Set ? of.has(kind) : (of as readonly KindName[]).some(name => keyOfKind[name] === kind))));
    return rules;
  }
}

/** A mesh with what the rules say of it, part by part, so that a change runs again only the parts that it touches. */
export class Checked {
  readonly mesh: Mesh;
  readonly scope: Scope;
  readonly #plan: Plan;
  readonly #parts: LayeredMap<string, Part>;
  /** The parts that have something to say, or to hold back. */
  readonly #said: LayeredMap<string, Part>;
  /** The parts that asked the mesh something. It may name parts that do so no more. */
  readonly #readers: LayeredMap<string, readonly string[]>;

  private constructor(mesh: Mesh, scope: Scope, plan: Plan, parts: LayeredMap<string, Part>, said: LayeredMap<string, Part>, readers: LayeredMap<string, readonly string[]>) {
    this.mesh = mesh;
    this.scope = scope;
    this.#plan = plan;
    this.#parts = parts;
    this.#said = said;
    this.#readers = readers;
  }

  /** Runs every rule on everything. */
  static of(mesh: Mesh, scope: Scope): Checked {
    const plan = new Plan(scope.rules);
    const parts = new Map<string, Part>();
    const said = new Map<string, Part>();
    const readers = new Map<string, string[]>();
    const add = (part: Part): void => {
      const says = hasSaid(part);
      if (!says && part.reads.length === 0) return;
      const key = keyOfPart(part.on);
      if (says) said.set(key, part);
      if (part.reads.length === 0) return;
      parts.set(key, part);
      for (const read of part.reads) {
        const reader = readers.get(read);
        if (!reader) readers.set(read, [key]);
        else if (reader.at(-1) !== key) reader.push(key);
      }
    };
    for (const entity of mesh.all) {
      const rules = plan.of(entity);
      if (rules.length > 0 && concerns(scope, entity.namespace)) add(ofObject(mesh, scope, rules, entity));
    }
    for (const rule of plan.mesh) add(ofMesh(mesh, scope, rule));
    return new Checked(mesh, scope, plan, LayeredMap.of(parts), LayeredMap.of(said), LayeredMap.of(readers));
  }

  /** The same rules on a mesh with a change. */
  with(mesh: Mesh): Checked {
    const { difference } = mesh;
    if (!this.scope.remember || difference?.from !== this.mesh.id || !difference.touched) return Checked.of(mesh, { ...this.scope, remember: true });
    const again = new Map<string, Entity | MeshRule | undefined>();
    for (const read of difference.touched) {
      for (const key of this.#readers.get(read) ?? []) {
        const part = this.#parts.get(key);
        if (part?.reads.includes(read)) again.set(key, 'check' in part.on ? part.on : mesh.get(part.on));
      }
    }
    for (const { before, after } of difference.changes) {
      if (before) again.set(keyOf(before), undefined);
      if (after) again.set(keyOf(after), after);
    }
    const parts = new Map<string, Part | undefined>();
    const said = new Map<string, Part | undefined>();
    const readers = new Map<string, readonly string[]>();
    for (const [key, on] of again) {
      const part = on && this.#again(mesh, on);
      const before = this.#parts.get(key);
      for (const read of new Set(part?.reads)) {
        if (before?.reads.includes(read)) continue;
        readers.set(read, [...(readers.get(read) ?? this.#readers.get(read) ?? []), key]);
      }
      parts.set(key, part && part.reads.length > 0 ? part : undefined);
      said.set(key, part && hasSaid(part) ? part : undefined);
    }
    return new Checked(mesh, this.scope, this.#plan, this.#parts.with(parts), this.#said.with(said), this.#readers.with(readers));
  }

  /** What there is to say, in no order. */
  get findings(): readonly Finding[] {
    const said = [...this.#said.values()];
    const problems = this.scope.problems.filter(problem => this.scope.wantsProblem(ruleOfProblem(problem))).map(findingOfProblem);
    const findings = [...problems, ...said.flatMap(part => part.findings)];
    return this.scope.whole ? [...findings, ...this.#idle(said)] : findings;
  }

  #again(mesh: Mesh, on: Entity | MeshRule): Part | undefined {
    if ('check' in on) return ofMesh(mesh, this.scope, on);
    const rules = this.#plan.of(on);
    return rules.length > 0 && concerns(this.scope, on.namespace) ? ofObject(mesh, this.scope, rules, on) : undefined;
  }

  /** Suppressions that hold nothing back. */
  #idle(said: readonly Part[]): Finding[] {
    const used = new Map<Manifest, Set<string>>();
    for (const { heldBack } of said) {
      for (const [manifest, code] of heldBack) used.set(manifest, (used.get(manifest) ?? new Set()).add(code));
    }
    return said.flatMap(({ on }) => ('check' in on ? [] : [...unusedSuppression(on, used.get(on.manifest) ?? new Set(), this.scope.unasked)].map(violation => findingOf(unusedSuppression.rule, on, violation))));
  }
}

function concerns({ namespaces }: Scope, namespace: string): boolean {
  return !isSystemNamespace(namespace) && (!namespaces || namespaces.includes(namespace));
}

function keyOfPart(on: Entity | MeshRule): string {
  return 'check' in on ? on.name : keyOf(on);
}

function hasSaid({ on, findings, heldBack }: Part): boolean {
  return findings.length > 0 || heldBack.length > 0 || (!('check' in on) && suppressionsOf(on).length > 0);
}

function ofObject(mesh: Mesh, scope: Scope, rules: readonly ObjectRule[], entity: Entity): Part {
  const part = new Saying(entity, scope);
  return part.from(mesh, () => {
    // Each rule is given objects of the kinds that it names.
    for (const rule of rules) {
      if (rule.when && !rule.when(entity, mesh)) continue;
      for (const violation of rule.check(entity, mesh)) part.say(rule, violation.on ?? entity, violation);
    }
  });
}

function ofMesh(mesh: Mesh, scope: Scope, rule: MeshRule): Part {
  const part = new Saying(rule, scope);
  return part.from(mesh, () => {
    for (const violation of rule.check(mesh)) if (concerns(scope, violation.on.namespace)) part.say(rule, violation.on, violation);
  });
}

const nothing: readonly never[] = [];

/** A part while the rules are running. */
class Saying {
  readonly #on: Entity | MeshRule;
  readonly #scope: Scope;
  #findings: Finding[] | undefined;
  #heldBack: [Manifest, string][] | undefined;

  constructor(on: Entity | MeshRule, scope: Scope) {
    this.#on = on;
    this.#scope = scope;
  }

  /** Takes a violation as a finding, or as one that its object asks not to be told. */
  say(rule: Rule, about: Entity, violation: Violation): void {
    if (!this.#scope.wants(rule, violation.code ?? rule.id)) return;
    const codes = heldBackBy(suppressionsOf(about), [violation.code ?? rule.id, rule.name, ...(rule.alsoKnownAs ?? [])]);
    for (const code of codes) (this.#heldBack ??= []).push([about.manifest, code]);
    if (codes.length === 0) (this.#findings ??= []).push(findingOf(rule, about, violation));
  }

  from(mesh: Mesh, run: () => void): Part {
    let reads: readonly string[] = nothing;
    if (this.#scope.remember) reads = [...new Set(mesh.reads(run))];
    else run();
    return { on: this.#on, findings: this.#findings ?? nothing, heldBack: this.#heldBack ?? nothing, reads };
  }
}
