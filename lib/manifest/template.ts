/**
 * Where a template stands that was not rendered: YAML takes `{{ x }}` without quotes for a mapping that is the key of a
 * mapping, which Kubernetes refuses. The line of it in a document that begins at `line`; undefined where there is none.
 */
export function templateAt(text: string, value: unknown, line: () => number): number | undefined {
  if (!holdsMappingAsKey(value)) return undefined;
  const begin = line();
  const below = text.split('\n').slice(begin - 1).findIndex(content => /\{\s*\{/.test(content.replace(/"[^"]*"|'[^']*'/g, '')));
  return begin + Math.max(below, 0);
}

/** What js-yaml makes of a mapping where a key is wanted. */
const mappingAsKey = '[object Object]';

function holdsMappingAsKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return (!Array.isArray(value) && Object.hasOwn(value, mappingAsKey)) || Object.values(value).some(holdsMappingAsKey);
}

/** Whether a text may hold such a template; most do not. */
export function mayHoldTemplate(text: string): boolean {
  return /\{\s*\{/.test(text) && !text.includes(mappingAsKey);
}
