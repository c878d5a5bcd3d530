import { describe, expect } from 'vitest';
import { oracles, testWith } from '../oracles.ts';
import { suites } from './suites.ts';

/** Cases that do not pass, each with its reason. */
const excepted: Readonly<Record<string, string>> = {
  'route/TestBuildHTTPRoutes/for header operations for weighted cluster/0': 'the Host of a share is kept as the one that wins: that of the route, not what the destination alone says',
};

describe('what real systems do:', () => {
  for (const [name, run] of Object.entries(suites)) {
    testWith(oracles, 'oracles')(name, () => {
      const { passed, failures } = run(oracles);
      expect(failures.filter(({ id }) => !(id in excepted))).toEqual([]);
      expect(passed).toBeGreaterThan(25);
    });
  }
});
