import type { Duration } from 'cdk8s';
import type { HTTPRetry } from '../l1.ts';
import { goDuration } from '../values/time.ts';

/**
 * A condition under which Envoy tries again, or a response status.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on
 */
export type RetryCondition =
  | '5xx' | 'gateway-error' | 'reset' | 'reset-before-request' | 'connect-failure' | 'retriable-4xx' | 'refused-stream'
  | 'retriable-status-codes' | 'retriable-headers' | 'envoy-ratelimited' | 'http3-post-connect-failure'
  | 'cancelled' | 'deadline-exceeded' | 'internal' | 'resource-exhausted' | 'unavailable'
  | number;

/** How often and when a request is tried again. */
export interface Retries {
  /** How many times beyond the first; 0 switches Istio's two default retries off. */
  readonly attempts: number;
  /**
   * How long each try may take, in whole milliseconds.
   *
   * @default - as long as the request
   */
  readonly perTryTimeout?: Duration | undefined;
  /**
   * When to try again.
   *
   * @default - Istio's: connect-failure, refused-stream, unavailable, cancelled
   */
  readonly on?: readonly RetryCondition[] | undefined;
}

/** Prints retries as a VirtualService takes them. */
export function httpRetry(where: string, retries: Retries): HTTPRetry {
  const { attempts, perTryTimeout, on } = retries;
  if (!Number.isInteger(attempts) || attempts < 0) {
    throw new Error(`${where}: retries.attempts must be a whole number of at least 0, got ${String(attempts)}`);
  }
  if (attempts === 0 && (perTryTimeout ?? on)) {
    throw new Error(`${where}: retries.attempts is 0, so perTryTimeout and on say nothing; remove them`);
  }
  for (const condition of on ?? []) {
    if (typeof condition === 'number' && !(Number.isInteger(condition) && condition >= 100 && condition <= 599)) {
      throw new Error(`${where}: retries.on takes response statuses between 100 and 599, got ${condition}`);
    }
  }
  return {
    attempts,
    ...(perTryTimeout ? { perTryTimeout: goDuration(where, 'retries.perTryTimeout', perTryTimeout) } : {}),
    ...(on && on.length > 0 ? { retryOn: on.join(',') } : {}),
  };
}
