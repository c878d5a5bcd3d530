/** A measured cost as a multiple of a baseline that was measured in the same run. */
export interface Figure {
  readonly name: string;
  readonly baseline: string;
  readonly ratio: number;
  /** The ratio that is not to be exceeded. @default - none is promised */
  readonly limit?: number;
  readonly note: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
