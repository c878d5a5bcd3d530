import { expect, test } from 'vitest';
import { MeshCheck } from '../../lib/plugin/index.ts';

test.each([
  [{ failOn: 'sometimes' as 'error' }, 'MeshCheck: failOn must be one of error, warning, info, got "sometimes"'],
  [{ skip: ['IST01'] }, 'MeshCheck: skip names no rule: "IST01"; see meshwright rules'],
])('%j is refused', (properties, message) => {
  expect(() => new MeshCheck(properties)).toThrow(message);
});
