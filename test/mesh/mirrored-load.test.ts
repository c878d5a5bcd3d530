import { expect, test } from 'vitest';
import { check, rules } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh, mirroredLoad } from '../../lib/mesh/index.ts';

/** A mesh of services, each with whom it calls and with its mirrors, as `target percent`. */
function meshOf(services: Readonly<Record<string, { calls?: readonly string[]; mirrors?: readonly string[] }>>): Mesh {
  const text = Object.entries(services).flatMap(([name, { calls = [], mirrors = [] }]) => [
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }`,
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${name} } } } }`,
    `apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: ${name}, namespace: shop }\nspec: { workloadSelector: { labels: { app: ${name} } }, egress: [{ hosts: [${calls.map(callee => `./${callee}.shop.svc.cluster.local`).join(', ') || '~/*'}] }] }`,
    ...(mirrors.length === 0 ? [] : [`apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: ${name}, namespace: shop }\nspec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name} } }], mirrors: [${mirrors.map(mirror => {
      const [target, percent] = mirror.split(' ');
      return `{ destination: { host: ${target} }, percentage: { value: ${percent} } }`;
    }).join(', ')}] }] }`]),
  ]).join('\n---\n');
  return Mesh.from(readManifests({ file: 'a.yaml', text }).manifests);
}

/** The requests that one request to service a makes, and those without mirrors. */
function loads(mesh: Mesh): Record<string, [requests: number, plain: number]> {
  const a = mesh.service('shop', 'a');
  return Object.fromEntries((a ? mirroredLoad(mesh, a, 'shop') : []).map(({ service, requests, plain }) => [service.name, [requests, plain]]));
}

const said = (mesh: Mesh): string[] => check(mesh, { rules: rules.filter(({ name }) => name === 'mirrors-multiply') }).findings.map(({ severity, message }) => `${severity}: ${message}`);

test('a copy to another version calls on like the request itself, and mirrors along a chain multiply', () => {
  const mesh = meshOf({ a: { calls: ['b'], mirrors: ['a 100'] }, b: { calls: ['c'], mirrors: ['b 50'] }, c: {} });
  expect(loads(mesh)).toEqual({ a: [2, 1], b: [3, 1], c: [3, 1] });
  expect(said(mesh)).toEqual(['info: a (2) → b (3): through mirrors b gets 3 times the requests']);
});

test('everything mirrored twice makes four of one, which is a warning', () => {
  const mesh = meshOf({ a: { calls: ['b'], mirrors: ['a 100'] }, b: { mirrors: ['b 100'] } });
  expect(said(mesh)).toEqual(['warning: a (2) → b (4): through mirrors b gets 4 times the requests']);
});

test('copies to another service arrive there whatever it mirrors itself, and come back together where both call', () => {
  const mesh = meshOf({ a: { calls: ['b'], mirrors: ['shadow 100'] }, shadow: { calls: ['b'], mirrors: ['shadow 100'] }, b: {} });
  expect(loads(mesh)).toEqual({ a: [1, 1], shadow: [1, 0], b: [2, 1] });
  expect(said(mesh)).toContain('info: a (1) → b (2): through mirrors b gets 2 times the requests');
});

test('calls that meet are no growth', () => {
  expect(loads(meshOf({ a: { calls: ['b', 'c'] }, b: { calls: ['d'] }, c: { calls: ['d'] }, d: {} }))).toEqual({ a: [1, 1], b: [1, 1], c: [1, 1], d: [2, 2] });
});

test('several mirrors of a request add up, and few copies are not worth a word', () => {
  const mesh = meshOf({ a: { calls: ['b'], mirrors: ['a 10', 'a 15'] }, b: {} });
  expect(loads(mesh)).toEqual({ a: [1.25, 1], b: [1.25, 1] });
  expect(said(mesh)).toEqual([]);
});

test('a mirror whose copies call nobody says nothing', () => {
  expect(said(meshOf({ a: { mirrors: ['a 100'] } }))).toEqual([]);
});

test('services that call each other in a circle are followed once', () => {
  expect(loads(meshOf({ a: { calls: ['b'], mirrors: ['a 100'] }, b: { calls: ['a'], mirrors: ['b 100'] } }))).toEqual({ a: [2, 1], b: [4, 1] });
});
