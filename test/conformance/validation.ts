import { validate } from '../../lib/check/validation/index.ts';
import { identityOf, type KubernetesObject } from '../../lib/manifest/index.ts';
import { violations } from '../../lib/schema/index.ts';
import { schemaOf } from './facts.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec: unknown;
  readonly effectiveValid: boolean;
  readonly valid: boolean;
  readonly warning: boolean | null;
  readonly expand?: readonly Expansion[] | Expansion;
}

interface Expansion {
  readonly path: readonly (string | number)[];
  readonly repeat: string;
  readonly count: number;
  readonly base64?: boolean;
}

/** The webhook and the CRD together: whether an object gets into a cluster, and whether the webhook warns. */
export function validation(oracles: string): Outcome {
  return outcome(casesOf<Case>(oracles, 'validation/cases.json'), one => {
    const { apiVersion, kind, metadata } = one;
    const object = { apiVersion, kind, metadata, spec: expanded(one) } as KubernetesObject;
    const { version } = identityOf(object);
    const schema = schemaOf(kind, version);
    if (!schema) return `there are no facts of ${apiVersion} ${kind}`;
    const said = [...validate(object, metadata?.namespace ?? '')];
    const refused = said.filter(({ code }) => code === undefined || code === 'IST0106');
    const misfits = violations(schema, object);
    const found = [...misfits.map(({ path, message }) => `schema ${path}: ${message}`), ...refused.map(({ path, message }) => `webhook ${path}: ${message}`)];
    if (one.effectiveValid !== (found.length === 0)) return one.effectiveValid ? `refused: ${found.join('; ')}` : 'accepted';
    // What the webhook says of every EnvoyFilter is left out of the cases.
    const warned = said.filter(({ code, path }) => code !== undefined && code !== 'IST0106' && !(kind === 'EnvoyFilter' && path === 'spec'));
    if (one.warning !== null && one.valid && one.warning !== warned.length > 0) return one.warning ? 'no warning' : `warned: ${warned.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;
    return undefined;
  });
}

/** Long values are written short in the case: put `repeat` x `count` at `path`. */
function expanded({ spec, expand = [] }: Case): unknown {
  const copy = structuredClone(spec) as object;
  for (const { path, repeat, count, base64 } of Array.isArray(expand) ? expand as readonly Expansion[] : [expand as Expansion]) {
    let target = copy as Record<string | number, unknown>;
    for (const step of path.slice(0, -1)) target = target[step] as Record<string | number, unknown>;
    target[path.at(-1) ?? ''] = base64 ? Buffer.from(repeat.repeat(count)).toString('base64') : repeat.repeat(count);
  }
  return copy;
}
