export { expectMesh, type ReachedBy, type RequestExpectation, type RequestOptions } from './expect-mesh.ts';
export { meshOf, type MeshSource } from './mesh-of.ts';
export { NotAsExpected } from './not-as-expected.ts';
