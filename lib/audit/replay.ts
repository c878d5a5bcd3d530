import type { Mesh } from '../mesh/index.ts';
import { BadRequest, simulate, type Outcome, type Request, type Trace } from '../simulate/index.ts';

/** How a request ended, by what the proxies on its way say of who may call. */
export interface End {
  /** `elsewhere`: routes, faults or missing endpoints ended it, or changed it, before that was asked. */
  readonly end: 'allowed' | 'refused' | 'elsewhere' | 'mixed';
  /** False where something that is not modelled may decide otherwise. */
  readonly sure: boolean;
}

/** Whether the whole way of a request, routes included, agrees with what the policies say. */
export type Replay = 'agrees' | 'agrees as far as is modelled' | 'not routed' | 'disagrees';

/** Which workloads of a service are meant. */
export interface Among {
  readonly workloads: readonly string[];
  /** Whether the service has others, which may end a request otherwise. */
  readonly several: boolean;
  readonly host: string;
}

/** What becomes of a request, its routes included. */
export function replayed(mesh: Mesh, request: Request, among: Among, goal: 'allowed' | 'refused'): Replay {
  const { end, sure } = endOf(mesh, request, among, goal);
  if (end === 'elsewhere') return 'not routed';
  if (end !== goal) return sure ? 'disagrees' : 'agrees as far as is modelled';
  return sure ? 'agrees' : 'agrees as far as is modelled';
}

/** How a request ends. Of a service with workloads that differ, a wanted end of one will do. */
export function endOf(mesh: Mesh, request: Request, { workloads, several, host }: Among, goal?: 'allowed' | 'refused'): End {
  const trace = traced(mesh, request);
  if (!trace) return { end: 'elsewhere', sure: true };
  const { outcomes, steps } = trace;
  const changed = steps.some(isChange);
  const ends = outcomes.filter(({ destination }) => destination?.kind !== 'service' || destination.workloads.length === 0 || destination.workloads.some(name => workloads.includes(name)))
    .map(outcome => ({ end: changed || outcome.steps.some(isChange) ? 'elsewhere' as const : endOfOutcome(outcome, host), sure: outcome.sure }))
    .filter(({ end }) => end !== 'elsewhere');
  if (ends.length === 0) return { end: 'elsewhere', sure: true };
  const sure = ends.every(one => one.sure);
  const [first] = ends;
  if (first && ends.every(({ end }) => end === first.end)) return { end: first.end, sure };
  return { end: several && goal !== undefined && ends.some(({ end }) => end === goal) ? goal : 'mixed', sure };
}

/** Undefined where the mesh is such that no request can be written: the name of a service may be any text. */
function traced(mesh: Mesh, request: Request): Trace | undefined {
  try {
    return simulate(mesh, request);
  } catch (error) {
    if (error instanceof BadRequest) return undefined;
    throw error;
  }
}

/** Policies then see another request than the client sent, or none of the service's: its sidecar, which does not see the service, passes it on as it is. */
function isChange({ kind }: Outcome['steps'][number]): boolean {
  return kind === 'rewrite' || kind === 'headers' || kind === 'unknown traffic';
}

function endOfOutcome({ answer, answeredBy, destination, steps }: Outcome, host: string): 'allowed' | 'refused' | 'elsewhere' {
  if (!answer) return destination?.kind === 'passthrough' || (destination?.kind === 'service' && destination.host === host) ? 'allowed' : 'elsewhere';
  // Where the other side closes the connection, the proxy before it answers.
  if (steps.some(({ kind }) => kind === 'connection failed')) return 'refused';
  if (answeredBy === 'server' || answeredBy === 'waypoint') return answer.kind === 'closed' || answer.status === 403 || answer.status === 401 ? 'refused' : 'elsewhere';
  return 'elsewhere';
}
