/**
 * Refuses a name that Kubernetes would refuse for a Service, with the construct that gave it.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
 */
export function serviceName(where: string, what: string, name: string): string {
  if (/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(`${where}: ${what} must be a DNS label (a lower-case letter, then letters, digits and "-", at most 63 characters), got ${JSON.stringify(name)}`);
}

/**
 * Refuses a name that is no DNS label, with the construct that gave it: namespaces, service accounts and versions may start with a digit.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
 */
export function dnsLabel(where: string, what: string, name: string): string {
  if (/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new Error(`${where}: ${what} must be a DNS label (lower-case letters, digits and "-", at most 63 characters), got ${JSON.stringify(name)}`);
}

/**
 * Refuses a host that no client could ask for, or one wider than was asked for.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Server
 */
export function hostName(where: string, host: string): string {
  const labels = host.replace(/^\*\./, '').split('.');
  const valid = host.length <= 253 && labels.length > 1 && labels.every(label => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/i.test(label));
  if (valid) return host;
  throw new Error(`${where}: a host must be a full domain name such as shop.example.com or *.example.com, got ${JSON.stringify(host)}`);
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
