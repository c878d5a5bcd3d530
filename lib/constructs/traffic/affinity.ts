import type { Duration } from 'cdk8s';

/** How a client stays with the version that it has met: by a cookie that the proxy gives it. */
export interface Affinity {
  readonly cookie: string;
  /** How long it stays, in whole seconds. */
  readonly maxAge: Duration;
  /** The paths that the cookie is for. @default / */
  readonly path?: string | undefined;
}

/**
 * How a client stays with the version that it has met.
 *
 * @example
 * Affinity.cookie('reviews-version', { maxAge: Duration.hours(1) })
 */
export const Affinity = {
  cookie: (cookie: string, { maxAge, path }: Omit<Affinity, 'cookie'>): Affinity => ({ cookie, maxAge, path }),
};
