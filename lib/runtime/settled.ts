/** What work threw, or the promise that it gave was rejected with. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Runs work on a value, and calls `after` with the value once it is over: at once, or when the promise that it gives is settled.
 * The value is passed along, and not closed over, because spans are made by the thousand.
 */
export function settled<Value, Result>(work: (value: Value) => Result, value: Value, after: (value: Value, failed: Failure | undefined) => void): Result {
  let result: Result;
  try {
    result = work(value);
  } catch (error) {
    after(value, { error });
    throw error;
  }
  if (!(result instanceof Promise)) {
    after(value, undefined);
    return result;
  }
  return result.then(
    (given: unknown) => {
      after(value, undefined);
      return given;
    },
    (error: unknown) => {
      after(value, { error });
      throw error;
    },
  ) as Result;
}
