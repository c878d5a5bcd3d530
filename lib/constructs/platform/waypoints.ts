import { nearest } from '../../schema/index.ts';
import type { MeshNamespace } from './mesh-namespace.ts';
import { isSameWaypoint, type UsedWaypoint } from './used-waypoint.ts';

/** Whose requests come through a waypoint: those for services, for pods by their addresses, both, or none. */
export type WaypointTraffic = 'service' | 'workload' | 'all' | 'none';

/** A waypoint that the app makes. */
export interface DeclaredWaypoint extends UsedWaypoint {
  readonly for: WaypointTraffic;
  /** Namespaces beside its own that may use it. */
  readonly admits: 'all' | readonly string[];
  readonly declaredBy: string;
}

/** Who uses a waypoint. */
export interface WaypointUse {
  readonly waypoint: UsedWaypoint;
  readonly namespace: MeshNamespace;
  /** What must come through it. @default - whatever it is for */
  readonly traffic?: 'service' | 'workload' | undefined;
  readonly declaredBy: string;
}

/** The waypoints of a mesh and who uses them. Both may be declared in any order, so what does not fit is known at the end. */
export class Waypoints {
  readonly #declared = new Map<string, DeclaredWaypoint>();
  readonly #uses: WaypointUse[] = [];
  readonly #waiting: (() => void)[] = [];

  /** @throws when the namespace has one of the name */
  declare(waypoint: DeclaredWaypoint): void {
    const other = this.#declared.get(key(waypoint));
    if (other) throw new Error(`${waypoint.declaredBy}: ${other.declaredBy} makes waypoint ${key(waypoint)} already; give one of them another name`);
    this.#declared.set(key(waypoint), waypoint);
  }

  use(use: WaypointUse): void {
    this.#uses.push(use);
    for (const make of this.#waiting.splice(0)) make();
  }

  /** Makes something as soon as a waypoint is used. */
  onceUsed(make: () => void): void {
    if (this.#uses.length > 0) make();
    else this.#waiting.push(make);
  }

  /** The uses that have no effect, or not that which is meant. */
  refused(namespaces: readonly MeshNamespace[]): string[] {
    return [...new Set(this.#uses.flatMap(use => this.#trouble(use, namespaces) ?? []))];
  }

  #trouble({ waypoint, namespace, traffic, declaredBy }: WaypointUse, namespaces: readonly MeshNamespace[]): string | undefined {
    const found = this.#declared.get(key(waypoint));
    if (!found) {
      const there = [...this.#declared.values()].filter(other => other.namespace === waypoint.namespace).map(({ name }) => name);
      // Where the app makes none, something else may.
      if (there.length === 0) return undefined;
      const near = nearest(waypoint.name, there);
      return `${declaredBy}: there is no waypoint ${key(waypoint)}${near === undefined ? `; namespace ${waypoint.namespace} has ${there.join(', ')}` : `; did you mean "${near}"?`}`;
    }
    if (namespace.name !== found.namespace && found.admits !== 'all' && !found.admits.includes(namespace.name)) {
      return `${declaredBy}: waypoint ${key(waypoint)} (${found.declaredBy}) does not admit namespace ${namespace.name}; say from: ['${namespace.name}'] there, or use another`;
    }
    if (traffic !== undefined && found.for !== 'all' && found.for !== traffic) {
      return `${declaredBy}: waypoint ${key(waypoint)} (${found.declaredBy}) is for "${found.for}", so what goes to ${traffic === 'service' ? 'services' : 'pods'} does not come through it; say for: '${traffic}' or 'all' there`;
    }
    const host = namespaces.find(({ name }) => name === waypoint.namespace);
    if (host?.isClosed && !namespace.isClosed && isSameWaypoint(host.waypoint, waypoint)) {
      return `${declaredBy}: waypoint ${key(waypoint)} takes no request without a grant, as its namespace has access deny-by-default, and namespace ${namespace.name} has not: nobody would get in; say access: 'deny-by-default' here as well, or use another waypoint`;
    }
    return undefined;
  }
}

function key({ namespace, name }: UsedWaypoint): string {
  return `${namespace}/${name}`;
}
