import { shown } from './report.ts';

/**
 * What is wrong with the metadata of an object: where, and a sentence. The schema of a CRD does not speak of it; the API
 * server refuses it all the same.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and …/labels/#syntax-and-character-set
 */
export function metadataViolations(metadata: unknown): { readonly path: string; readonly message: string }[] {
  const found: { readonly path: string; readonly message: string }[] = [];
  const say = (path: string, message: string): void => { found.push({ path: `metadata${path}`, message }); };
  if (!isFields(metadata)) return found;
  const { name, generateName, namespace, labels, annotations } = metadata;
  if ((name ?? '') !== '' && !(typeof name === 'string' && isSubdomain(name))) say('.name', `must be lower case letters, digits, "-" and ".", and begin and end with a letter or digit, got ${shown(name)}`);
  if ((name ?? '') === '' && (generateName ?? '') === '') say('.name', 'is required');
  if (namespace !== undefined && namespace !== null && !(typeof namespace === 'string' && /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)?$/.test(namespace))) say('.namespace', `must be lower case letters, digits and "-", at most 63, got ${shown(namespace)}`);
  for (const [kind, map] of [['labels', labels], ['annotations', annotations]] as const) {
    if (map === undefined || map === null) continue;
    if (!isFields(map)) say(`.${kind}`, `must be an object, got ${shown(map)}`);
    else for (const key of Object.keys(map)) entry(say, kind, key, map[key]);
  }
  return found;
}

function entry(say: (path: string, message: string) => void, kind: 'labels' | 'annotations', key: string, value: unknown): void {
  const at = (): string => `.${kind}[${JSON.stringify(key)}]`;
  if (!isKey(key, kind)) say(at(), `${shown(key)} is no key: it must be a name of at most 63 letters, digits, "-", "_" and ".", perhaps with a domain and "/" before it`);
  if (value === null) return;
  if (typeof value !== 'string') say(at(), `must be a text, got ${shown(value)}; put it in quotes`);
  else if (kind === 'labels' && value !== '' && !isName(value)) say(at(), `must be at most 63 letters, digits, "-", "_" and ".", and begin and end with a letter or digit, got ${shown(value)}`);
}

/** The keys that are in order, of which a mesh has few: nearly every object has the same. */
const keys = { labels: new Set<string>(), annotations: new Set<string>() };
const mostKept = 1000;

function isKey(key: string, kind: 'labels' | 'annotations'): boolean {
  const known = keys[kind];
  if (known.has(key)) return true;
  const slash = key.indexOf('/');
  const prefix = kind === 'annotations' ? key.slice(0, slash).toLowerCase() : key.slice(0, slash);
  if ((slash !== -1 && !isSubdomain(prefix)) || !isName(key.slice(slash + 1))) return false;
  if (known.size < mostKept) known.add(key);
  return true;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 1123, in lower case. */
function isSubdomain(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

function isName(text: string): boolean {
  return text.length <= 63 && /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(text);
}
