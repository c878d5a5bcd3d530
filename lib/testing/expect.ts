import { Mesh } from '../mesh/index.ts';
import { expectationOf, expectMesh, type MeshExpectation, type Verdict } from './expect-mesh.ts';
import { meshOf, type MeshSource } from './mesh-of.ts';

/** `expect` of a runner, as far as it is needed: vitest and jest are alike in it. */
export interface RunnerExpect {
  // The types of a runner's matchers are its own; nothing is asked of a value here.
  (actual: never): unknown;
  extend(matchers: never): void;
}

/** A mesh that `expect` can tell from any other value: all of {@link MeshSource} but text. */
export type MeshObject = Exclude<MeshSource, string>;

/**
 * `expect` of a mesh, for a test that asks nothing else; where it does, see {@link withMeshes}.
 *
 * @throws as {@link meshOf} does
 *
 * @example
 * expect(chart).request('GET http://reviews.shop:9080/', { from: 'shop/productpage' }).toReach('reviews', { subset: 'v2' });
 */
export const expect: typeof expectMesh = expectMesh;

/**
 * The `expect` of vitest or jest, which knows meshes as well: `expect(mesh).request(…)` is an assertion that the runner counts,
 * and all else is as before.
 *
 * @example
 * const expect = withMeshes(runnersExpect);
 */
export function withMeshes<Expect extends RunnerExpect>(runner: Expect): ((source: MeshObject) => MeshExpectation) & Expect {
  // A matcher of the runner's own, so that it counts: `expect.assertions(1)` holds.
  const matchers = { toHoldInMesh: (failure: Error | undefined) => ({ pass: failure === undefined, message: () => failure?.message ?? 'expected the request to end otherwise' }) };
  runner.extend(matchers as never);
  const verdict: Verdict = failure => { (runner(failure as never) as { toHoldInMesh(): void }).toHoldInMesh(); };
  return new Proxy(runner, {
    apply: (target, self, args: readonly unknown[]) => (isMesh(args[0]) ? expectationOf(meshOf(args[0]), verdict) : (Reflect as { apply(call: unknown, self: unknown, values: readonly unknown[]): unknown }).apply(target, self, args)),
  }) as ((source: MeshObject) => MeshExpectation) & Expect;
}

/** A Chart or an App is known by how it is written out, so that nothing of cdk8s is needed to tell. */
function isMesh(value: unknown): value is MeshObject {
  return value instanceof Mesh || (typeof value === 'object' && value !== null && 'node' in value && ('synthYaml' in value || 'toJson' in value));
}
