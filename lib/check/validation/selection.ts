import { field, fields, list, mapping, text, texts } from '../../manifest/index.ts';
import { isDnsLabel } from './names.ts';
import { shown, warn, type Said, type Say } from './said.ts';

/** A selector by `matchLabels`, or by `labels` in the older APIs, which look no further where it cannot be used: whether it can. */
export function workloadSelector(say: Say, value: unknown, path: string, key: 'matchLabels' | 'labels'): boolean {
  if (!mapping(value)) return true;
  let usable = true;
  const labels = mapping(field(value, key));
  if (!labels || Object.keys(labels).length === 0) {
    say(warn(path, 'the selector has no labels, so that it takes everything in the namespace'));
    return true;
  }
  for (const [name, content] of Object.entries(labels)) {
    const at = (): string => `${path}.${key}[${JSON.stringify(name)}]`;
    if (name === '') {
      usable = false;
      say({ path: at(), message: 'the key of a label must not be empty' });
    }
    if (name.includes('*') || (typeof content === 'string' && content.includes('*'))) {
      usable = false;
      say({ path: at(), message: `a wildcard is not supported in a selector, got ${shown(`${name}=${String(content)}`)}` });
    }
  }
  return usable;
}

/** Where a policy applies: a selector, or objects that it refers to; one of them. */
export function attachment(say: Say, spec: unknown): void {
  workloadSelector(say, field(spec, 'selector'), 'spec.selector', 'matchLabels');
  const single = field(spec, 'targetRef');
  if (mapping(single)) targetRef(say, single, 'spec.targetRef');
  list(field(spec, 'targetRefs')).forEach((ref, i) => { targetRef(say, ref, `spec.targetRefs[${i}]`); });
  const given = attachments.filter(name => mapping(field(spec, name)) ?? list(field(spec, name)).length > 0);
  if (given.length > 1) say({ path: 'spec', message: `only one of selector, targetRef and targetRefs can be set, got ${given.join(' and ')}` });
}

const attachments = ['selector', 'targetRef', 'targetRefs'] as const;

function targetRef(say: Say, ref: unknown, path: string): void {
  const [name, kind, group, namespace] = ['name', 'kind', 'group', 'namespace'].map(key => text(field(ref, key)) ?? '');
  if (name === '') say({ path: `${path}.name`, message: 'a target needs a name' });
  if (namespace !== '') say({ path: `${path}.namespace`, message: `a target must be of the same namespace, got ${shown(namespace)}` });
  if (!targets.has(`${group === 'core' ? '' : group ?? ''}/${kind ?? ''}`)) say({ path, message: `a target must be a Gateway, GatewayClass, Service or ServiceEntry, got ${shown(`${group ?? ''}/${kind ?? ''}`)}` });
}

const targets = new Set(['/Service', 'networking.istio.io/ServiceEntry', 'gateway.networking.k8s.io/Gateway', 'gateway.networking.k8s.io/GatewayClass']);

/** Namespaces that an object is exported to. */
export function exportTo(say: Say, value: unknown, namespace: string, path: string, options: { readonly nobody?: boolean; readonly ownOnly?: boolean } = {}): void {
  if (value === undefined) return;
  const entries = texts(value);
  const seen = new Set<string>();
  for (const [i, entry] of entries.entries()) {
    const at = `${path}[${i}]`;
    const meant = entry === '.' ? namespace : entry;
    if (seen.has(meant)) say({ path: at, message: `${shown(entry)} is listed twice` });
    seen.add(meant);
    if (entry !== '.' && entry !== '*' && !(entry === '~' && options.nobody) && !isDnsLabel(entry)) say({ path: at, message: `must be ".", "*"${options.nobody ? ', "~"' : ''} or a namespace, got ${shown(entry)}` });
  }
  for (const alone of ['*', '~']) if (seen.has(alone) && seen.size > 1) say({ path, message: `"${alone}" says all; it cannot stand with others` });
  if (options.ownOnly && (seen.size > 1 || (seen.size === 1 && !seen.has(namespace)))) say({ path, message: 'with a workloadSelector it can be exported to its own namespace only' });
}

/** Labels as Kubernetes has them. */
export function labels(say: Say, value: unknown, path: string): void {
  if (value === undefined) return;
  const at = (key: string): string => `${path}[${JSON.stringify(key)}]`;
  for (const [key, content] of Object.entries(fields(value))) {
    const wrong = whyNoLabelKey(key);
    if (wrong !== undefined) say({ path: at(key), message: `${shown(key)} is no key of a label: ${wrong}` });
    if (typeof content === 'string' && content !== '' && !labelName.test(content)) say({ path: at(key), message: `${shown(content)} is no value of a label` });
  }
}

const labelName = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

function whyNoLabelKey(key: string): string | undefined {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  if (slash !== -1 && (slash === 0 || slash > 253 || key.slice(0, slash).split('.').some(part => !isDnsLabel(part)))) return 'its prefix must be a domain name';
  return name.length <= 63 && labelName.test(name) ? undefined : 'it must have 1 to 63 letters, digits, "-", "_" and "."';
}

export function duplicate(path: string, what: string, value: unknown): Said {
  return { path, message: `${what} ${shown(value)} stands twice` };
}
