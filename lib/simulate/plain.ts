import { cite } from './cite.ts';
import { sentence } from './explain.ts';
import type { Outcome, Step, Trace } from './trace.ts';

/** A trace as JSON: objects are cited by kind, name, field, file and line. */
export function plainTrace({ request, steps, outcomes, sure }: Trace): object {
  // Tokens and what may be one are not repeated.
  const { claims: _claims, tokens: _tokens, headers: _headers, ...asked } = request;
  return { request: asked, sure, steps: steps.map(plainStep), outcomes: outcomes.map(plainOutcome) };
}

function plainStep(given: Step): object {
  const { from, close, ...step } = given;
  return {
    ...step,
    says: sentence(given),
    ...(from ? { from: cite(from) } : {}),
    ...(close && close.length > 0 ? { close: close.map(({ from: place, why }) => ({ from: cite(place), why })) } : {}),
  };
}

function plainOutcome({ steps, answer, destination, ...rest }: Outcome): object {
  return {
    ...rest,
    ...(answer ? { answer: { ...answer, headers: Object.fromEntries(answer.headers) } } : {}),
    ...(destination ? { destination: 'request' in destination && destination.request ? { ...destination, request: { ...destination.request, headers: shownHeaders(destination.request.headers) } } : destination } : {}),
    steps: steps.map(plainStep),
  };
}

/** Headers without what may be a secret. */
function shownHeaders(headers: ReadonlyMap<string, string>): object {
  return Object.fromEntries([...headers].map(([name, value]) => [name, /authorization|cookie|token|api-?key|secret/.test(name) ? '(not shown)' : value]));
}
