import type { AuthorizationPolicySpec, Operation, Rule } from '../l1.ts';
import type { PathMatch } from '../values/path.ts';
import { checkMethod, checkPath } from './operation.ts';

/** The requests that a caller may send. What is left open is not limited. */
export interface AccessProps {
  /** Request methods, upper case. @default - all */
  readonly methods?: readonly string[] | undefined;
  /**
   * Paths: `/ratings/*` for all that begin alike, `*.css` for all that end alike, one whole path, or a template, where
   * `{*}` is one segment and `{**}` any number.
   *
   * @default - all
   */
  readonly paths?: readonly string[] | undefined;
}

/** One caller's grant. */
export interface Grant extends AccessProps {
  /** The caller's identity, as in certificates: `trust domain/ns/namespace/sa/account`. */
  readonly principal: string;
  readonly declaredBy: string;
}

/** A workload that grants are given for. */
export interface Callee {
  readonly where: string;
  readonly service: string;
  readonly podLabels: Readonly<Record<string, string>>;
  /** Ports of the containers. */
  readonly targetPorts: readonly number[];
  readonly carriesHttp: boolean;
  readonly dataPlane: 'sidecar' | 'ambient' | 'none';
  readonly waypoint: { readonly name: string } | undefined;
}

/** Whether a grant looks into requests, which takes a proxy that reads HTTP. */
export function isHttp(grant: AccessProps): boolean {
  return (grant.methods?.length ?? 0) > 0 || (grant.paths?.length ?? 0) > 0;
}

/**
 * Refuses limits that could never hold: what an HTTP policy says of a port that carries no HTTP denies everything.
 *
 * @throws where the callee cannot tell methods and paths apart, or a method or path is none
 */
export function checkAccess(where: string, callee: Callee, access: AccessProps): void {
  for (const method of access.methods ?? []) checkMethod(where, method);
  for (const path of access.paths ?? []) checkPath(where, path);
  if (!isHttp(access)) return;
  if (callee.dataPlane === 'none') throw new Error(`${where}: ${callee.where} is not in the mesh (dataPlane "none"), so nothing there enforces access`);
  if (!callee.carriesHttp) throw new Error(`${where}: ${callee.where} has no HTTP port, so methods and paths would deny everything; leave them out`);
  if (callee.dataPlane === 'ambient' && callee.waypoint === undefined) {
    throw new Error(`${where}: ${callee.where} is ambient without a waypoint, and only a waypoint reads methods and paths; give it or its namespace a waypoint, or leave them out`);
  }
}

/**
 * Prints the grants of one workload: a rule for each caller. In ambient mode what reads HTTP is attached to the
 * waypoint's service, the rest to the workload.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function accessSpec(callee: Callee, grants: readonly Grant[]): AuthorizationPolicySpec {
  const rules = grants.map(grant => rule(callee, grant));
  if (callee.dataPlane === 'ambient' && callee.waypoint !== undefined) {
    return { targetRefs: [{ kind: 'Service', group: '', name: callee.service }], action: 'ALLOW', rules };
  }
  return { selector: { matchLabels: { ...callee.podLabels } }, action: 'ALLOW', rules };
}

function rule(callee: Callee, { principal, methods = [], paths = [] }: Grant): Rule {
  const operation: Operation = {
    // A waypoint sees the ports of the service, a workload those of its containers; only the latter are known to be distinct.
    ...(callee.waypoint === undefined ? { ports: callee.targetPorts.map(String) } : {}),
    ...(methods.length === 0 ? {} : { methods }),
    ...(paths.length === 0 ? {} : { paths }),
  };
  return {
    from: [{ source: { principals: [principal] } }],
    ...(Object.keys(operation).length === 0 ? {} : { to: [{ operation }] }),
  };
}

/** A set of paths as an AuthorizationPolicy writes it. */
export function policyPath(path: PathMatch): string {
  return path.test.kind === 'exact' ? path.test.value : `${path.test.value}*`;
}
