/**
 * The full name of a host: a short name is one of the namespace of the object that says it.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination
 */
export function fullHost(host: string, namespace: string, clusterDomain: string): string {
  return host.startsWith('*') || host.includes('.') || host.includes(':') ? host : `${host}.${namespace}.svc.${clusterDomain}`;
}

/** Whether every host of the second set is in the first: `*.a.com` covers `b.a.com` and `*.b.a.com`, not `a.com`. */
export function covers(wide: string, narrow: string): boolean {
  if (wide === '*') return true;
  if (!wide.startsWith('*')) return wide.toLowerCase() === narrow.toLowerCase();
  const rest = narrow.startsWith('*') ? narrow.slice(1) : narrow;
  return rest.length >= wide.length - (narrow.startsWith('*') ? 1 : 0) && rest.toLowerCase().endsWith(wide.slice(1).toLowerCase());
}

/** Whether some host is in both sets. */
export function hostsMeet(a: string, b: string): boolean {
  return covers(a, b) || covers(b, a);
}
