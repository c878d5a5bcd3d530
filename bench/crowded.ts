import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import { check, Mesh, readManifests } from './built.ts';

/** Meshes where many objects meet in one place, each of so many objects: whoever looks at all of them for each shows here. */
const crowds: Readonly<Record<string, (count: number) => readonly object[]>> = {
  'sidecars of one namespace': count => each(count, i => [deployment(i), object('networking.istio.io/v1', 'Sidecar', i, { workloadSelector: { labels: { app: `a${i}` } }, egress: [{ hosts: ['./*'] }] })]),
  'policies whose selectors share a label': count => each(count, i => [
    object('apps/v1', 'Deployment', i, { template: { metadata: { labels: { app: 'one', version: `v${i}` } } } }),
    object('security.istio.io/v1', 'PeerAuthentication', i, { selector: { matchLabels: { app: 'one', version: `v${i}` } }, mtls: { mode: 'STRICT' } }),
  ]),
  'VirtualServices of one host at one gateway': count => [
    object('networking.istio.io/v1', 'Gateway', 0, { selector: { istio: 'ingressgateway' }, servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*.example.com'] }] }),
    ...each(count, i => [object('networking.istio.io/v1', 'VirtualService', i, { hosts: ['www.example.com'], gateways: ['o0'], http: [{ match: [{ uri: { prefix: `/p${i}` } }], route: [{ destination: { host: 's' } }] }] })]),
  ],
  'ServiceEntries of one host': count => each(count, i => [object('networking.istio.io/v1', 'ServiceEntry', i, { hosts: ['api.example.com'], ports: [{ number: 443, name: 'tls', protocol: 'TLS' }], resolution: 'DNS' })]),
  'DestinationRules of one host': count => each(count, i => [object('networking.istio.io/v1', 'DestinationRule', i, { host: 'reviews', subsets: [{ name: `v${i}`, labels: { version: `v${i}` } }] })]),
  'Gateways with one certificate': count => each(count, i => [object('networking.istio.io/v1', 'Gateway', i, { selector: { istio: 'ingressgateway' }, servers: [{ port: { number: 443, name: 'https', protocol: 'HTTPS' }, hosts: ['www.example.com'], tls: { mode: 'SIMPLE', credentialName: 'www' } }] })]),
  'delegates of one root': count => [
    object('networking.istio.io/v1', 'VirtualService', count, { hosts: ['www.example.com'], http: Array.from({ length: count }, (_, i) => ({ match: [{ uri: { prefix: `/p${i}` } }], delegate: { name: `o${i}` } })) }),
    ...each(count, i => [object('networking.istio.io/v1', 'VirtualService', i, { http: [{ route: [{ destination: { host: 's' } }] }] })]),
  ],
  'a service that all call, and that calls all': count => each(count, i => [
    object('v1', 'Service', i, { selector: { app: `a${i}` }, ports: [{ name: 'http', port: 80 }] }), deployment(i),
    object('networking.istio.io/v1', 'VirtualService', i, { hosts: [`o${i}`], http: [{ timeout: '5s', retries: { attempts: 3, perTryTimeout: '1s' }, route: [{ destination: { host: `o${i}` } }] }] }),
    object('security.istio.io/v1', 'AuthorizationPolicy', i, { selector: { matchLabels: { app: `a${i}` } }, rules: [{ from: [{ source: { principals: ['cluster.local/ns/shop/sa/a0'] } }] }] }),
    object('security.istio.io/v1', 'AuthorizationPolicy', i + count, { selector: { matchLabels: { app: 'a0' } }, rules: [{ from: [{ source: { principals: [`cluster.local/ns/shop/sa/a${i}`] } }] }] }),
  ]),
};

/** How the cost of all rules grows where a mesh is crowded, at its worst: ten times the objects must not cost much more than ten times the time. */
export function crowded(): Figure[] {
  const grown = Object.entries(crowds).map(([name, objects]) => {
    const [least, most] = [took(objects(few)), took(objects(10 * few))];
    return { name, ratio: most / least, note: `${most.toFixed(0)} ms, ${least.toFixed(0)} ms: ${name}` };
  }).sort((a, b) => b.ratio - a.ratio);
  const [worst] = grown;
  return worst ? [{ name: `all rules where ${10 * few} meet in one place, the worst of ${grown.length} kinds`, baseline: `that of ${few}`, ratio: worst.ratio, limit: 20, note: worst.note }] : [];
}

const few = 300;

function took(objects: readonly object[]): number {
  const { manifests } = readManifests({ file: 'mesh.json', text: objects.map(one => JSON.stringify(one)).join('\n---\n') });
  return median(Array.from({ length: 3 }, () => {
    const mesh = Mesh.from(manifests);
    const before = performance.now();
    check(mesh);
    return performance.now() - before;
  }));
}

function each(count: number, make: (i: number) => readonly object[]): object[] {
  return Array.from({ length: count }, (_, i) => make(i)).flat();
}

function object(apiVersion: string, kind: string, i: number, spec: object): object {
  return { apiVersion, kind, metadata: { name: `o${i}`, namespace: 'shop' }, spec };
}

function deployment(i: number): object {
  return object('apps/v1', 'Deployment', i, { template: { metadata: { labels: { app: `a${i}` } }, spec: { serviceAccountName: `a${i}` } } });
}
