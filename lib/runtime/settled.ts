/** How work went: with an error, or without. */
export type AfterWork = (outcome: { readonly error: unknown } | undefined) => void;

/** Runs, and calls `after` once it is over: at once, or when the promise that it gives is settled. */
export function settled<Result>(work: () => Result, after: AfterWork): Result {
  let result: Result;
  try {
    result = work();
  } catch (error) {
    after({ error });
    throw error;
  }
  if (!(result instanceof Promise)) {
    after(undefined);
    return result;
  }
  return result.then(
    (value: unknown) => {
      after(undefined);
      return value;
    },
    (error: unknown) => {
      after({ error });
      throw error;
    },
  ) as Result;
}
