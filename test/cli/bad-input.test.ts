import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder, type Ran, type RunOptions } from './meshwright.ts';

const folder = new Folder();

const account = (name: string): string => `apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: shop }\n`;
const nested = (levels: number): string => `apiVersion: v1\nkind: A\nmetadata: { name: a }\nx: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;
const laughs = (levels: number): string => ['apiVersion: v1', 'kind: A', 'metadata: { name: a }', 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
  ...Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`)].join('\n');

/** Whatever it is given, a command ends by itself, within limits, and shows no stack. */
function check(args: readonly string[], options: RunOptions = {}): Ran & { readonly report: { findings: { code: string; message: string; file?: string; line?: number }[]; summary: { objects: number; error: number } } } {
  const ran = folder.meshwright(['check', ...args, '--format', 'json'], { heap: 400, ...options });
  expect(ran.stderr).not.toMatch(/^\s+at |this should not happen|FATAL|heap/m);
  return { ...ran, report: JSON.parse(ran.stdout === '' ? '{}' : ran.stdout) as ReturnType<typeof check>['report'] };
}

describe('what cannot be had is said in one sentence, with status 2', () => {
  test('a path that is missing', () => {
    const { stderr, status } = check(['nowhere.yaml']);
    expect(stderr).toBe('meshwright: cannot read nowhere.yaml: no such file or directory\n');
    expect(status).toBe(2);
  });

  test('a glob that matches nothing', () => {
    const { stderr, status } = check(['nowhere/*.yaml']);
    expect(stderr).toBe('meshwright: cannot read nowhere/*.yaml: no file matches it\n');
    expect(status).toBe(2);
  });

  test('a folder without YAML', () => {
    folder.write('without/a.txt', 'a');
    const { stderr, status } = check(['without']);
    expect(stderr).toBe('meshwright: cannot read without: the folder holds no .yaml, .yml or .json file\n');
    expect(status).toBe(2);
  });

  test('a file with nothing in it', () => {
    folder.write('empty.yaml', '# nothing\n---\n');
    const { stderr, status, stdout } = folder.meshwright(['check', 'empty.yaml']);
    expect(stderr).toBe('meshwright: nothing to check: empty.yaml holds no Kubernetes object that can be read\n');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('a file of 200 MB, without being read', () => {
    folder.write('large.yaml', '');
    truncateSync(join(folder.path, 'large.yaml'), 200 * 1024 * 1024);
    const { stderr, status } = check(['large.yaml'], { heap: 100, seconds: 120 });
    expect(stderr).toBe('meshwright: cannot read large.yaml: it has 209715200 bytes, and the limit is 134217728; raise it with --max-file-size, or split the file\n');
    expect(status).toBe(2);
  });

  test('a file of 200 MB, with the limit raised', () => {
    folder.write('large.yaml', '');
    truncateSync(join(folder.path, 'large.yaml'), 200 * 1024 * 1024);
    const { stderr, status } = check(['large.yaml', '--max-file-size', '300000000'], { heap: 3000, seconds: 120 });
    expect(stderr).toMatch(/^(?:meshwright: reading [^\n]*\n)?meshwright: nothing to check: large\.yaml holds no Kubernetes object that can be read\n$/);
    expect(status).toBe(2);
  });

  test('more than fits in memory', () => {
    folder.write('fits/a.yaml', account('a'));
    folder.write('fits/b.yaml', account('b').repeat(400_000));
    const { stderr, status, report } = check(['fits', '--max-total-size', '900000000'], { heap: 100 });
    expect(stderr).toMatch(/^meshwright: cannot read fits\/b\.yaml: with the files before it there are more than \d+ bytes, the limit for all together; give Node more memory with NODE_OPTIONS=--max-old-space-size=<megabytes>, or check fewer files at once\n$/);
    expect(report.summary.objects).toBe(1);
    expect(status).toBe(2);
  });

  test('files that are too much together', () => {
    for (const name of ['a', 'b', 'c']) folder.write(`together/${name}.yaml`, account(name));
    const { stderr, status, report } = check(['together', '--max-total-size', '170']);
    expect(stderr).toBe('meshwright: cannot read together/c.yaml: with the files before it there are more than 170 bytes, the limit for all together; raise it with --max-total-size, or check fewer files at once\n');
    expect(report.summary.objects).toBe(2);
    expect(status).toBe(2);
    expect(check(['together', '--max-total-size', '1000']).status).toBe(0);
  });

  test('standard input that does not end', () => {
    const { stderr, status } = check(['-', '--max-file-size', '1000'], { input: account('a').repeat(100) });
    expect(stderr).toContain('cannot read standard input: it has more than 1000 bytes');
    expect(status).toBe(2);
  });

  test('a device that does not end', () => {
    const { stderr, status } = check(['/dev/zero', '--max-file-size', '1000000']);
    expect(stderr).toContain('cannot read /dev/zero: it has more than 1000000 bytes');
    expect(status).toBe(2);
  });

  test('a link that leads nowhere', () => {
    mkdirSync(join(folder.path, 'dangling'));
    symlinkSync('nowhere', join(folder.path, 'dangling/a.yaml'));
    const { stderr, status } = check(['dangling']);
    expect(stderr).toBe('meshwright: cannot read dangling/a.yaml: no such file or directory\n');
    expect(status).toBe(2);
  });

  test.skipIf(process.getuid?.() !== 0)('a file and a folder that may not be read (needs root, to be someone else)', () => {
    folder.write('locked/in/a.yaml', account('a'));
    folder.write('locked/b.yaml', account('b'));
    folder.write('locked/c.yaml', account('c'));
    spawnSync('chmod', ['0755', folder.path]);
    spawnSync('chmod', ['0', join(folder.path, 'locked/in'), join(folder.path, 'locked/b.yaml')]);
    const { stdout, stderr, status } = folder.meshwright(['check', 'locked'], { as: 65534 });
    expect(stderr).toBe('meshwright: cannot read locked/in: permission denied (and 1 more)\n');
    expect(stdout).toContain('1 object checked, not all that was asked for: 2 errors');
    expect(status).toBe(2);
  });
});

describe('a limit that is exceeded is said with its line and its flag, with status 2, and the rest is still checked', () => {
  test('ten thousand levels of nesting', () => {
    folder.write('deep.yaml', `${account('a')}---\n${nested(10_000)}`);
    const { stderr, status, report } = check(['deep.yaml']);
    expect(stderr).toBe('meshwright: deep.yaml:8: the document is nested deeper than 1000 levels; raise the limit with --max-depth, or write it out\n');
    expect(report.summary).toMatchObject({ objects: 1, error: 1 });
    expect(status).toBe(2);
  });

  test('levels are counted against --max-depth', () => {
    folder.write('levels.yaml', nested(1200));
    expect(check(['levels.yaml', '--max-depth', '1300']).status).toBe(0);
    expect(check(['levels.yaml']).status).toBe(2);
  });

  test('a billion laughs', () => {
    folder.write('laughs.yaml', `${account('a')}---\n${laughs(8)}\n`);
    const { stderr, status, report } = check(['laughs.yaml']);
    expect(stderr).toBe('meshwright: laughs.yaml:5: the document has more than 2000000 values once its aliases are written out; raise the limit with --max-values, or write it out\n');
    expect(report.summary).toMatchObject({ objects: 1, error: 1 });
    expect(status).toBe(2);
  });

  test('aliases are counted against --max-values', () => {
    folder.write('smiles.yaml', laughs(2));
    expect(check(['smiles.yaml']).status).toBe(0);
    expect(check(['smiles.yaml', '--max-values', '1000']).status).toBe(2);
  });

  test('laughs in the mesh config that an object holds are no mesh config', () => {
    folder.write('config.yaml', `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata:\n  mesh: |\n${laughs(8).replaceAll(/^/gm, '    ')}\n`);
    expect(check(['config.yaml']).report.summary.objects).toBe(1);
  });

  test('merge keys that multiply', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `k${i}: 1`).join(', ');
    folder.write('merge.yaml', `apiVersion: v1\nkind: A\nmetadata: { name: a }\nb: &b {${keys}}\nx:\n${Array.from({ length: 2000 }, (_, i) => `- { <<: *b, z: ${i} }`).join('\n')}\n`);
    const { stderr, status } = check(['merge.yaml']);
    expect(stderr).toContain('more than 2000000 values once its aliases are written out');
    expect(status).toBe(2);
  });

  test.each([['--max-depth', '0'], ['--max-depth', 'deep'], ['--max-values', '-1'], ['--max-file-size', '1e3'], ['--max-file-size', '999999999999'], ['--max-total-size', '0']])('%s %s is no limit', (flag, value) => {
    const { stderr, status } = check(['deep.yaml', `${flag}=${value}`]);
    expect(stderr).toContain(`${flag} must be a whole number from 1 to `);
    expect(status).toBe(2);
  });
});

describe('a broken document is an error with file and line, with status 1, and the others are read', () => {
  test.each<[string, string | Buffer, string, number]>([
    ['a duplicate key', 'a: 1\na: 2\n', 'the key "a" stands twice; remove one of them', 6],
    ['a tab', 'a:\n\tb: 1\n', 'there is a tab in the indentation; use spaces', 6],
    ['a NUL byte', 'a: \0\n', 'there is a NUL byte; is this a text?', 5],
    ['a byte that is not UTF-8', Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a]), 'there is a byte that is not UTF-8; save the file as UTF-8', 5],
    ['a list', '- a\n', 'the document is a list, not a Kubernetes object', 5],
    ['a plain value', '\n\nhello\n', 'the document is the plain value "hello", not a Kubernetes object', 7],
    ['an object without kind', '# what?\napiVersion: v1\n', 'the document is no Kubernetes object: it has no kind', 6],
    ['an item that is no object', 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: A\n  - 7\n', 'items[1] of the List is 7, not an object', 10],
  ])('%s', (name, text, message, line) => {
    const file = `${name.replaceAll(' ', '-')}.yaml`;
    folder.write(file, Buffer.concat([Buffer.from(`${account('before')}---\n`), Buffer.from(text), Buffer.from(`---\n${account('after')}`)]));
    const { status, stderr, report } = check([file]);
    expect(report.findings).toMatchObject([{ code: 'MW0001', message, file, line }]);
    expect(report.summary.objects).toBeGreaterThanOrEqual(2);
    expect(stderr).toBe('');
    expect(status).toBe(1);
  });

  test('with a path that is missing as well, the status is 2, and standard output carries the report', () => {
    folder.write('broken.yaml', `${account('a')}---\na: [\n`);
    const { status, stderr, report } = check(['broken.yaml', 'nowhere.yaml']);
    expect(stderr).toBe('meshwright: cannot read nowhere.yaml: no such file or directory\n');
    expect(report.findings.map(({ file }) => file)).toEqual(['broken.yaml', 'nowhere.yaml']);
    expect(report.summary).toMatchObject({ objects: 1, error: 2 });
    expect(status).toBe(2);
  });

  test('where nothing is readable, the status is 2', () => {
    folder.write('nothing.yaml', 'a: [\n');
    const { status, stderr, report } = check(['nothing.yaml']);
    expect(stderr).toBe('meshwright: nothing to check: nothing.yaml holds no Kubernetes object that can be read\n');
    expect(report.findings).toHaveLength(1);
    expect(status).toBe(2);
  });

  test('nothing of a Secret that cannot be read is shown', () => {
    folder.write('secret.yaml', `${account('a')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData:\n  password: hunter2\n  password: hunter3\n`);
    const { stdout, status } = folder.meshwright(['check', 'secret.yaml']);
    expect(stdout).toContain('secret.yaml:10:3 error MW0001 the key "password" stands twice');
    expect(stdout).not.toContain('hunter');
    expect(status).toBe(1);
  });
});

describe('large or hostile text is read in bounded time and memory', () => {
  test('120,000 documents, a broken one among them', () => {
    folder.write('many.yaml', `${Array.from({ length: 120_000 }, (_, i) => account(`a${i}`)).join('---\n')}---\na: 1\na: 2\n`);
    const { status, report, stderr } = check(['many.yaml'], { heap: 700, seconds: 120 });
    expect(report.summary).toMatchObject({ objects: 120_000, error: 1 });
    expect(report.findings[0]?.line).toBe(480_002);
    expect(stderr).toMatch(/^meshwright: reading the objects of many\.yaml\n/);
    expect(status).toBe(1);
  });

  test('a line of half a million blanks in a document beside a broken one', () => {
    folder.write('blanks.yaml', `a: [\n---\n${' '.repeat(500_000)}apiVersion: v1\n`);
    expect(check(['blanks.yaml']).status).toBe(2);
  });

  test('scalars of megabytes', () => {
    folder.write('scalars.yaml', `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a, namespace: b }\nspec:\n  hosts: [${'a'.repeat(3_000_000)}]\n  http: [{ route: [{ destination: { host: ${'b'.repeat(3_000_000)} } }] }]\n`);
    const { stdout, status } = folder.meshwright(['check', 'scalars.yaml'], { heap: 400 });
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThan(1000);
    expect(status).toBe(1);
  });

  test('a regular expression made to explode', () => {
    folder.write('regex.yaml', `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a, namespace: b }\nspec:\n  hosts: [a]\n  http:\n    - match: [{ uri: { regex: "(a+)+$" } }, { uri: { regex: "((a{0,50}){0,50}){0,50}" } }]\n      directResponse: { status: 200 }\n    - match: [{ uri: { exact: ${'a'.repeat(5000)}b } }]\n      directResponse: { status: 200 }\n`);
    check(['regex.yaml'], { seconds: 120 });
  });

  test('a key called __proto__ pollutes nothing', () => {
    folder.write('proto.json', '{"apiVersion":"v1","kind":"ServiceAccount","__proto__":{"polluted":1},"metadata":{"name":"a","labels":{"__proto__":"x","constructor":"y"}}}');
    expect(check(['proto.json']).status).toBe(0);
  });

  test('links that lead back are not followed, and a file that is named twice is read once', () => {
    folder.write('loop/a.yaml', account('a'));
    symlinkSync('.', join(folder.path, 'loop/again.yaml'));
    symlinkSync('..', join(folder.path, 'loop/up'));
    symlinkSync('a.yaml', join(folder.path, 'loop/b.yaml'));
    const { report, status } = check(['loop', './loop/a.yaml', 'loop/*.yaml']);
    expect(report.summary).toMatchObject({ objects: 1, error: 0 });
    expect(status).toBe(0);
  });

  test('a folder whose name ends in .yaml is a folder', () => {
    folder.write('x.yaml/in.yml', account('a'));
    expect(check(['x.yaml']).report.summary.objects).toBe(1);
  });
});
