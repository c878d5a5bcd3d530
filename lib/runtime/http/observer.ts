import type { CurrentTrace } from '../current-trace.ts';

/** What is known of a request when it comes in. */
export interface ObservedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The template of the route, where it is known before the request is answered. */
  readonly endpoint: string | undefined;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** How a request ended. */
export interface Outcome {
  /** 499 when the caller went away before the whole answer was out, 500 when the service cut it off. */
  readonly status: number;
  /** The template of the route; undefined when none matched. */
  readonly endpoint: string | undefined;
}

/** One request being answered. */
export interface Observation {
  /** The trace that the request belongs to. */
  readonly trace?: CurrentTrace | undefined;
  /** Runs what answers the request, in the context of the request. */
  readonly run: <Result>(work: () => Result) => Result;
  /** What the code that answers threw. */
  failed(error: unknown): void;
  /** Called once. */
  ended(outcome: Outcome): void;
}

/** Sees every request; `trace` is that of an observer before it. */
export type Observer = (request: ObservedRequest, trace?: CurrentTrace) => Observation;

/** Status of a request whose caller went away, as nginx and Envoy's access log tools write it. */
export const clientClosedRequest = 499;

/** Two observers as one: requests are answered in the context of the first. */
export function both(first: Observer, second: Observer): Observer {
  return (request, trace) => {
    const outer = first(request, trace);
    const inner = second(request, outer.trace);
    return {
      trace: outer.trace,
      run: outer.run,
      failed(error): void {
        inner.failed(error);
        outer.failed(error);
      },
      ended(outcome): void {
        inner.ended(outcome);
        outer.ended(outcome);
      },
    };
  };
}
