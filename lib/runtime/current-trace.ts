/** The trace and request that the running code works for. */
export interface CurrentTrace {
  readonly traceId: string;
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly sampled: boolean;
  readonly requestId: string | undefined;
}

let source: () => CurrentTrace | undefined = () => undefined;

/** What logs and exemplars write; undefined outside any request, or where nothing traces. */
export function currentTrace(): CurrentTrace | undefined {
  return source();
}

/** Said by `tracing`, so that logging and metrics know the trace without loading its library. */
export function traceComesFrom(given: () => CurrentTrace | undefined): void {
  source = given;
}
