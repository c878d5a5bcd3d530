import { shown, type Say } from './said.ts';

/** Istio's idea of a DNS label, which may have upper case. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(text);
}

/** Why a text is no full domain name; undefined where it is one. */
export function whyNoFqdn(text: string): string | undefined {
  if (text === '' || text.length > 255) return 'it must have 1 to 255 characters';
  return whyNoLabels(text);
}

/** Why a text is no domain name with or without a wildcard in front. */
export function whyNoWildcardDomain(text: string): string | undefined {
  if (text === '' || text.length > 255) return 'it must have 1 to 255 characters';
  const [first = '', ...rest] = text.split('.');
  const plain = first === '*' ? '' : first.replace(/^\*-?/, '');
  if (plain.includes('*')) return 'there may be one star, at the beginning';
  if (first !== '*' && !isDnsLabel(plain)) return `"${first}" is no DNS label`;
  return rest.length === 0 ? undefined : whyNoLabels(rest.join('.'));
}

function whyNoLabels(text: string): string | undefined {
  const labels = text.split('.');
  // A dot at the end makes a name absolute; Istio then does not look for a number before it.
  const wrong = labels.find((label, i) => !(label === '' && i === labels.length - 1) && !isDnsLabel(label));
  if (wrong !== undefined) return wrong.includes('*') ? 'there may be one star, at the beginning' : `"${wrong}" is no DNS label`;
  return /^\d+$/.test(labels.at(-1) ?? '') ? 'its last part is a number' : undefined;
}

export function dnsLabel(say: Say, text: string, path: string, what: string): void {
  if (!isDnsLabel(text)) say({ path, message: `${what} must be a DNS label, got ${shown(text)}` });
}

export function wildcardDomain(say: Say, text: string, path: string, what = 'a host'): void {
  const why = whyNoWildcardDomain(text);
  if (why !== undefined) say({ path, message: `${what} must be a domain name, perhaps with a wildcard in front, got ${shown(text)}: ${why}` });
}

/** Whether a text is an IP address as Go reads it: no leading zeros, and a zone only in IPv6. */
export function isIp(text: string): boolean {
  return isIpv4(text) || isIpv6(text.replace(/%[^%]+$/, ''));
}

/** An address, or a range of them. */
export function isSubnet(text: string): boolean {
  const parts = text.split('/');
  if (parts.length !== 2) return isIp(text);
  const [address = '', bits = ''] = parts;
  if (!/^(0|[1-9]\d{0,2})$/.test(bits)) return false;
  return isIpv4(address) ? Number(bits) <= 32 : isIpv6(address) && Number(bits) <= 128;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text) || text.split('::').length > 2) return false;
  const last = text.slice(text.lastIndexOf(':') + 1);
  const four = last.includes('.');
  if (four && !isIpv4(last)) return false;
  const groups = (four ? `${text.slice(0, text.length - last.length)}0:0` : text).split('::').map(side => (side === '' ? [] : side.split(':')));
  if (!groups.flat().every(group => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  return groups.length === 2 ? groups.flat().length < 8 : groups.flat().length === 8;
}

export function port(say: Say, value: number, path: string): void {
  if (!Number.isInteger(value) || value < 1 || value > 65535) say({ path, message: `a port must be between 1 and 65535, got ${shown(value)}` });
}

/** The path of a Unix domain socket; `@` begins an abstract one. */
export function unixAddress(say: Say, text: string, path: string): void {
  const address = text.slice('unix://'.length);
  if (address === '') say({ path, message: 'a Unix domain socket needs a path' });
  else if (address.startsWith('@')) return;
  else if (!address.startsWith('/') || address.endsWith('/')) say({ path, message: `a Unix domain socket must be an absolute path, and no folder, got ${shown(text)}` });
}
