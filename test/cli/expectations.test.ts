import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Folder } from './meshwright.ts';

const folder = new Folder();
const root = join(import.meta.dirname, '../..');

folder.write('mesh.yaml', `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: cart, namespace: shop, labels: { app: cart } }
spec: { containers: [{ name: app, image: a }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web, sidecar.istio.io/inject: "true" } }
spec: { containers: [{ name: app, image: a }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - match: [{ uri: { prefix: /old } }]
      redirect: { uri: /new }
    - match: [{ uri: { prefix: /api } }]
      rewrite: { uri: /v1 }
      route: [{ destination: { host: cart } }]
    - route: [{ destination: { host: cart } }]
      timeout: 2s
`);

const expecting = (text: string, ...args: string[]): ReturnType<Folder['meshwright']> => {
  folder.write('requests.yaml', text);
  return folder.meshwright(['simulate', '--expect', 'requests.yaml', ...args, 'mesh.yaml']);
};

describe('golden requests', () => {
  test.each([
    ['Bookinfo', 'bookinfo', ['dist', 'test/simulate/bookinfo/ingress.yaml']],
    ['the mesh with tokens and faults', 'shop', ['test/simulate/shop/mesh.yaml']],
  ])('of %s end as expected', (_, name, mesh) => {
    const { stdout, stderr, status } = folder.meshwright(['simulate', '--expect', join(root, 'test/simulate', name, 'requests.yaml'), ...mesh.map(path => join(root, path))]);
    expect({ stdout, stderr, status }).toEqual({ stdout: expect.stringMatching(/^(\d+) of \1 requests end as expected\n$/) as string, stderr: '', status: 0 });
  });
});

describe('requests of a file', () => {
  test('that end as expected are counted', () => {
    expect(expecting('- { request: GET http://cart/, from: shop/web, expect: { reaches: cart, timeout: 2s } }\n')).toEqual({ stdout: '1 of 1 requests end as expected\n', stderr: '', status: 0 });
  });

  test('that end otherwise are said with what is different and the trace, and fail', () => {
    const { stdout, stderr, status } = expecting('- { request: GET http://cart/, from: shop/web, expect: { status: 404 } }\n- { name: slow, request: GET http://cart/, from: shop/web, expect: { timeout: 5s, reaches: reviews } }\n- { request: GET http://cart/, from: shop/web, expect: { status: 200 } }\n');
    expect(stdout).toContain('not as expected: GET http://cart/\n  the status is 200, not 404\n');
    expect(stdout).toContain('not as expected: slow\n  it reaches cart.shop.svc.cluster.local, not reviews\n  the timeout is 2s, not 5s\n\n  | GET http://cart/ from Pod shop/web\n');
    expect(stdout).toMatch(/\n1 of 3 requests end as expected\n$/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
  });

  test('are told to programs in JSON', () => {
    const { stdout, status } = expecting('- { name: a, request: GET http://cart/, from: shop/web, expect: { status: 404 } }\n', '--format', 'json');
    expect(JSON.parse(stdout)).toEqual([{ name: 'a', passed: false, reasons: ['the status is 200, not 404'] }]);
    expect(status).toBe(1);
  });

  test('take --from where they name nobody', () => {
    expect(expecting('- { request: GET http://cart/, expect: { status: 200 } }\n', '--from', 'shop/web').status).toBe(0);
  });

  test('may stand in several documents', () => {
    const one = '- { request: GET http://cart/, from: shop/web, expect: { status: 200 } }\n';
    expect(expecting(`${one}---\n${one}`).stdout).toBe('2 of 2 requests end as expected\n');
  });
});

describe('what cannot be run', () => {
  test.each([
    ['a word that there is not', '{ request: GET http://cart/, from: shop/web, expect: { stauts: 200 } }', 'expect has no "stauts"; did you mean status?'],
    ['a field that there is not', '{ reqeust: GET http://cart/, from: shop/web, expect: { status: 200 } }', 'request has no "reqeust"; did you mean request?'],
    ['a value of another kind', '{ request: GET http://cart/, from: shop/web, expect: { status: "200" } }', 'expect.status must be a number, got "200"'],
    ['no expectation', '{ request: GET http://cart/, from: shop/web }', 'nothing is expected; say one of status'],
    ['nobody who sends it', '{ request: GET http://cart/, expect: { status: 200 } }', 'nobody sends the request; give it a from, or --from for all'],
    ['a duration that is none', '{ request: GET http://cart/, from: shop/web, expect: { timeout: 5x } }', 'expect.timeout must be a duration such as 2s or 500ms, got "5x"'],
    ['what is no request', 'GET http://cart/', 'it is "GET http://cart/", not { request, from, expect }'],
    ['an unknown workload', '{ request: GET http://cart/, from: shop/wbe, expect: { status: 200 } }', 'there is no workload "shop/wbe"; did you mean shop/web?'],
  ])('%s is said, the others still run, and the status is 2', (_, item, message) => {
    const { stdout, stderr, status } = expecting(`- ${item}\n- { request: GET http://cart/, from: shop/web, expect: { status: 200 } }\n`);
    expect(stdout).toContain(`\n  ${message}`);
    expect(stdout).toMatch(/\n1 of 2 requests end as expected\n$/);
    expect({ stderr, status }).toEqual({ stderr: '', status: 2 });
  });

  test.each([
    ['an empty file', ''],
    ['a file of something else', 'a: 1\n'],
    ['a list of nothing', 'requests: []\n'],
  ])('%s is said in one sentence', (_, text) => {
    expect(expecting(text)).toEqual({ stdout: '', stderr: 'meshwright: requests.yaml holds no requests; give a list of { request, from, expect }, or testCases of istio-config-validator\n', status: 2 });
  });

  test.each([
    ['a file that is no YAML', '- { request: GET http://cart/,\n', /^meshwright: cannot read requests\.yaml:2: .*\n$/],
    ['a file that repeats an anchor without end', 'a: &a [*a]\n', /^meshwright: cannot read requests\.yaml.*\n$/],
  ])('%s is said in one sentence', (_, text, message) => {
    const { stdout, stderr, status } = expecting(text);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('should not happen');
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('a file that is not there', () => {
    const { stderr, status } = folder.meshwright(['simulate', '--expect', 'nowhere.yaml', 'mesh.yaml']);
    expect(stderr).toMatch(/^meshwright: .*nowhere\.yaml.*\n$/);
    expect(stderr).not.toContain('should not happen');
    expect(status).toBe(2);
  });
});

describe('a test file of istio-config-validator', () => {
  const oneCase = (uri: string, wanted: string, more = ''): string => `testCases:
  - description: a case
    wantMatch: true
    request: { authority: [cart], method: [GET, POST], uri: ["${uri}"] }
    ${wanted}
${more}`;

  test.each([
    ['a route', oneCase('/api/a', 'route: [{ destination: { host: cart } }]')],
    ['a rewrite', oneCase('/api', 'rewrite: { uri: /v1 }\n    route: [{ destination: { host: cart } }]')],
    ['a redirect', oneCase('/old', 'redirect: { uri: /new }')],
    ['the full name of the host', oneCase('/api/a', 'route: [{ destination: { host: cart } }]').replace('[cart]', '[cart.shop.svc.cluster.local]')],
    ['a host that no VirtualService has, and that must not match', oneCase('/', 'route: [{ destination: { host: cart } }]').replace('[cart]', '[other.example.com]').replace('wantMatch: true', 'wantMatch: false')],
    ['a case that must not match', oneCase('/old', 'route: [{ destination: { host: cart } }]').replace('wantMatch: true', 'wantMatch: false')],
  ])('passes with %s', (_, text) => {
    expect(expecting(text)).toEqual({ stdout: '1 of 1 requests end as expected\n', stderr: '', status: 0 });
  });

  test('says of each request that goes elsewhere where it goes, and fails', () => {
    const { stdout, stderr, status } = expecting(oneCase('/', 'route: [{ destination: { host: reviews } }]', '  - { description: other host, wantMatch: true, request: { authority: [nobody.example.com] }, route: [{ destination: { host: cart } }] }\n'));
    expect(stdout).toBe('not as expected: a case\n  GET cart/: does not go where it must: cart.shop.svc.cluster.local\n  POST cart/: does not go where it must: cart.shop.svc.cluster.local\n\nnot as expected: other host\n  GET nobody.example.com/: no VirtualService has this host\n\n0 of 2 requests end as expected\n');
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
  });
});
