import { describe, expect, test } from 'vitest';
import { securityChecklist } from '../../lib/check/index.ts';
import { flaws } from './flaws.ts';
import { findingsOf, type Form } from './meshes.ts';

const forms: readonly Form[] = ['sidecar', 'ambient'];

const codesOf = (form: Form, puts?: string, without?: readonly string[]): readonly string[] => [...new Set(findingsOf(form, puts, without).map(({ code }) => code))].sort();

describe.each(forms)('in %s mode', form => {
  test('a mesh without a flaw is found clean', () => {
    expect(findingsOf(form).map(({ code, message }) => [code, message])).toEqual([]);
  });

  describe.each(flaws.filter(flaw => (flaw.forms ?? forms).includes(form)))('$code $name', ({ code, also, puts, without, mended }) => {
    test('is found, and nothing else', () => {
      expect(codesOf(form, puts?.(form), without?.(form))).toEqual([code, ...also?.(form) ?? []].sort());
    });

    test('is gone when it is mended', () => {
      expect(codesOf(form, mended?.(form), mended ? without?.(form) : [])).toEqual([]);
    });
  });
});

test('every code of the checklist has a mesh with that flaw', () => {
  const shown = new Set(flaws.map(({ code }) => code));
  expect(securityChecklist.flatMap(({ codes }) => codes).filter(code => !shown.has(code))).toEqual([]);
});
