import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPaths } from '../../lib/files/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { differences, requestOf, simulate, type Expectation } from '../../lib/simulate/index.ts';

const mesh = Mesh.from(readPaths([join(import.meta.dirname, '../../dist')]).texts.flatMap(source => readManifests(source).manifests));
const page = 'bookinfo/productpage-v1';

const golden: readonly (readonly [request: string, from: string, headers: Readonly<Record<string, string>>, expected: Expectation])[] = [
  ['GET http://reviews:9080/reviews/1', page, { 'end-user': 'jason' }, { reaches: 'reviews', subset: 'v3', timeout: '2s', mtls: true }],
  ['GET http://reviews:9080/reviews/1', page, {}, { reaches: 'reviews', shares: { v1: 90, v3: 10 }, mtls: true }],
  ['GET http://reviews.bookinfo.svc.cluster.local:9080/reviews/1', page, { 'end-user': 'Jason' }, { shares: { v1: 90, v3: 10 } }],
  // Its Sidecar does not let it see ratings, so that its own proxy blocks the call.
  ['GET http://ratings:9080/ratings/1', page, {}, { status: 502 }],
  ['GET http://ratings:9080/ratings/1', 'bookinfo/reviews-v2', {}, { reaches: 'ratings', mtls: true }],
  ['GET http://details:9080/details/1', page, {}, { reaches: 'details', mtls: true }],
];

describe('in Bookinfo', () => {
  for (const [request, from, headers, expected] of golden) {
    test(`${request} from ${from} ${JSON.stringify(headers)} ends as expected`, () => {
      const trace = simulate(mesh, requestOf({ request, from, headers }));
      expect(differences(trace, expected)).toEqual([]);
      expect(trace.outcomes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    });
  }
});
