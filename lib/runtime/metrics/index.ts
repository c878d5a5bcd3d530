export { Metrics, type MetricsOptions, type MetricsServerProps, type OwnMetrics, type RequestTimer } from './metrics.ts';
export { type ExpositionFormat } from './exposition.ts';
export type { CurrentTrace, ExpressMiddleware, FastifyPlugin, HonoMiddleware, NodeHandler, Observation, ObservedRequest, Outcome } from '../http/index.ts';
export { ListenError, type ListenErrorCode, type Listening } from '../http/server.ts';
