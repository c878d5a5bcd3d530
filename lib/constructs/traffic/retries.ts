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
  /**
   * How long to wait before the second try; later ones wait up to ten times as long.
   *
   * @default - Envoy's: 25 ms
   */
  readonly backoff?: Duration | undefined;
  /** Whether tries may go to other localities. @default - as the mesh is set: no */
  readonly remoteLocalities?: boolean | undefined;
  /** Whether a try passes over the endpoints of those before it. @default true */
  readonly ignorePreviousHosts?: boolean | undefined;
}

/** Whether a condition may try again what the callee has worked on already, so that it is done twice. */
export function repeatsWork(on: readonly RetryCondition[] | undefined): readonly RetryCondition[] {
  const before: readonly RetryCondition[] = ['connect-failure', 'refused-stream', 'reset-before-request', 'http3-post-connect-failure', 'envoy-ratelimited', 'retriable-headers', 'retriable-status-codes', 'unavailable', 'cancelled', 429];
  return (on ?? []).filter(condition => !before.includes(condition));
}

/** Prints retries as a VirtualService takes them. */
export function httpRetry(where: string, retries: Retries): HTTPRetry {
  const { attempts, perTryTimeout, on, backoff, remoteLocalities, ignorePreviousHosts } = retries;
  if (!Number.isInteger(attempts) || attempts < 0) {
    throw new Error(`${where}: retries.attempts must be a whole number of at least 0, got ${String(attempts)}`);
  }
  const idle = attempts === 0 ? Object.entries(retries).filter(([name, value]) => name !== 'attempts' && value !== undefined).map(([name]) => name) : [];
  if (idle.length > 0) throw new Error(`${where}: retries.attempts is 0, so ${idle.join(' and ')} would do nothing; leave out what is beside attempts`);
  for (const condition of on ?? []) {
    if (typeof condition === 'number' && !(Number.isInteger(condition) && condition >= 100 && condition <= 599)) {
      throw new Error(`${where}: retries.on takes response statuses between 100 and 599, got ${condition}`);
    }
  }
  return {
    attempts,
    ...(perTryTimeout ? { perTryTimeout: goDuration(where, 'retries.perTryTimeout', perTryTimeout) } : {}),
    ...(on && on.length > 0 ? { retryOn: on.join(',') } : {}),
    ...(backoff ? { backoff: goDuration(where, 'retries.backoff', backoff) } : {}),
    ...(remoteLocalities === undefined ? {} : { retryRemoteLocalities: remoteLocalities }),
    ...(ignorePreviousHosts === undefined ? {} : { retryIgnorePreviousHosts: ignorePreviousHosts }),
  };
}
