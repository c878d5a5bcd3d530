import type { Duration } from 'cdk8s';
import type { RetryBudget as Printed } from '../l1.ts';
import { goDuration } from '../values/time.ts';

/** How many of the requests under way may be retries, so that they do not bring down what is already slow. */
export interface RetryBudget {
  /** In percent of the requests under way. @default - Envoy's: 20 */
  readonly percent?: number | undefined;
  /** How many retries may always be under way. @default - Envoy's: 3 */
  readonly minRetryConcurrency?: number | undefined;
  /** Requests of how long count. @default - those under way */
  readonly interval?: Duration | undefined;
}

/** Prints it as a DestinationRule takes it. */
export function retryBudget(where: string, { percent, minRetryConcurrency, interval }: RetryBudget): Printed {
  if (percent !== undefined && !(percent >= 0 && percent <= 100)) throw new Error(`${where}: retryBudget.percent must be between 0 and 100, got ${percent}`);
  return {
    ...(percent === undefined ? {} : { percent }),
    ...(minRetryConcurrency === undefined ? {} : { minRetryConcurrency }),
    ...(interval ? { budgetInterval: goDuration(where, 'retryBudget.interval', interval) } : {}),
  };
}
