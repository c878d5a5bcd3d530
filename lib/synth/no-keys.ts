import type { DocumentOrigin } from '../files/index.ts';
import { keyMaterialIn } from '../mesh/index.ts';
import type { Rendered } from './order.ts';

/**
 * Refuses output in which a private or symmetric key stands, whatever the check is told to leave out: YAML is committed, and
 * a key in it is no secret any more.
 *
 * @throws with the object and its field, and nothing of the key
 */
export function noKeys(files: ReadonlyMap<string, Rendered & { readonly origins: readonly (DocumentOrigin | undefined)[] }>): void {
  const found = [...files.values()].flatMap(({ chart, objects, origins }) => objects.flatMap((object, i) => {
    const maker = origins[i];
    const where = `${maker?.construct ?? chart}${maker?.madeAt === undefined ? '' : ` at ${maker.madeAt}`}`;
    return keyMaterialIn(object).map(({ at, kind }) => `${where}: ${object.kind} "${object.metadata?.name}" holds a ${kind} at ${at}`);
  }));
  if (found.length === 0) return;
  throw new Error(`${found.join('\n')}\nnothing was written: keys are no part of YAML; name a Secret instead, and let SecretFrom, cert-manager or a person make it. Replace a key that was committed before`);
}
