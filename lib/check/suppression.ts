import type { Entity } from '../mesh/index.ts';
import type { Rule, Violation } from './rule.ts';

/** What an object asks not to be told. */
interface Suppression {
  readonly annotation: string;
  /** Codes or names of rules; `*` for all. */
  readonly codes: ReadonlySet<string>;
  readonly reason: string | undefined;
  /** Codes that have held something back. */
  readonly used: Set<string>;
}

/** Istio's annotation, Kiali's, and ours: `meshwright/ignore: "IST0101, MW0301: the host is made by another team"`. */
const annotations = ['galley.istio.io/analyze-suppress', 'kiali.io/ignore-validations', 'meshwright/ignore'];

/** Keeps back what objects ask not to be told, and knows which of these requests held nothing back. */
export class Suppressions {
  readonly #known = new Map<Entity['manifest'], readonly Suppression[]>();

  /** Whether the object of a violation asks not to be told of it. */
  holdsBack(rule: Rule, { on, code }: Violation): boolean {
    const names = [code ?? rule.id, rule.name, ...(rule.alsoKnownAs ?? [])];
    let held = false;
    for (const suppression of this.#of(on)) {
      const matching = [...suppression.codes].filter(wanted => wanted === '*' || names.includes(wanted));
      for (const wanted of matching) suppression.used.add(wanted);
      held ||= matching.length > 0;
    }
    return held;
  }

  /** Requests of our own annotation that held nothing back, or say no reason. */
  *idle(entities: Iterable<Entity>): Generator<{ readonly on: Entity; readonly code: string; readonly reason: string | undefined; readonly unused: boolean; readonly annotation: string }> {
    for (const on of entities) {
      for (const { annotation, codes, reason, used } of this.#of(on)) {
        for (const code of codes) {
          const unused = !used.has(code);
          if (unused || (reason === undefined && annotation === 'meshwright/ignore')) yield { on, code, reason, unused, annotation };
        }
      }
    }
  }

  #of({ manifest, annotations: own }: Entity): readonly Suppression[] {
    if (own.size === 0) return [];
    let found = this.#known.get(manifest);
    if (!found) {
      found = annotations.flatMap(annotation => {
        const value = own.get(annotation);
        if (value === undefined) return [];
        const colon = annotation === 'meshwright/ignore' ? value.indexOf(':') : -1;
        const codes = (colon === -1 ? value : value.slice(0, colon)).split(',').map(code => code.trim()).filter(code => code !== '');
        const reason = colon === -1 ? undefined : value.slice(colon + 1).trim();
        return [{ annotation, codes: new Set(codes), reason: reason === '' ? undefined : reason, used: new Set<string>() }];
      });
      this.#known.set(manifest, found);
    }
    return found;
  }
}
