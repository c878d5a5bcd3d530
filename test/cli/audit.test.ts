import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { soundMesh } from '../audit/meshes.ts';
import { goldens } from '../golden.ts';
import { Folder } from './meshwright.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = new Folder();
const golden = goldens(import.meta.url);

const flawed = `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: PERMISSIVE } }
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: more, namespace: shop }
spec: { jwtRules: [{ issuer: https://other.example.com, jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}' }] }
`;
folder.write('mesh/sound.yaml', `${soundMesh('sidecar')}\n`);
folder.write('mesh/flawed.yaml', flawed);
folder.write('sound/mesh.yaml', `${soundMesh('ambient')}\n`);
folder.write('taken.yaml', '- { id: MW0401, object: PeerAuthentication shop/default, reason: the last clients move in May }\n- { id: MW0408, object: RequestAuthentication shop/gone, reason: it is a test }\n');

const run = (...args: string[]): ReturnType<Folder['meshwright']> => folder.meshwright(['audit', ...args]);

describe('each format says the same', () => {
  test.each([['text', 'txt'], ['json', 'json'], ['sarif', 'sarif.json'], ['html', 'html']])('%s', (format, ending) => {
    const { stdout, stderr, status } = run('mesh', '--format', format, '--suppressions', 'taken.yaml');
    golden(`mesh.${ending}`, stdout);
    expect(stderr).toBe('');
    expect(status).toBe(1);
  });

  test('of a mesh with nothing to say of', () => {
    const { stdout, status } = run('sound');
    golden('sound.txt', stdout);
    expect(stdout).toMatch(/objects audited, nothing found\n$/);
    expect(status).toBe(0);
  });
});

test('JSON is what check prints, with the matrix beside', () => {
  const { findings, summary, matrix } = JSON.parse(run('mesh', '--format', 'json').stdout) as { findings: { code: string }[]; summary: object; matrix: { services: { service: string; cells: { verdict: string }[] }[] } };
  expect(findings.map(({ code }) => code)).toEqual(['MW0401', 'MW0408']);
  expect(summary).toMatchObject({ error: 1, warning: 1, info: 0 });
  expect(matrix.services.map(({ service }) => service)).toEqual(['shop/reviews', 'shop/web']);
});

test('--fail-on says from where on it fails, and check fails by the error alone', () => {
  expect(run('mesh', '--skip', 'MW0408').status).toBe(0);
  expect(run('mesh', '--skip', 'MW0408', '--fail-on', 'warning').status).toBe(1);
  expect(folder.meshwright(['check', 'mesh', '--format', 'json']).stdout).not.toContain('MW0401');
  expect(folder.meshwright(['check', 'mesh', '--format', 'json']).stdout).toContain('MW0408');
});

test('a matrix that would be too large ends, and says so', () => {
  expect(run('mesh', '--max-cells', '1').stdout).toContain('1 port left out');
});

describe('suppressions', () => {
  test('hold back what they name, and are told when they hold nothing', () => {
    const { stdout } = run('mesh', '--suppressions', 'taken.yaml', '--format', 'json');
    const { findings, suppressed } = JSON.parse(stdout) as { findings: { code: string; message: string; file: string }[]; suppressed: object[] };
    expect(findings.map(({ code }) => code)).toEqual(['MW0408', 'MW0003']);
    expect(findings[1]).toMatchObject({ message: 'the suppression of MW0408 for RequestAuthentication shop/gone holds nothing back', file: 'taken.yaml' });
    expect(suppressed).toEqual([{ id: 'MW0401', object: 'PeerAuthentication shop/default', reason: 'the last clients move in May' }]);
  });

  test.each([
    ['no list', 'id: MW0401', 'holds no list; give one of { id, object, reason }'],
    ['no reason', '- { id: MW0401, object: Namespace shop }', 'entry 1 has no reason; each suppression says id, object (Kind namespace/name) and reason'],
    ['an unknown rule', '- { id: MW9999, object: Namespace shop, reason: because }', 'entry 1 names no rule: "MW9999"; see meshwright rules'],
    ['another field', '- { id: MW0401, object: Namespace shop, reason: because, until: May }', 'entry 1 has a field "until"; it takes id, object and reason'],
  ])('%s: one sentence', (_name, text, message) => {
    folder.write('bad.yaml', text);
    const { stdout, stderr, status } = run('mesh', '--suppressions', 'bad.yaml');
    expect([stdout, status]).toEqual(['', 2]);
    expect(stderr).toBe(`meshwright: --suppressions bad.yaml${message.startsWith('holds') ? ' ' : ': '}${message}\n`);
  });

  test('a file that is missing is one sentence', () => {
    const { stderr, status } = run('mesh', '--suppressions', 'nowhere.yaml');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^meshwright: .*nowhere\.yaml.*\n$/);
  });
});

describe('the page', () => {
  const page = (text: string): string => {
    folder.write('hostile.yaml', text);
    return run('hostile.yaml', '--format', 'html').stdout;
  };

  test('loads nothing, and lets only its own style be used', () => {
    const html = run('mesh', '--format', 'html').stdout;
    const [, style = ''] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    expect(html).toContain(`default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(html).not.toMatch(/<(script|link|img|iframe|object|embed|form)|\s(src|style|on\w+)=|url\(|@import/i);
    for (const [, href] of html.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^#/);
  });

  test('takes whatever a mesh holds as text', () => {
    const evil = `</code><script>alert(1)</script><img src=x onerror='alert(2)'>"&`;
    const html = page(`apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: ${JSON.stringify(evil)}, namespace: shop }
spec: { selector: { app: a }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${JSON.stringify(evil)}, namespace: shop }
spec: { template: { metadata: { labels: { app: a } }, spec: { serviceAccountName: ${JSON.stringify(evil)}, containers: [{ name: a, image: a, securityContext: { privileged: true } }] } } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${JSON.stringify(evil)}, namespace: shop }
spec: { rules: [{ to: [{ operation: { paths: [${JSON.stringify(`/${evil}`)}], notMethods: [${JSON.stringify(evil)}] } }], when: [{ key: "request.headers[x]", values: [${JSON.stringify(evil)}] }] }] }
`);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|<img/i);
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
    expect([...tags].filter(tag => !known.has(tag ?? ''))).toEqual([]);
  });

  const known = new Set(['html', 'head', 'meta', 'title', 'style', 'body', 'header', 'nav', 'a', 'main', 'section', 'h1', 'h2', 'h3', 'p', 'ol', 'ul', 'li', 'span', 'strong', 'code', 'div', 'table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td', 'br', 'details', 'summary']);

  test('names its language, its parts and the heads of its table', () => {
    const html = run('mesh', '--format', 'html').stdout;
    for (const part of ['<html lang="en">', '<main>', '<caption>', 'scope="col"', 'scope="row"', 'scope="rowgroup"', 'aria-labelledby="first"', 'color-scheme: light dark']) expect(html).toContain(part);
  });
});

test('the mesh of main.ts has nothing to put right but what one file lists, at most three', () => {
  folder.write('audit.suppressions.yaml', readFileSync(join(root, 'audit.suppressions.yaml')));
  const { stdout, status } = run(join(root, 'dist'), '--suppressions', 'audit.suppressions.yaml', '--fail-on', 'info', '--format', 'json');
  const { findings, suppressed, matrix } = JSON.parse(stdout) as { findings: object[]; suppressed: object[]; matrix: { services: { cells: Record<'allowed' | 'refused', { replay: string } | undefined>[] }[] } };
  expect(findings).toEqual([]);
  expect(suppressed.length).toBeLessThanOrEqual(3);
  expect(status).toBe(0);
  for (const { allowed, refused } of matrix.services.flatMap(({ cells }) => cells)) for (const witness of [allowed, refused]) expect(witness?.replay ?? 'agrees').toMatch(/^agrees|^not routed$/);
});
