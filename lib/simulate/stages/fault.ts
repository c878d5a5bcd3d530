import type { Fault, From } from '../../mesh/index.ts';
import { grpcCodes, httpStatusOfGrpc } from '../grpc-status.ts';
import { answers, ending, type Branch } from '../outcome.ts';
import type { Answer } from '../server/arrival.ts';
import type { Outcome, Step } from '../trace.ts';
import type { Routing } from './route.ts';

/** What is made to fail on purpose: first some requests wait, then some are answered; the others go on. */
export function failing(fault: Fault | undefined, { by, passing: { http } }: Routing, from: From | undefined, onward: Branch): Branch {
  const delay = fault?.delay && fault.delay.percent > 0 && fault.delay.fixed > 0 ? fault.delay : undefined;
  const abort = fault?.abort && fault.abort.percent > 0 ? fault.abort : undefined;
  if (!delay && !abort) return onward;
  const steps: Step[] = [
    ...(delay ? [{ kind: 'fault' as const, what: 'delay' as const, percent: delay.percent, value: `${delay.fixed} ms`, from: from && { ...from, at: `${from.at}.fault.delay` } }] : []),
    ...(abort ? [{ kind: 'fault' as const, what: 'abort' as const, percent: abort.percent, value: abort.grpc === undefined ? String(abort.status ?? '') : `gRPC ${abort.grpc}`, from: from && { ...from, at: `${from.at}.fault.abort` } }] : []),
  ];
  const waits = share(delay?.percent ?? 0);
  const stops = share(abort?.percent ?? 0);
  const outcomes: Outcome[] = [];
  for (const [waited, part] of [[delay?.fixed ?? 0, waits], [0, 1 - waits]] as const) {
    if (part <= 0) continue;
    if (stops > 0) outcomes.push(ending({ share: part * stops, answer: aborted(abort, http.grpc, waited > 0), answeredBy: by, delay: waited }));
    if (stops < 1) outcomes.push(...onward.outcomes.map(outcome => ({ ...outcome, share: outcome.share * part * (1 - stops), steps: [...onward.steps, ...outcome.steps], delay: outcome.delay + waited })));
  }
  return { steps, outcomes };
}

function share(percent: number): number {
  return Math.min(1, Math.max(0, percent / 100));
}

function aborted(abort: Fault['abort'], grpc: boolean, delayed: boolean): Answer {
  const flag = delayed ? 'DI,FI' : 'FI';
  const body = 'fault filter abort';
  if (abort?.grpc === undefined) return answers(abort?.status ?? 503, flag, body);
  const code = grpcCodes.indexOf(abort.grpc.toUpperCase());
  return grpc ? answers(200, flag, body, new Map([['grpc-status', String(code)]])) : answers(httpStatusOfGrpc(code), flag, body);
}
