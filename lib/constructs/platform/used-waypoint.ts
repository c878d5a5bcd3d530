import { dnsLabel } from '../values/name.ts';

/** A waypoint, as what it serves names it. */
export interface UsedWaypoint {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads the name of a waypoint: `name` in the namespace of who asks, or `namespace/name`; `none` is none.
 *
 * @throws when a part is no DNS label
 */
export function usedWaypoint(where: string, text: string, own: string): UsedWaypoint | undefined {
  if (text === 'none') return undefined;
  const [name = '', namespace, ...more] = text.split('/').reverse();
  if (more.length > 0) throw new Error(`${where}: waypoint must be a name, or "namespace/name", got ${JSON.stringify(text)}`);
  dnsLabel(where, 'waypoint', name);
  return { namespace: namespace === undefined ? own : dnsLabel(where, 'the namespace of the waypoint', namespace), name };
}

/** Whether two are the same waypoint, or both none. */
export function isSameWaypoint(a: UsedWaypoint | undefined, b: UsedWaypoint | undefined): boolean {
  return a?.namespace === b?.namespace && a?.name === b?.name;
}

/**
 * The labels by which an object in a namespace asks for a waypoint, or for none.
 *
 * Source: https://istio.io/latest/docs/ambient/usage/waypoint/#useawaypoint
 */
export function useWaypointLabels(waypoint: UsedWaypoint | undefined, own: string): Readonly<Record<string, string>> {
  if (!waypoint) return { 'istio.io/use-waypoint': 'none' };
  return { 'istio.io/use-waypoint': waypoint.name, ...(waypoint.namespace === own ? {} : { 'istio.io/use-waypoint-namespace': waypoint.namespace }) };
}
