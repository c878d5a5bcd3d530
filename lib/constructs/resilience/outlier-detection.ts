import { Duration } from 'cdk8s';
import type { OutlierDetection as Printed } from '../l1.ts';
import { goDuration } from '../values/time.ts';

/** When an endpoint that fails gets no requests for a while. */
export interface OutlierDetection {
  /** Responses of 5xx in a row, failed connections among them; 0 to count none. @default - Istio's: 5 */
  readonly consecutive5xxErrors?: number | undefined;
  /** Responses of 502, 503 and 504 in a row. @default - Istio's: none are counted */
  readonly consecutiveGatewayErrors?: number | undefined;
  /** Failures to connect in a row, counted on their own. @default - Istio's: they count as 5xx */
  readonly consecutiveLocalOriginFailures?: number | undefined;
  /** How often endpoints are looked at. @default - Istio's: 10 s */
  readonly interval?: Duration | undefined;
  /** How long an endpoint gets none, the first time; each time longer. @default - Istio's: 30 s */
  readonly baseEjectionTime?: Duration | undefined;
  /** How many of a hundred endpoints may be out. @default - Istio's: 10 */
  readonly maxEjectionPercent?: number | undefined;
  /** Below how many healthy ones of a hundred nothing is taken out. @default - Istio's: 0 */
  readonly minHealthPercent?: number | undefined;
  /** Statuses that count as failures beside 5xx. @default - none */
  readonly errorCodes?: readonly number[] | undefined;
}

/** What is detected where failover needs it and nobody said more. */
export const usualOutlierDetection: OutlierDetection = { consecutive5xxErrors: 5, interval: Duration.seconds(10), baseEjectionTime: Duration.seconds(30) };

/** Prints it as a DestinationRule takes it. @throws when a number is out of range */
export function outlierDetection(where: string, detection: OutlierDetection): Printed {
  const number = (name: keyof OutlierDetection, most = Number.MAX_SAFE_INTEGER): object => {
    const value = detection[name];
    if (value === undefined) return {};
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most) {
      throw new Error(`${where}: outlierDetection.${name} must be a whole number of at least 0${most === 100 ? ' and at most 100' : ''}, got ${JSON.stringify(value)}`);
    }
    return { [name]: value };
  };
  const { interval, baseEjectionTime, errorCodes } = detection;
  return {
    ...number('consecutive5xxErrors'),
    ...number('consecutiveGatewayErrors'),
    // Istio reads the number only where the two kinds are told apart.
    ...(detection.consecutiveLocalOriginFailures === undefined ? {} : { splitExternalLocalOriginErrors: true, ...number('consecutiveLocalOriginFailures') }),
    ...(interval ? { interval: goDuration(where, 'outlierDetection.interval', interval) } : {}),
    ...(baseEjectionTime ? { baseEjectionTime: goDuration(where, 'outlierDetection.baseEjectionTime', baseEjectionTime) } : {}),
    ...number('maxEjectionPercent', 100),
    ...number('minHealthPercent', 100),
    ...(errorCodes ? { outlierDetectionHttpErrorCodes: [...errorCodes] } : {}),
  };
}
