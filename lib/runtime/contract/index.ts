export type {
  ContractPort, ContractProtocol, HealthContract, LogLevel, LogsContract, MetricContract, MetricKind, MetricsContract, OwnKinds, ProfilingContract, Propagation,
  ServiceContract, TokenAlgorithm, TokenContract, TracingContract,
} from './contract.ts';
export {
  defineService, type HealthProps, type LogsProps, type MetricsProps, type OwnMetricProps, type PortProps, type ProfilingProps, type ServiceProps,
  type TokenProps, type TracingProps,
} from './define-service.ts';
export { logFields } from './log-fields.ts';
export { metricPrefix } from './metric-prefix.ts';
