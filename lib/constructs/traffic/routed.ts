import type { Construct } from 'constructs';
import type { ResolvedPort } from '../platform/service-port.ts';
import type { Grant } from '../security/access.ts';
import type { DeclaredRule } from '../security/declared-rule.ts';
import type { Routing } from './routing.ts';

/** What requests can be routed for and sent to: a service of the mesh, one outside, or the part of one that is delegated. */
export interface Routed<Version extends string = string> extends Construct {
  readonly name: string;
  /** The Kubernetes namespace that it stands in. */
  readonly namespaceName: string;
  readonly versions: readonly Version[];
  readonly ports: readonly ResolvedPort[];
  /** The service as workloads and rules of a namespace call it. */
  hostFor(namespaceName: string): string;
  /** What is declared for its requests. @throws when it is another team's */
  traffic(declaredBy: string): Requests;
  /** @throws when it has no such version */
  requireVersion(where: string, what: string, version: string): void;
  /** Notes that requests for another service are sent here, so that whoever may call that may come here. */
  takesRequestsOf(other: Routed, declaredBy: string): void;
  /** Tells a service that takes some of the requests who may send them. */
  sendsTo(receiver: Receiver, declaredBy: string): void;
}

/** Where routes of requests are declared. */
export interface Requests {
  /** @throws when there are no requests to route */
  requests(declaredBy: string): Routing;
}

/** What takes requests that were for another service. */
export interface Receiver {
  grant(grant: Grant): void;
  /** Lets in those that a rule takes. */
  allow(rule: DeclaredRule): void;
}
