import type { IConstruct } from 'constructs';
import { shown } from '../../schema/index.ts';

/**
 * Refuses a name that Kubernetes would refuse for a Service, with the construct that gave it.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
 */
export function serviceName(where: string, what: string, name: string): string {
  if (/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(`${where}: ${what} must be a DNS label (a lower-case letter, then letters, digits and "-", at most 63 characters), got ${shown(name)}`);
}

/**
 * Refuses a name that is no DNS label, with the construct that gave it: namespaces, service accounts and versions may start with a digit.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function dnsLabel(where: string, what: string, name: string): string {
  if (/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(`${where}: ${what} must be a DNS label (lower-case letters, digits and "-", at most 63 characters), got ${shown(name)}`);
}

/**
 * Refuses a host that no client could ask for, or one wider than was asked for. Hosts are compared without case.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export function hostName(where: string, host: string): string {
  const labels = host.replace(/^\*\./, '').split('.');
  const valid = host.length <= 253 && labels.length > 1 && labels.every(label => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/i.test(label));
  if (valid) return host.toLowerCase();
  throw new Error(`${where}: a host must be a full domain name such as shop.example.com or *.example.com, got ${shown(host)}`);
}

/** Whether some host is in both: `*.example.com` takes `a.example.com`, and `*` takes all. */
export function hostsMeet(a: string, b: string): boolean {
  return takesHost(a, b) || takesHost(b, a);
}

/** Hosts without those that a wider one among them takes. */
export function widestHosts(hosts: readonly string[]): string[] {
  return hosts.filter(host => !hosts.some(other => other !== host && takesHost(other, host)));
}

function takesHost(wide: string, narrow: string): boolean {
  return wide === narrow || (wide.startsWith('*') && narrow.replace(/^\*/, '').toLowerCase().endsWith(wide.slice(1).toLowerCase()));
}

/**
 * Refuses a domain without which no name could be made: labels with dots between them.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export function domainName(where: string, what: string, name: string): string {
  if (name.length <= 253 && name.split('.').every(label => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(label))) return name;
  throw new Error(`${where}: ${what} must be DNS labels with dots between them, as in "cluster.local", got ${shown(name)}`);
}

/**
 * Refuses labels or annotations that Kubernetes would refuse.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function metadataKeys(where: string, what: 'label' | 'annotation', entries: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(entries)) {
    const [name = '', prefix] = key.split('/').reverse();
    const legal = part.test(name) && name !== '' && key.split('/').length <= 2 && (prefix === undefined || (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(prefix)));
    if (!legal) throw new Error(`${where}: ${JSON.stringify(key)} is no name of ${article[what]}; use letters, digits, "-", "_" and ".", at most 63, after an optional domain and "/"`);
    if (typeof value !== 'string') throw new Error(`${where}: ${what} ${key} must be text, got ${shown(value)}`);
    if (what === 'label' && !part.test(value)) throw new Error(`${where}: label ${key} must be at most 63 letters, digits, "-", "_" and ".", got ${shown(value)}`);
  }
}

const part = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const article = { label: 'a label', annotation: 'an annotation' } as const;

/**
 * Refuses the id of a construct that is taken. The library of constructs would do so too, but name neither the place
 * nor the way out.
 */
export function freeId(scope: IConstruct, id: string): string {
  const where = scope.node.path;
  if (id === '') throw new Error(`${where}: an id must not be empty; give the construct a name of its own`);
  if (scope.node.tryFindChild(id)) throw new Error(`${where}/${id}: ${where} has a construct "${id}" already; give one of the two another id`);
  return id;
}
