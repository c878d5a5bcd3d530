import type { Construct, IConstruct } from 'constructs';
import type { TokenContract } from '../../runtime/contract/index.ts';
import type { DeclaredRule } from './declared-rule.ts';

/** A mesh, a namespace, a service or a gateway: what access can be declared for. */
export interface PolicyTarget extends IConstruct {
  /** Where its policies stand and whom they take. @throws when it belongs to another team */
  policyPlace(declaredBy: string): PolicyPlace;
}

/** Where the policies of a target stand, whom they take, and what enforces them. */
export interface PolicyPlace {
  /** The construct whose chart holds them. */
  readonly scope: Construct;
  /** What their names begin with; empty for a mesh or a namespace. */
  readonly prefix: string;
  readonly mesh: MeshIdentity;
  /** Says how they are attached, once or, as for a mesh with sidecars and waypoints, whenever there is one more kind of proxy. */
  attach(make: (attachment: Attachment) => void): void;
  /** What enforces them. Only a proxy sees requests; ztunnel, in a namespace without waypoint, sees connections. */
  readonly enforcedBy: 'proxy' | 'ztunnel';
  /** Whether it holds for many workloads, and nobody is let in there without a grant. */
  readonly isClosed?: boolean | undefined;
  /** Namespaces whose ztunnel reads the policies as well, where they are for a whole mesh; known when the app is synthesized. */
  ztunnels(): readonly string[];
  /** Services of a namespace with a waypoint that do without one; known when the app is synthesized. @default - none */
  readonly withoutWaypoint?: (() => readonly string[]) | undefined;
  /** Its ports, where it is a service or a gateway. */
  readonly ports: readonly PlacePort[] | undefined;
  /** Ports of workloads at which a rule about requests must not be asked, since they carry something else; known when the app is synthesized. */
  otherPorts(): readonly number[];
  /** Hosts of others at the same pods, whose requests are none of its; known when the app is synthesized. */
  otherHosts(): readonly string[];
  /** The targets around it, whose policies hold here as well: the nearest first. */
  readonly within: readonly PolicyTarget[];
  /** The tokens that the running service takes, as its contract has them. @default - it has no contract, or none in it */
  readonly token?: TokenContract | undefined;
  /** What says who is let in, where it is not Allow. @default - Allow does */
  readonly letsInBy?: string | undefined;
  /** Adds rules to the ALLOW policy that it has anyway. @default - it has none */
  readonly allow?: ((rule: DeclaredRule) => void) | undefined;
}

/** What a rule must know of the mesh. */
export interface MeshIdentity extends IConstruct {
  readonly trustDomain: string;
  /** Every trust domain that it knows: its own first. */
  readonly trustDomains: readonly string[];
  /** The external authorizers that it knows. */
  readonly authorizers: readonly string[];
  readonly rootNamespace: string;
}

/** How a policy is attached. */
export interface Attachment {
  /** What is added to the name of the policy, where a target takes several. */
  readonly suffix: string;
  readonly selection:
    | { readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> } }
    | { readonly targetRefs: readonly { readonly group: string; readonly kind: string; readonly name: string }[] };
}

/** A port of a target. */
export interface PlacePort {
  /** As callers write it. */
  readonly port: number;
  /** As what enforces the policy sees it. */
  readonly seen: number;
  readonly carriesHttp: boolean;
}

/** A port of Envoy's own, for the probes of its pod: no policy is asked about it. */
export const statusPort = 15021;

/** For the pods that carry labels; for all of the namespace if none are given. */
export function bySelector(labels?: Readonly<Record<string, string>>): Attachment {
  return { suffix: '', selection: labels ? { selector: { matchLabels: { ...labels } } } : {} };
}

/** For a service, at its waypoint. */
export function byService(name: string): Attachment {
  return { suffix: '', selection: { targetRefs: [{ group: '', kind: 'Service', name }] } };
}

/** For all that goes through waypoints of the same namespace. */
export function byWaypoint(...names: readonly string[]): Attachment {
  return { suffix: '', selection: { targetRefs: names.map(name => ({ group: 'gateway.networking.k8s.io', kind: 'Gateway', name })) } };
}

/** For every waypoint of the mesh, which a selector does not take; the policy stands in the root namespace. */
export const everyWaypoint: Attachment = { suffix: '-waypoints', selection: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'GatewayClass', name: 'istio-waypoint' }] } };
