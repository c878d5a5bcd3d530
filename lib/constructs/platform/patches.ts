import { type ApiObject, JsonPatch } from 'cdk8s';
import { applyPatches, checkPatches } from '../l1.ts';

/**
 * Lets the patches of an object reach the YAML. The classes that `cdk8s import` makes, those of cdk8s-plus too, rename
 * fields after they were patched, and drop what they do not know by their own names: `/spec/clusterIP`, or a quantity in
 * plain text, is lost without a word. Here patches come last.
 */
export function letPatchesEscape(object: ApiObject): void {
  if (escaping.has(object)) return;
  escaping.add(object);
  const holder = object as unknown as { patches: JsonPatch[] | undefined };
  const stock = object.toJson.bind(object);
  object.toJson = (): unknown => {
    const { patches } = holder;
    // Private to cdk8s; without it patches would be lost again, so its absence is no trifle.
    if (!Array.isArray(patches)) throw new Error(`${object.node.path}: this version of cdk8s keeps patches in another way; use one that meshwright names as its peer`);
    checkPatches(object.node.path, patches);
    holder.patches = [];
    try {
      return applyPatches(object.node.path, stock() as object, patches);
    } finally {
      holder.patches = patches;
    }
  };
}

const escaping = new WeakSet<ApiObject>();

/** Takes away the namespace that cdk8s gives every object of a chart that has one, for a kind that stands in none. */
export function standInNoNamespace(object: ApiObject): void {
  letPatchesEscape(object);
  if (object.metadata.namespace !== undefined) object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
}
