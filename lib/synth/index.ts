export { MeshApp, type MeshAppProps, pruningLabel, type Stage } from './mesh-app.ts';
