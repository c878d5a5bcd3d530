import type { Duration } from 'cdk8s';

/** How often it is asked whether a machine can take requests. */
export interface ProbeTimes {
  /** How long to wait before the first time. @default - at once */
  readonly initialDelay?: Duration | undefined;
  /** @default - Istio's: 10 s */
  readonly period?: Duration | undefined;
  /** How long an answer may take. @default - Istio's: 1 s */
  readonly timeout?: Duration | undefined;
  /** Successes in a row. @default - Istio's: 1 */
  readonly successThreshold?: number | undefined;
  /** Failures in a row. @default - Istio's: 3 */
  readonly failureThreshold?: number | undefined;
}

/** How a machine shows that it can take requests. */
export type Readiness = ProbeTimes & (
  | { readonly by: 'http'; readonly path: string; readonly port: number }
  | { readonly by: 'tcp'; readonly port: number }
  | { readonly by: 'command'; readonly command: readonly string[] }
);

/**
 * How a machine shows that it can take requests.
 *
 * @example
 * Probe.http('/health', 8080, { period: Duration.seconds(5) })
 */
export const Probe = {
  http: (path: string, port: number, times: ProbeTimes = {}): Readiness => ({ by: 'http', path, port, ...times }),
  tcp: (port: number, times: ProbeTimes = {}): Readiness => ({ by: 'tcp', port, ...times }),
  command: (command: readonly [string, ...string[]], times: ProbeTimes = {}): Readiness => ({ by: 'command', command, ...times }),

  /** The probe as a WorkloadGroup takes it. @throws when a time is no whole number of seconds */
  printed(where: string, probe: Readiness): object {
    const seconds = (name: string, value: Duration | undefined): object => {
      if (!value) return {};
      const time = value.toSeconds({ integral: false });
      if (!Number.isInteger(time)) throw new Error(`${where}: ${name} of a probe must be whole seconds, got ${value.toMilliseconds()} ms`);
      return { [`${name}Seconds`]: time };
    };
    const { initialDelay, period, timeout, successThreshold, failureThreshold } = probe;
    return {
      ...(probe.by === 'http' ? { httpGet: { path: probe.path, port: probe.port } } : probe.by === 'tcp' ? { tcpSocket: { port: probe.port } } : { exec: { command: [...probe.command] } }),
      ...seconds('initialDelay', initialDelay),
      ...seconds('period', period),
      ...seconds('timeout', timeout),
      ...(successThreshold === undefined ? {} : { successThreshold }),
      ...(failureThreshold === undefined ? {} : { failureThreshold }),
    };
  },
};
