export type { CurrentTrace, ExpressMiddleware, FastifyPlugin, HonoMiddleware, NodeHandler, Observation, ObservedRequest, Outcome } from '../http/index.ts';
export { Tracing, type HeadersLike, type SpanProps, type TracingOptions } from './tracing.ts';
