import type { Operation } from '../l1.ts';
import { portNumber } from '../values/numbers.ts';
import type { PlacePort } from './policy-place.ts';

/** What a request asks for: all that is said of one must hold. */
export interface AccessOperation {
  /** Request methods, upper case; gRPC is POST. @default - all */
  readonly methods?: readonly string[] | undefined;
  /**
   * Paths without the query: one whole path, `/ratings/*` for all that begin alike, `*.css` for all that end alike, or a
   * template, where `{*}` is one segment and `{**}` any number.
   *
   * @default - all
   */
  readonly paths?: readonly string[] | undefined;
  /** Hosts, as `Host` has them; a port that clients may write there is taken care of. @default - all */
  readonly hosts?: readonly string[] | undefined;
  /** Ports, as callers write them; for a mesh or a namespace, those of the containers. @default - all */
  readonly ports?: readonly number[] | undefined;
  /** @default - none */
  readonly notMethods?: readonly string[] | undefined;
  /** @default - none */
  readonly notPaths?: readonly string[] | undefined;
  /** @default - none */
  readonly notHosts?: readonly string[] | undefined;
  /** @default - none */
  readonly notPorts?: readonly number[] | undefined;
}

const fields = ['methods', 'paths', 'hosts', 'ports', 'notMethods', 'notPaths', 'notHosts', 'notPorts'] as const;
const requestFields = ['methods', 'paths', 'hosts', 'notMethods', 'notPaths', 'notHosts'] as const;

/** The fields of an operation that only a proxy which reads HTTP can see. */
export function requestFieldsOf(operation: AccessOperation): readonly string[] {
  return requestFields.filter(name => operation[name] !== undefined);
}

/** A rule for where its requests arrive at other ports. */
export function atAnyPort<Rule extends { readonly to?: readonly AccessOperation[] | undefined }>(rule: Rule): Rule {
  const to = rule.to?.map(({ ports: _ports, notPorts: _notPorts, ...operation }) => operation);
  return { ...rule, to: to?.some(operation => Object.keys(operation).length === 0) ? undefined : to };
}

/**
 * Refuses an operation that takes nothing, or something else than it says.
 *
 * @throws with what it would do
 */
export function checkOperation(where: string, operation: AccessOperation): void {
  const said = fields.filter(name => operation[name] !== undefined);
  if (said.length === 0) throw new Error(`${where}: an operation that says nothing takes every request; leave \`to\` out to say so`);
  const empty = said.find(name => operation[name]?.length === 0);
  if (empty !== undefined) throw new Error(`${where}: ${empty} is empty, and Istio reads that as "all"; leave it out where that is meant, or name some`);
  for (const method of [...operation.methods ?? [], ...operation.notMethods ?? []]) checkMethod(where, method);
  for (const path of [...operation.paths ?? [], ...operation.notPaths ?? []]) checkPath(where, path);
  for (const host of [...operation.hosts ?? [], ...operation.notHosts ?? []]) {
    if (!/^(?:\*|(?:\*\.?|\*-)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?::(?:\d+|\*))?)$/i.test(host)) throw new Error(`${where}: a host is written as shop.example.com or *.example.com, got ${JSON.stringify(host)}`);
  }
}

/** @throws for a method that no request has, as methods are compared with their case */
export function checkMethod(where: string, method: string): void {
  if (!/^[A-Z]+$/.test(method)) throw new Error(`${where}: methods are written upper case, as in "GET", got ${JSON.stringify(method)}`);
}

/**
 * Refuses a path that no request has, or a pattern that Istio would read as text.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation
 */
export function checkPath(where: string, path: string): void {
  if (/[{}]/.test(path)) {
    const wrong = whyNoTemplate(path);
    if (wrong !== undefined) throw new Error(`${where}: ${JSON.stringify(path)} is no path template: ${wrong}`);
    return;
  }
  const stars = path.split('*').length - 1;
  const legal = path === '*' || (stars === 0 && path.startsWith('/')) || (stars === 1 && (path.endsWith('*') ? path.startsWith('/') : path.startsWith('*')));
  if (!legal) throw new Error(`${where}: a path begins with "/" and may have one "*" at its beginning or its end, got ${JSON.stringify(path)}`);
  if (/[?#]/.test(path)) throw new Error(`${where}: a path has no "?" and no "#", for rules see it without its query, got ${JSON.stringify(path)}`);
}

function whyNoTemplate(path: string): string | undefined {
  if (!path.startsWith('/')) return 'it begins with "/"';
  let last = false;
  for (const segment of path.slice(1).split('/')) {
    const template = segment === '{*}' || segment === '{**}';
    if (!template && /[{}*]/.test(segment)) return 'a template is {*} or {**}, stands for a whole segment, and goes with no other "*"';
    if (template && last) return '{**} must be the last template';
    if (segment === '{**}') last = true;
    if (!template && !/^(?:[A-Za-z0-9\-._~!$&'()+,;:@=]|%[0-9A-Fa-f]{2})*$/.test(segment)) return `"${segment}" has characters that no path has`;
  }
  return undefined;
}

/** Prints an operation, but for its ports. */
export function printedOperation({ methods, paths, hosts, notMethods, notPaths, notHosts }: AccessOperation): Operation {
  return {
    ...(hosts ? { hosts: withPorts(hosts) } : {}),
    ...(notHosts ? { notHosts: withPorts(notHosts) } : {}),
    ...(methods ? { methods: [...methods] } : {}),
    ...(notMethods ? { notMethods: [...notMethods] } : {}),
    ...(paths ? { paths: [...paths] } : {}),
    ...(notPaths ? { notPaths: [...notPaths] } : {}),
  };
}

/** Ports as the proxy of a target sees them. @throws when the target has no such port */
export function seenPorts(where: string, given: readonly number[], ports: readonly PlacePort[] | undefined): readonly number[] {
  return given.map(port => {
    if (!ports) return portNumber(where, 'a port', port);
    const known = ports.find(own => own.port === port);
    if (!known) throw new Error(`${where}: there is no port ${port}; there is ${ports.map(own => own.port).join(', ')}`);
    return known.seen;
  });
}

/** Clients may name the port in the Host header; a pattern has room for one star. */
export function withPorts(hosts: readonly string[]): string[] {
  return hosts.flatMap(host => (host.includes('*') || host.includes(':') ? [host] : [host, `${host}:*`]));
}
