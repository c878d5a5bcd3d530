import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, codesOf, isOfAudit, recheck, rules, securityChecklist, type Rule } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

const folder = join(import.meta.dirname, '..', '..', 'lib', 'check', 'rules');

function meshOf(text: string): Mesh {
  const { manifests, problems } = readManifests({ file: 'example.yaml', text });
  expect(problems).toEqual([]);
  return Mesh.from(manifests, { now: new Date('2026-01-01T00:00:00Z') });
}

/** Rules of what is no object yet. */
const ofText = new Set(['MW0001', 'MW0002']);

/** A suppression is known to be idle only when every rule has run. */
function findings(rule: Rule, text: string): readonly string[] {
  const { manifests, problems } = readManifests({ file: 'example.yaml', text });
  const mesh = Mesh.from(manifests, { now: new Date('2026-01-01T00:00:00Z') });
  const { findings: all } = rule.name === 'unused-suppression' ? check(mesh) : check(mesh, { rules: [rule], problems });
  return all.filter(({ name }) => name === rule.name).map(({ message }) => message);
}

describe.each(rules.map(rule => ({ rule, name: rule.name })))('$name', ({ rule }) => {
  test('finds what is wrong with its bad example', () => {
    expect(findings(rule, rule.examples.bad)).not.toEqual([]);
  });

  test('finds nothing in its good example', () => {
    expect(findings(rule, rule.examples.good)).toEqual([]);
  });

  test('says all that a reader needs', () => {
    for (const text of [rule.title, rule.why, rule.fix]) expect(text.length).toBeGreaterThan(10);
    expect(rule.id).toMatch(/^(IST|MW)\d{4}$/);
    expect(rule.title).not.toMatch(/\.$/);
  });
});

test('when an object of an example goes or comes back, checking again says what checking everything says', () => {
  for (const { name, examples } of rules.filter(rule => !ofText.has(rule.id))) {
    for (const text of [examples.bad, examples.good]) {
      const whole = meshOf(text);
      for (const one of whole.all) {
        const before = check(whole, { rules, remember: true });
        const without = whole.with({ remove: [one] });
        const between = recheck(before, without);
        expect(between, `${name} without ${one.kind} ${one.name}`).toEqual(check(without, { rules }));
        const again = without.with({ put: [one.manifest] });
        expect(recheck(between, again), `${name} with ${one.kind} ${one.name} again`).toEqual(check(again, { rules }));
      }
    }
  }
});

test('a rule is one file, which has its name and is listed', () => {
  const files = readdirSync(folder).filter(name => name !== 'index.ts').map(name => name.replace(/\.ts$/, ''));
  expect(rules.map(({ name }) => name).sort()).toEqual(files.sort());
});

test('a code of our own means one rule', () => {
  const own = rules.map(({ id }) => id).filter(id => id.startsWith('MW'));
  expect(own).toEqual([...new Set(own)]);
});

test('every finding of an example has its line and its object', () => {
  for (const rule of rules.filter(({ id }) => !ofText.has(id))) {
    for (const finding of check(meshOf(rule.examples.bad), { rules: [rule] }).findings) {
      expect(finding, rule.name).toMatchObject({ file: 'example.yaml', resource: { kind: expect.any(String) as string }, fix: rule.fix });
      expect(finding.line, rule.name).toBeGreaterThan(0);
    }
  }
});

describe('advice on security', () => {
  test('is no part of a check, unless it is asked for by name', () => {
    for (const rule of rules.filter(({ advice }) => advice)) {
      const mesh = meshOf(rule.examples.bad);
      expect(check(mesh).findings.map(({ name }) => name), rule.name).not.toContain(rule.name);
      expect(check(mesh, { only: [rule.id] }).findings.map(({ name }) => name), rule.name).toContain(rule.name);
    }
  });

  test('is of the category security, and never an error', () => {
    for (const { name, category, severity } of rules.filter(({ advice }) => advice)) expect([name, category, severity === 'error']).toEqual([name, 'security', false]);
  });

  test('that an object asks not to be told is no idle suppression of a check', () => {
    const mesh = meshOf('apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: a, namespace: shop, annotations: { meshwright/ignore: "MW0401: the last clients move in May" } }\nspec: { mtls: { mode: PERMISSIVE } }');
    expect(check(mesh).findings).toEqual([]);
    expect(check(mesh, { only: ['MW0401'] }).findings).toEqual([]);
  });
});

test('every entry of the checklist of an audit has its rules, and every advice an entry', () => {
  const known = new Set(rules.flatMap(codesOf));
  const listed = new Set(securityChecklist.flatMap(({ codes }) => codes));
  for (const { title, codes } of securityChecklist) expect([title, codes.filter(code => !known.has(code)), codes.length > 0]).toEqual([title, [], true]);
  expect(rules.filter(({ advice, id }) => advice && !listed.has(id)).map(({ name }) => name)).toEqual([]);
  expect(rules.filter(rule => codesOf(rule).some(code => listed.has(code)) && !isOfAudit(rule))).toEqual([]);
});
