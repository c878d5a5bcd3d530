import { describe, expect, test } from 'vitest';
import { goldens } from '../golden.ts';
import { Folder } from './meshwright.ts';

const folder = new Folder();
const golden = goldens(import.meta.url);

const app = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${name}, sidecar.istio.io/inject: "true" } }
spec: { serviceAccountName: ${name}, containers: [{ name: app, image: a }] }
`;
folder.write('mesh.yaml', `${app('cart')}---
${app('web')}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - match: [{ uri: { prefix: /Api } }]
      route: [{ destination: { host: cart } }]
    - fault: { abort: { httpStatus: 503, percentage: { value: 10 } } }
      route: [{ destination: { host: cart } }]
      timeout: 2s
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: cart, namespace: shop }
spec: { selector: { matchLabels: { app: cart } }, rules: [{ to: [{ operation: { methods: [GET] } }] }] }
`);

const run = (...args: string[]): ReturnType<Folder['meshwright']> => folder.meshwright(['simulate', ...args]);

describe('one request', () => {
  test.each([
    ['passes.txt', 'GET http://cart/api', []],
    ['denied.txt', 'POST http://cart/Api', []],
  ])('%s explains it', (name, request, more) => {
    const { stdout, stderr, status } = run(request, '--from', 'shop/web', ...more, 'mesh.yaml');
    golden(name, stdout);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });

  test('is told to programs in JSON', () => {
    const { stdout, status } = run('GET http://cart/Api', '--from', 'shop/web', '--format', 'json', 'mesh.yaml');
    const { outcomes, sure } = JSON.parse(stdout) as { outcomes: readonly { share: number }[]; sure: boolean };
    expect({ shares: outcomes.map(({ share }) => share), sure, status }).toEqual({ shares: [1], sure: true, status: 0 });
  });
});

describe('a request that makes no sense is said in one sentence', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['an unknown workload', ['GET http://cart/', '--from', 'shop/wbe'], /^meshwright: there is no workload "shop\/wbe"; did you mean shop\/web\?\n$/],
    ['an unknown service account', ['GET http://cart/', '--from', 'sa:shop/wbe'], /^meshwright: there is no service account "shop\/wbe"; did you mean shop\/web\?\n$/],
    ['an unknown gateway', ['GET http://cart/', '--from', 'gateway:shop/front'], /^meshwright: there is no gateway "shop\/front" .*\n$/],
    ['a sender of no kind', ['GET http://cart/', '--from', 'pod:shop/web'], /^meshwright: "pod:shop\/web" is no sender.*\n$/],
    ['no sender', ['GET http://cart/'], /^meshwright: --from is missing; .*\n$/],
    ['a URL of another scheme', ['GET ftp://cart/', '--from', 'shop/web'], /^meshwright: "ftp:\/\/cart\/" is no address of a request: .*\n$/],
    ['a URL without a host', ['GET http://', '--from', 'shop/web'], /^meshwright: "http:\/\/" is no address of a request: .*\n$/],
    ['a port that there is not', ['GET http://cart:99999/', '--from', 'shop/web'], /^meshwright: "http:\/\/cart:99999\/" is no address of a request: .*\n$/],
    ['too many words', ['GET it from there', '--from', 'shop/web'], /^meshwright: "GET it from there" is no request; .*\n$/],
    ['a token that is none', ['GET http://cart/', '--from', 'shop/web', '--token', 'secret'], /^meshwright: the token is no JSON Web Token: (?!.*secret).*\n$/],
    ['a token whose claims are none', ['GET http://cart/', '--from', 'shop/web', '--token', 'a.W10.c'], /^meshwright: the token is no JSON Web Token: .*\n$/],
    ['a header without a name', ['GET http://cart/', '--from', 'shop/web', '-H', 'jason'], /^meshwright: -H must be name:value, got "jason"\n$/],
    ['a claim without a value', ['GET http://cart/', '--from', 'shop/web', '--claim', 'role'], /^meshwright: --claim must be name=value, got "role"\n$/],
    ['an unknown protocol', ['GET http://cart/', '--from', 'shop/web', '--protocol', 'smtp'], /^meshwright: the protocol must be one of .*, got "smtp"\n$/],
    ['an address of a client that is none', ['GET http://cart/', '--from', 'shop/web', '--ip', '10.0.0.256'], /^meshwright: "10\.0\.0\.256" is no IP address of a client\n$/],
    ['an address with a port', ['GET http://cart/', '--from', 'shop/web', '--address', '10.0.0.1:80'], /^meshwright: "10\.0\.0\.1:80" is no address to dial; .*\n$/],
    ['a short name from outside', ['GET http://cart/', '--from', 'outside'], /^meshwright: there is no service "cart" for a client outside the cluster; did you mean cart\.shop\?\n$/],
    ['a name that is like no other', ['GET http://xyzzy/', '--from', 'shop/web'], /^meshwright: there is no service "xyzzy" for a client of namespace shop; known are cart, cart\.shop, web, web\.shop\n$/],
    ['two files of requests', ['--requests', 'a', '--expect', 'b'], /^meshwright: --requests and --expect cannot be given together\n$/],
  ])('%s', (_, args, message) => {
    const { stdout, stderr, status } = run(...args, 'mesh.yaml');
    expect(stderr).toMatch(message);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('an unknown host is told with the nearest that is known', () => {
    const { stdout, stderr, status } = run('GET http://crat.shop/', '--from', 'shop/web', 'mesh.yaml');
    expect(`${stdout}${stderr}`).toContain('did you mean cart.shop');
    expect(status).toBe(2);
  });

  test('a mesh of nothing', () => {
    folder.write('empty.yaml', 'a: 1\n');
    expect(run('GET http://cart/', '--from', 'shop/web', 'empty.yaml')).toEqual({ stdout: '', stderr: 'meshwright: empty.yaml holds no Kubernetes object that can be read\n', status: 2 });
  });
});

describe('--requests', () => {
  test('answers each line, runs the lines after a bad one, and ends with 2', () => {
    folder.write('requests.ndjson', '{"request":"GET http://cart/Api","from":"shop/web"}\n{"request":\n\n[]\n{"request":"GET http://cart/","from":"shop/wbe"}\n{"request":"GET http://cart/","headers":"x"}\n{"request":"GET http://cart/","ip":true}\n{"request":"POST http://cart/Api"}\n');
    const { stdout, stderr, status } = run('--requests', 'requests.ndjson', '--from', 'shop/web', 'mesh.yaml');
    const answers = stdout.trimEnd().split('\n').map(line => JSON.parse(line) as { line?: number; error?: string; outcomes?: readonly { answer?: { status?: number } }[] });
    expect(answers.map(({ line, error, outcomes }) => (error === undefined ? outcomes?.map(({ answer }) => answer?.status ?? 'reaches') : `${line ?? 0}: ${error}`))).toEqual([
      ['reaches'], '2: it is no JSON', '4: it is no JSON object', '5: there is no workload "shop/wbe"; did you mean shop/web?', '6: headers must be a mapping, got "x"', '7: ip must be a text, got true', [403],
    ]);
    expect({ stderr, status }).toEqual({ stderr: 'meshwright: requests.ndjson:2: it is no JSON\n', status: 2 });
  });

  test('of which all are good ends with 0', () => {
    folder.write('good.ndjson', '{"request":"GET http://cart/Api","from":"shop/web"}\r\n{"request":"GET http://cart/Api","from":"shop/web"}');
    const { stdout, stderr, status } = run('--requests', 'good.ndjson', 'mesh.yaml');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  });
});
