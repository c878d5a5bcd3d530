export type { CurrentTrace } from '../current-trace.ts';
export type { ExpressMiddleware } from './express.ts';
export type { FastifyPlugin } from './fastify.ts';
export type { HonoMiddleware } from './hono.ts';
export type { NodeHandler } from './node.ts';
export type { Observation, ObservedRequest, Outcome } from './observer.ts';
