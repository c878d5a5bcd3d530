import type { HeaderOperation } from '../../mesh/index.ts';

/** Headers after some operations, in order; the names are in lower case. */
export function withHeaders(headers: ReadonlyMap<string, string>, operations: readonly HeaderOperation[]): ReadonlyMap<string, string> {
  if (operations.length === 0) return headers;
  const changed = new Map(headers);
  for (const operation of operations) {
    const before = changed.get(operation.name);
    if (operation.do === 'remove') changed.delete(operation.name);
    else changed.set(operation.name, operation.do === 'add' && before !== undefined ? `${before},${operation.value}` : operation.value);
  }
  return changed;
}

/** Operations in words. */
export function changedHeaders(operations: readonly HeaderOperation[]): readonly string[] {
  return operations.map(operation => (operation.do === 'remove' ? `${operation.name} is removed` : operation.do === 'set' ? `${operation.name} is set to ${operation.value}` : `${operation.value} is added to ${operation.name}`));
}
