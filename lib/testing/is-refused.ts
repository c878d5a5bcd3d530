import type { Outcome, Step, Trace } from '../simulate/index.ts';

/** Whether an outcome is the word of mutual TLS, of a RequestAuthentication or of an AuthorizationPolicy. */
export function isRefused(trace: Trace, outcome: Outcome): boolean {
  return outcome.answer !== undefined && [...trace.steps, ...outcome.steps].some(refuses);
}

function refuses(step: Step): boolean {
  switch (step.kind) {
    case 'admission': return !step.accepted;
    case 'authentication': return step.result === 'refused';
    case 'authorization': return (step.action === 'DENY' && step.result === 'matched') || (step.action === 'ALLOW' && step.result === 'none matched');
    default: return false;
  }
}
