import type { IConstruct } from 'constructs';
import type { HostTraffic } from './host-traffic.ts';

/** What requests can be routed for and sent to: a service of the mesh, or one outside. */
export interface Routed<Version extends string = string> extends IConstruct {
  readonly name: string;
  /** The Kubernetes namespace that it stands in. */
  readonly namespaceName: string;
  readonly versions: readonly Version[];
  /** The service as workloads and rules of a namespace call it. */
  hostFor(namespaceName: string): string;
  /** What is declared for its requests. @throws when it is another team's */
  traffic(declaredBy: string): HostTraffic;
  /** @throws when it has no such version */
  requireVersion(where: string, what: string, version: string): void;
  /** Notes that requests for another service are sent here, so that whoever may call that may come here. */
  takesRequestsOf(other: Routed, declaredBy: string): void;
}
