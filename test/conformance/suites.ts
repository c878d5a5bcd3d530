import { analyze } from './analyze.ts';
import { schema } from './schema.ts';
import type { Outcome } from './suite.ts';
import { validation } from './validation.ts';

/** Every suite of oracles, by the name of its folder. */
export const suites: Readonly<Record<string, (oracles: string) => Outcome>> = { analyze, schema, validation };
