export { expectMesh, type MeshExpectation, type ReachedBy, type RequestExpectation, type RequestOptions } from './expect-mesh.ts';
export { expect, withMeshes, type MeshObject, type RunnerExpect } from './expect.ts';
export { meshOf, type MeshSource } from './mesh-of.ts';
export { NotAsExpected } from './not-as-expected.ts';
