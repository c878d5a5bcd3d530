import { logFields } from '../../runtime/contract/index.ts';

/** What tells pods apart that are otherwise alike. Loki would make a label of each, and a stream of each pod that ever was. */
const ofOnePod = ['k8s.pod.name', 'service.instance.id'] as const;

/**
 * The step of a collector that makes lines alike, whether a proxy or a service wrote them: the trace is that of the record, not a
 * field; the pod stands beside the line, not among what Loki indexes.
 *
 * Source: https://grafana.com/docs/loki/latest/send-data/otel/
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/transformprocessor
 */
export const alikeLogs: object = {
  error_mode: 'ignore',
  log_statements: [
    {
      context: 'log',
      statements: [
        `set(log.trace_id.string, log.attributes["${logFields.traceId}"]) where IsString(log.attributes["${logFields.traceId}"]) and IsMatch(log.attributes["${logFields.traceId}"], "^[0-9a-f]{32}$")`,
        // Envoy writes "-" where there is none.
        `delete_key(log.attributes, "${logFields.traceId}")`,
        ...ofOnePod.map(key => `set(log.attributes["${key}"], resource.attributes["${key}"]) where resource.attributes["${key}"] != nil`),
      ],
    },
    { context: 'resource', statements: ofOnePod.map(key => `delete_key(resource.attributes, "${key}")`) },
  ],
};
