import * as kplus from 'cdk8s-plus-28';
import type { Propagation, ServiceContract } from '../../runtime/contract/index.ts';

/** What a container takes from the contract of its service. */
export interface ContractWorkload {
  /** Before the variables of the version, which may replace them. */
  readonly env: Readonly<Record<string, kplus.EnvValue>>;
  readonly liveness: kplus.Probe;
  readonly readiness: kplus.Probe;
  /** Of its pods, before those of the version, which may replace them. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Ports beside those that requests come in at. */
  readonly ports: readonly { readonly number: number; readonly name: string }[];
}

/**
 * The environment, annotations, probes and ports of a container whose service has a contract. The variables are OpenTelemetry's own, so that a
 * service in any language takes part; those of `meshwright/runtime` are two.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * Source: https://istio.io/latest/docs/ops/integrations/prometheus/#option-1-metrics-merging
 */
export function contractWorkload(contract: ServiceContract, namespace: string): ContractWorkload {
  const { name, version, tracing, logs, health, metrics, profiling } = contract;
  const resource = { 'service.version': version, 'service.namespace': namespace, 'k8s.namespace.name': namespace, 'k8s.pod.name': '$(POD_NAME)' };
  const env: Record<string, string> = {
    // In a pod, callers and probes come from outside; elsewhere servers keep to loopback.
    MESHWRIGHT_HOST: '0.0.0.0',
    LOG_LEVEL: logs.level,
    OTEL_SERVICE_NAME: name,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(resource).map(([key, value]) => `${key}=${value}`).join(','),
    OTEL_PROPAGATORS: propagators[tracing.propagation],
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(tracing.samplingPercent / 100),
    ...(tracing.collector === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.collector, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }),
  };
  return {
    env: {
      // First: the others may name only what stands before them.
      POD_NAME: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
      ...Object.fromEntries(Object.entries(env).map(([key, value]) => [key, kplus.EnvValue.fromValue(value)])),
    },
    // The injector reads these, and points them at the agent, which adds the metrics of the application to those of the proxy.
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(metrics.port), 'prometheus.io/path': metrics.path },
    liveness: kplus.Probe.fromHttpGet(health.livePath, { port: metrics.port }),
    readiness: kplus.Probe.fromHttpGet(health.readyPath, { port: metrics.port }),
    ports: [{ number: metrics.port, name: 'metrics' }, ...(profiling.enabled ? [{ number: profiling.port, name: 'profiling' }] : [])],
  };
}

const propagators: Readonly<Record<Propagation, string>> = {
  w3c: 'tracecontext,baggage',
  b3: 'b3multi,baggage',
  'w3c+b3': 'tracecontext,b3multi,baggage',
};
