export { Metrics, type MetricsOptions, type MetricsServerProps, type OwnMetrics, type RequestTimer } from './metrics.ts';
export { type ExpositionFormat } from './exposition.ts';
export { ListenError, type ListenErrorCode, type Listening } from '../http/server.ts';
