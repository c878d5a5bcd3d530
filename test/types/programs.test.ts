import { describe, expect, test } from 'vitest';
import { typeCheck } from '../typescript.ts';
import { programs } from './programs.ts';

describe('a program compiles:', () => {
  const messages = typeCheck(new Map(programs.map(({ code }, i) => [`program-${i}`, code])));

  test.each(programs.map(({ title }, i) => ({ title, i })))('$title', ({ i }) => {
    expect(messages.get(`program-${i}`)).toEqual([]);
  });
});
