import { describe, expect, test } from 'vitest';
import { typeCheck } from '../typescript.ts';
import { mistakes } from './mistakes.ts';

describe('a program does not compile, and the message says why:', () => {
  const messages = typeCheck(new Map(mistakes.map(({ code }, i) => [`mistake-${i}`, code])));

  test.each(mistakes.map(({ title, says }, i) => ({ title, says, i })))('$title', ({ says, i }) => {
    expect(messages.get(`mistake-${i}`)?.join('\n')).toContain(says);
  });
});
