import { JsonPatch } from 'cdk8s';

/**
 * Refuses patches with a value that YAML cannot hold, so that it would be missing or changed there.
 *
 * @throws with the path of the patch
 */
export function checkPatches(where: string, patches: readonly JsonPatch[]): void {
  for (const { op, path, value } of patches.map(operationOf)) {
    if ((op === 'add' || op === 'replace') && !isPlainData(value)) {
      throw new Error(`${where}: the patch of ${path} gives what YAML cannot hold; give text, numbers, booleans, null, lists and plain objects of these`);
    }
  }
}

/**
 * Applies patches (RFC 6902) to the plain object that goes into the YAML, which nothing changes afterwards.
 *
 * @throws with the first patch that does not fit
 */
export function applyPatches(where: string, object: object, patches: readonly JsonPatch[]): object {
  return patches.reduce((patched, patch) => {
    try {
      return JsonPatch.apply(patched, patch) as object;
    } catch (error) {
      const { op, path } = operationOf(patch);
      const [reason] = error instanceof Error ? error.message.split('\n') : [];
      throw new Error(`${where}: the patch "${op} ${path}" does not fit what is there (${reason ?? String(error)}); look at the path`, { cause: error });
    }
  }, object);
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

function operationOf(patch: JsonPatch): Operation {
  return patch._toJson() as Operation;
}

/** Whether a value is in YAML what it is here: no undefined, function, class or endless number, which print as something else. */
function isPlainData(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth > 200) return false;
  if (Array.isArray(value)) return value.every(item => isPlainData(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(child => isPlainData(child, depth + 1));
}
