import { codesOf, type Rule } from './rule.ts';

/** One thing that an audit looks for, and the codes that find it. */
export interface ChecklistEntry {
  readonly title: string;
  /** The rule of the first code is about the entry as a whole, further ones about parts of it. */
  readonly codes: readonly string[];
}

/**
 * What is to be looked for in the security of a mesh.
 *
 * Source: https://istio.io/latest/docs/ops/best-practices/security/, with what istioctl analyze and Kiali look for
 */
export const securityChecklist: readonly ChecklistEntry[] = [
  { title: 'plaintext is taken (PERMISSIVE or DISABLE)', codes: ['MW0401'] },
  { title: 'nothing denies by default', codes: ['MW0402'] },
  { title: 'ALLOW with negations, DENY without', codes: ['MW0403'] },
  { title: 'paths in policies without normalization that merges slashes', codes: ['MW0404'] },
  { title: 'paths with other spellings: slash at the end, case', codes: ['MW0405'] },
  { title: 'RequestAuthentication without a policy that asks for a token', codes: ['MW0406'] },
  { title: 'JWKS over http', codes: ['MW0407'] },
  { title: 'symmetric or private key inline', codes: ['MW0408'] },
  { title: 'JWKS fetched from anywhere', codes: ['IST0175'] },
  { title: 'requestPrincipals *', codes: ['MW0409'] },
  { title: 'principals of an unknown trust domain, or unknown altogether', codes: ['MW0429', 'MW0108'] },
  { title: 'gateway hosts *', codes: ['MW0410'] },
  { title: 'rights to write Gateways not limited', codes: ['MW0411'] },
  { title: 'SNI and Host may differ on a shared wildcard (421)', codes: ['MW0412', 'IST0138'] },
  { title: 'TLS origination that verifies nothing', codes: ['IST0128', 'IST0129', 'MW0413'] },
  { title: 'outbound ALLOW_ANY', codes: ['MW0414'] },
  { title: 'REGISTRY_ONLY as the only boundary', codes: ['MW0415'] },
  { title: 'ports and addresses excluded from capture', codes: ['MW0416'] },
  { title: 'application with the UID of the proxy', codes: ['IST0144'] },
  { title: 'NET_ADMIN in pods, no CNI plugin', codes: ['MW0417'] },
  { title: 'images that are not distroless', codes: ['MW0418'] },
  { title: 'first-party tokens', codes: ['MW0419'] },
  { title: 'debug and plaintext ports of istiod', codes: ['MW0420'] },
  { title: 'gateways without a limit of connections', codes: ['MW0421'] },
  { title: 'code in proxies from an untrusted address', codes: ['MW0422'] },
  { title: 'alpha features', codes: ['MW0423', 'IST0136'] },
  { title: 'unsupported version of Istio', codes: ['MW0424'] },
  { title: 'protocol not declared', codes: ['IST0118'] },
  { title: 'workloads that no policy is for', codes: ['MW0155'] },
  { title: 'no NetworkPolicy', codes: ['MW0425'] },
  { title: 'pods that opt out of the mesh', codes: ['MW0426'] },
  { title: 'root that istiod made by itself', codes: ['MW0427'] },
  { title: 'certificates that live long', codes: ['MW0428'] },
  { title: 'policies of requests in ambient mode without a waypoint', codes: ['MW0150', 'MW0151'] },
];

const listed: ReadonlySet<string> = new Set(securityChecklist.flatMap(({ codes }) => codes));

/** Whether an audit runs a rule: those of security, and what else the checklist names. */
export function isOfAudit(rule: Rule): boolean {
  return rule.category === 'security' || codesOf(rule).some(code => listed.has(code));
}
