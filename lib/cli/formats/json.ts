import type { Report } from '../../check/index.ts';

/** Findings and their counts as one JSON object. */
export function jsonReport({ findings, summary }: Report): string {
  return `${JSON.stringify({ findings, summary }, undefined, 2)}\n`;
}
