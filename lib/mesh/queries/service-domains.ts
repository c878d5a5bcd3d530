import type { Mesh } from '../mesh.ts';

/** The full names that a Host header may stand for, for a client of a namespace: a Service may be called by the beginning of its name. */
export function fullNames(mesh: Mesh, authority: string, client: string): readonly string[] {
  const name = authority.endsWith('.') ? authority.slice(0, -1) : authority;
  const domain = `svc.${mesh.config.clusterDomain}`;
  const labels = name.split('.');
  const full = labels.length === 1 ? `${name}.${client}.${domain}`
    : labels.length === 2 ? `${name}.${domain}`
      : labels.length === 3 && labels[2] === 'svc' ? `${labels[0]}.${labels[1]}.${domain}` : undefined;
  return full === undefined ? [name] : [name, full];
}

/** The names by which a host is called, as Envoy's domains. */
export function domainsOf(mesh: Mesh, host: string, client: string): readonly string[] {
  const suffix = `.svc.${mesh.config.clusterDomain}`;
  if (!host.endsWith(suffix)) return [host];
  const short = host.slice(0, -suffix.length);
  const [name, namespace, ...more] = short.split('.');
  if (more.length > 0 || namespace === undefined) return [host];
  return [host, `${short}.svc`, short, ...(namespace === client ? [name ?? ''] : [])];
}

/** The name of the host in an authority: without its port, in lower case. */
export function hostName(authority: string): string {
  return authority.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1').toLowerCase();
}
