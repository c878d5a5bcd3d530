import type { VirtualService } from '../entities/virtual-service.ts';
import type { Service } from '../entities/service.ts';
import { isVisible } from '../entities/visibility.ts';
import type { Mesh } from '../mesh.ts';
import type { HttpRule } from '../treatments.ts';
import { httpRules } from './http-rules.ts';

/** The longest that a call may take, in milliseconds, and the route that says so. */
export interface LongestCall {
  readonly milliseconds: number;
  readonly rule: HttpRule;
}

/** How long a call that a route takes may last before the caller's proxy gives up; undefined where there is no end. */
export function longestOf({ treatment }: HttpRule): number | undefined {
  if (treatment.kind !== 'forward') return undefined;
  const { timeout, retries } = treatment;
  const tries = retries?.perTryTimeout ? (retries.attempts + 1) * retries.perTryTimeout : 0;
  if (timeout > 0) return tries > 0 ? Math.min(timeout, tries) : timeout;
  return tries > 0 ? tries : undefined;
}

/** The routes that clients of a namespace take to a Service inside the mesh; none where no VirtualService has them. */
export function routesTo(mesh: Mesh, service: Service, clientNamespace: string): readonly HttpRule[] {
  const owner = virtualServiceOf(mesh, service, clientNamespace);
  return owner ? httpRules(mesh, owner, { gateway: 'mesh', port: undefined, namespace: clientNamespace, labels: noLabels }) : [];
}

const noLabels: ReadonlyMap<string, string> = new Map();

/** The VirtualService whose routes they are. */
export function virtualServiceOf(mesh: Mesh, service: Service, clientNamespace: string): VirtualService | undefined {
  return mesh.virtualServicesByHost.find(service.host, ({ appliesToMesh, visibility }) => appliesToMesh && isVisible(visibility, clientNamespace));
}

/** The longest call to a Service by clients of a namespace; undefined where one of its routes has no end. */
export function longestCall(mesh: Mesh, service: Service, clientNamespace: string): LongestCall | undefined {
  let longest: LongestCall | undefined;
  for (const rule of routesTo(mesh, service, clientNamespace)) {
    if (rule.treatment.kind !== 'forward') continue;
    const milliseconds = longestOf(rule);
    if (milliseconds === undefined) return undefined;
    if (!longest || milliseconds > longest.milliseconds) longest = { milliseconds, rule };
  }
  return longest;
}
