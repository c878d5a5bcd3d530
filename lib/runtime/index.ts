export { meshRuntime, type MeshRuntime, type MeshRuntimeOptions, type ServeProps } from './mesh-runtime.ts';
export { defineService, type ServiceContract, type ServiceProps } from './contract/index.ts';
export type { CurrentTrace, ExpressMiddleware, FastifyPlugin, HonoMiddleware, NodeHandler } from './http/index.ts';
export { ListenError, type ListenErrorCode, type Listening } from './http/server.ts';
