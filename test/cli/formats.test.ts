import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DOMParser } from '@xmldom/xmldom';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { Folder } from './meshwright.ts';

const folder = new Folder();
const odd = 'odd, 100%: <names> & "quotes".yaml';

/** Values that are written into what other programs read: their own marks, line ends, control characters. */
beforeAll(() => {
  folder.write(`in/${odd}`, `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: "a<b>&\\"c\\"", namespace: shop }
spec:
  hosts: ["100%\\r\\n::error::x", "]]>\\u0001\\uFFFF"]
  gateways: ["a,b:c"]
  http: [{ route: [{ destination: { host: "é😀" } }] }]
`);
  folder.write('in/broken.yaml', 'a: [\n');
});

const report = (format: string): string => folder.meshwright(['check', 'in', '--format', format]).stdout;

test('SARIF fits the schema of SARIF 2.1.0', () => {
  const schema = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
  const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
  for (const paths of [['in'], ['in', 'nowhere'], ['nowhere']]) {
    const log: unknown = JSON.parse(folder.meshwright(['check', ...paths, '--format', 'sarif']).stdout);
    validate(log);
    expect(validate.errors).toBeNull();
  }
  validate({ version: '2.1.0', runs: [{}] });
  expect(validate.errors).not.toBeNull();
});

test('JUnit is well-formed XML, and counts what it has', () => {
  const faults: string[] = [];
  const document = new DOMParser({ onError: (level, message) => { if (level !== 'warning') faults.push(`${level}: ${message}`); } }).parseFromString(report('junit'), 'text/xml');
  expect(faults).toEqual([]);
  const [suite] = [...document.getElementsByTagName('testsuite')];
  const cases = [...document.getElementsByTagName('testcase')];
  expect(cases.length).toBeGreaterThan(3);
  expect(suite?.getAttribute('tests')).toBe(String(cases.length));
  expect(suite?.getAttribute('failures')).toBe(String([...document.getElementsByTagName('failure')].length));
  expect(cases.map(one => one.getAttribute('classname'))).toContain(`in/${odd}`);
  expect(cases.every(one => (one.getAttribute('name') ?? '') !== '')).toBe(true);
});

describe('the commands for GitHub', () => {
  test('are one a line, and end nowhere else', () => {
    const lines = report('github').trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning|notice) file=[^,:]*,line=\d+,col=\d+,title=[A-Z]+\d+::[^\r]+$/);
  });

  test('carry percent signs, line ends, colons and commas escaped', () => {
    expect(report('github')).toContain('file=in/odd%2C 100%25%3A <names> & "quotes".yaml,');
    expect(report('github')).not.toMatch(/%(?!25|0D|0A|3A|2C)/);
  });
});
