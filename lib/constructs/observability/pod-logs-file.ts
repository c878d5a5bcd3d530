import { logFields } from '../../runtime/contract/index.ts';
import { alikeLogs } from './alike-logs.ts';
import { healthPort, memoryLimiter, podAttributes } from './collector-pod.ts';
import type { LineFields } from './line-fields.ts';
import type { LogsDestination } from './logs-destination.ts';

/** What a collector of a node reads and where it sends it. */
export interface PodLogsFile {
  readonly namespaces: readonly string[];
  readonly withoutContainers: readonly string[];
  /** As `namespace_pod_uid/container`, with `*`. */
  readonly withoutPods: readonly string[];
  readonly fields: LineFields;
  readonly destination: Pick<LogsDestination, 'endpoint' | 'headers'>;
  readonly memory: number;
}

/** Where it keeps how far it has read, and what it could not send yet. */
export const stateFolder = '/var/lib/otelcol';

/**
 * The file of a collector that reads the logs of the pods of its node. What cannot be sent waits on the disk, and reading waits
 * for it: the kubelet keeps the files, and nothing is dropped before it rotates them away.
 *
 * Source: https://opentelemetry.io/docs/collector/configuration/
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver
 */
export function podLogsFile({ namespaces, withoutContainers, withoutPods, fields, destination, memory }: PodLogsFile): object {
  const { endpoint, headers } = destination;
  return {
    extensions: {
      health_check: { endpoint: `0.0.0.0:${healthPort}` },
      file_storage: { directory: stateFolder, compaction: { on_start: true, directory: stateFolder } },
    },
    receivers: {
      filelog: {
        include: namespaces.map(namespace => `/var/log/pods/${namespace}_*/*/*.log`),
        exclude: [...withoutContainers.map(container => `/var/log/pods/*/${container}/*.log`), ...withoutPods.map(pod => `/var/log/pods/${pod}/*.log`)],
        start_at: 'beginning',
        include_file_path: true,
        include_file_name: false,
        storage: 'file_storage',
        retry_on_failure: { enabled: true, max_elapsed_time: 0 },
        operators: operators(fields),
      },
    },
    processors: {
      memory_limiter: memoryLimiter(memory),
      k8sattributes: {
        filter: { node_from_env_var: 'NODE_NAME' },
        wait_for_metadata: true,
        wait_for_metadata_timeout: '30s',
        extract: podAttributes,
        pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }],
      },
      'transform/logs': alikeLogs,
      batch: { send_batch_size: 1000, send_batch_max_size: 1000 },
    },
    exporters: {
      'otlphttp/logs': {
        endpoint,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
        sending_queue: { storage: 'file_storage', queue_size: 200, block_on_overflow: true },
        retry_on_failure: { max_elapsed_time: 0 },
      },
    },
    service: {
      extensions: ['health_check', 'file_storage'],
      pipelines: { logs: { receivers: ['filelog'], processors: ['memory_limiter', 'k8sattributes', 'transform/logs', 'batch'], exporters: ['otlphttp/logs'] } },
    },
  };
}

/**
 * How a line is read. It stays as it was written; what ties it to a trace and a request, and how grave it is, is taken from it where
 * it is JSON. Nothing else is: a line says what it likes of itself, and each field would be stored twice.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/pkg/stanza/docs/operators
 */
function operators({ traceId, spanId, requestId }: LineFields): readonly object[] {
  return [
    { type: 'container', max_log_size: '1MiB' },
    { type: 'json_parser', if: String.raw`body matches "^\\s*[{].*[}]\\s*$"`, parse_to: 'attributes.line', on_error: 'send_quiet' },
    { type: 'severity_parser', if: inLine('level'), parse_from: 'attributes.line.level', overwrite_text: true, mapping: severities, on_error: 'send_quiet' },
    ...lift(traceId, logFields.traceId, '^[0-9a-f]{32}$'),
    ...lift(spanId, logFields.spanId, '^[0-9a-f]{16}$'),
    ...lift(requestId, logFields.requestId, '^[!-~]{1,128}$'),
    {
      type: 'trace_parser',
      if: `"${logFields.traceId}" in attributes`,
      trace_id: { parse_from: `attributes.${logFields.traceId}` },
      span_id: { parse_from: `attributes.${logFields.spanId}` },
      on_error: 'send_quiet',
    },
    ...[logFields.traceId, logFields.spanId, 'line', 'log.file.path', 'logtag'].map(name => ({ type: 'remove', if: `"${name}" in attributes`, field: `attributes[${JSON.stringify(name)}]` })),
  ];
}

/** Whether the line is JSON and has a field. */
function inLine(name: string): string {
  return `"line" in attributes && ${JSON.stringify(name)} in attributes.line`;
}

/** Takes a field out of the line, by whatever name; what does not look like an id stays in the line. */
function lift(names: readonly string[], to: string, looksLike: string): readonly object[] {
  return names.map(name => {
    const field = `attributes.line[${JSON.stringify(name)}]`;
    return { type: 'copy', if: `${inLine(name)} && type(${field}) == "string" && ${field} matches ${JSON.stringify(looksLike)}`, from: field, to: `attributes.${to}` };
  });
}

/** Words and numbers for how grave a line is, beside those that the collector knows: pino's, syslog's. */
const severities = {
  trace: ['10'], debug: ['20'], info: ['30', 'notice'], warn: ['40', 'warning'], error: ['50', 'err'], fatal: ['60', 'critical', 'crit', 'alert', 'emerg', 'panic'],
};
