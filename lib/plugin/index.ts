export { MeshCheck, type MeshCheckProperties } from './mesh-check.ts';
