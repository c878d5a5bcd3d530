import { describe, expect, test } from 'vitest';
import type { Pred } from '../../lib/mesh/index.ts';
import { predHolds } from '../../lib/simulate/index.ts';

/** For every kind of test a value that passes and one that does not; a kind that is missing does not compile. */
const kinds: { readonly [K in Pred['test']]: readonly [pred: Pred, passes: string, fails: string | undefined] } = {
  exact: [{ dim: 'path', test: 'exact', value: '/a' }, '/a', '/A'],
  prefix: [{ dim: 'path', test: 'prefix', value: '/a' }, '/ab', '/b'],
  suffix: [{ dim: 'path', test: 'suffix', value: '/z' }, '/a/z', '/z/a'],
  segmentPrefix: [{ dim: 'path', test: 'segmentPrefix', value: '/a' }, '/a/b', '/ab'],
  template: [{ dim: 'path', test: 'template', value: '/a/{*}/c' }, '/a/b/c', '/a/b/b/c'],
  regex: [{ dim: 'path', test: 'regex', value: '/a.' }, '/ab', '/abc'],
  host: [{ dim: 'authority', test: 'host', value: '*.a.com' }, 'B.a.com:80', 'a.com'],
  nonEmpty: [{ dim: 'header:x', test: 'nonEmpty' }, 'a', ''],
  present: [{ dim: 'header:x', test: 'present' }, '', undefined],
  absent: [{ dim: 'header:x', test: 'absent' }, 'never', 'a'],
  range: [{ dim: 'destination.port', test: 'range', intervals: [{ low: '0050', high: '0051' }] }, '0051', '0052'],
};

describe('a test of one dimension:', () => {
  for (const [kind, [pred, passes, fails]] of Object.entries(kinds)) {
    test(`${kind} holds of what it asks for, and of nothing else`, () => {
      const values = (value: string | undefined): Map<Pred['dim'], string[]> => new Map(value === undefined ? [] : [[pred.dim, [value]]]);
      expect(predHolds(pred, values(kind === 'absent' ? undefined : passes))).toBe(true);
      expect(predHolds(pred, values(fails))).toBe(false);
    });
  }

  test('what is missing is what whenMissing says, whatever not says', () => {
    expect(predHolds({ dim: 'header:x', test: 'exact', value: 'a', not: true }, new Map())).toBe(false);
    expect(predHolds({ dim: 'header:x', test: 'exact', value: 'a', whenMissing: true }, new Map())).toBe(true);
  });

  test('what is not modelled, and an expression that is none, is unknown', () => {
    expect(predHolds({ dim: 'opaque:wasm', test: 'present' }, new Map())).toBe('unknown');
    expect(predHolds({ dim: 'path', test: 'regex', value: '(' }, new Map([['path', ['/']]]))).toBe('unknown');
  });
});
