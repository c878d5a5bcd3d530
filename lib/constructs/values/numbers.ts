/** Refuses a port that no socket can have. */
export function portNumber(where: string, what: string, port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Error(`${where}: ${what} must be a whole number between 1 and 65535, got ${String(port)}`);
}

/** Refuses a share of requests that is no whole percentage: Istio's route weights are whole numbers. */
export function wholePercent(where: string, what: string, percent: number): number {
  if (Number.isInteger(percent) && percent >= 0 && percent <= 100) return percent;
  throw new Error(`${where}: ${what} must be a whole number between 0 and 100, got ${String(percent)}`);
}

/** Refuses a share of requests that Envoy cannot keep: it counts in ten-thousandths of a percent. */
export function finePercent(where: string, what: string, percent: number): number {
  if (percent === 0 || (percent >= 0.0001 && percent <= 100)) return percent;
  throw new Error(`${where}: ${what} must be 0, or between 0.0001 and 100, got ${String(percent)}`);
}
