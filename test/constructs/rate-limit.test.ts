import { expect, test } from 'vitest';
import { RateLimit } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('a limit is kept by a plugin in the proxies of the service, or at its waypoint', () => {
  const { mesh, shop } = shopMesh();
  const ambient = mesh.namespace('ambient', { dataPlane: 'ambient', waypoint: 'waypoint' });
  const limits = { requests: 100, perSeconds: 60 };
  new RateLimit(reviewsOf(shop), 'limit', { plugin: 'oci://example.com/rate-limit:1.0', sha256: 'a'.repeat(64), limits });
  new RateLimit(ratingsOf(ambient), 'limit', { plugin: 'oci://example.com/rate-limit:1.0', limits, failOpen: true });
  golden('limits.yaml', emitted(mesh, 'WasmPlugin'));
  expect(findings(mesh)).toEqual([]);
});

test('a limit that nothing keeps is an error', () => {
  const { mesh } = shopMesh();
  const plain = mesh.namespace('plain', { dataPlane: 'ambient' });
  expect(() => new RateLimit(reviewsOf(plain), 'limit', { plugin: 'oci://a', limits: {} })).toThrow('mesh/plain/reviews has no proxy that reads requests (dataPlane "ambient")');
});
