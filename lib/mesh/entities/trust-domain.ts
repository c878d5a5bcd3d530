import type { MeshConfig } from './mesh-config.ts';

/**
 * The principals that a principal of a policy stands for: in the mesh's trust domain and in each of its aliases, where it
 * names one of them. `cluster.local` points to the mesh's own.
 *
 * Source: https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/
 */
export function principalsMeant(principal: string, config: MeshConfig): readonly string[] {
  const [domain, ...rest] = principal.split('/');
  if (domain === undefined || rest.length !== 4 || domain === '*') return [principal];
  const domains = trustDomains(config);
  if (domain !== 'cluster.local' && !domains.some(own => matches(domain, own))) return [principal];
  // `*-td` stands for itself where it takes a domain already.
  return [...new Set(domains.map(own => (domain.startsWith('*') && matches(domain, own) ? principal : [own, ...rest].join('/'))))];
}

/** The trust domains that a trust domain of a policy stands for. */
export function trustDomainsMeant(domain: string, config: MeshConfig): readonly string[] {
  const domains = trustDomains(config);
  return domains.includes(domain) ? domains : [domain];
}

function trustDomains({ trustDomain, trustDomainAliases }: MeshConfig): readonly string[] {
  return [...new Set([trustDomain, ...trustDomainAliases])];
}

function matches(pattern: string, domain: string): boolean {
  if (pattern.startsWith('*')) return domain.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? domain.startsWith(pattern.slice(0, -1)) : domain === pattern;
}
