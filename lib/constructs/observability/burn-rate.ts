/** A pair of windows: the long one says that it matters, the short one that it goes on. */
export interface BurnWindow {
  readonly long: string;
  readonly short: string;
  /** The hours of the long one. */
  readonly hours: number;
  /** The part of the error budget that it takes to be told. */
  readonly budget: number;
  readonly severity: 'critical' | 'warning';
}

/**
 * When to be told how fast an error budget burns: with a budget of 30 days, at 14.4, 6, 3 and 1 times the speed that
 * would use it up exactly.
 *
 * Source: https://sre.google/workbook/alerting-on-slos/ (multiwindow, multi-burn-rate alerts)
 */
export const burnWindows: readonly BurnWindow[] = [
  { long: '1h', short: '5m', hours: 1, budget: 0.02, severity: 'critical' },
  { long: '6h', short: '30m', hours: 6, budget: 0.05, severity: 'critical' },
  { long: '1d', short: '2h', hours: 24, budget: 0.1, severity: 'warning' },
  { long: '3d', short: '6h', hours: 72, budget: 0.1, severity: 'warning' },
];

/** Every window that a ratio is recorded for, but for that of the whole budget. */
export const ratioWindows: readonly string[] = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'];

/** How many times faster than the budget allows. */
export function burnRate({ budget, hours }: BurnWindow, periodDays: number): number {
  return Number((budget * periodDays * 24 / hours).toPrecision(6));
}
