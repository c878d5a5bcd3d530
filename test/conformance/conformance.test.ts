import { describe, expect } from 'vitest';
import { oracles, testWith } from '../oracles.ts';
import { excepted } from './excepted.ts';
import { suites } from './suites.ts';

describe('what real systems do:', () => {
  for (const [name, run] of Object.entries(suites)) {
    testWith(oracles, 'oracles')(name, () => {
      const { passed, failures } = run(oracles);
      expect(failures.filter(({ id }) => !(id in excepted))).toEqual([]);
      expect(passed).toBeGreaterThan(25);
    });
  }
});
