import { Construct } from 'constructs';
import { freeId } from '../values/name.ts';
import { AppMetrics } from './app-metrics.ts';
import { trafficLabels } from './istio-metrics.ts';
import { sayTelemetry, telemetryScope, type TelemetryTarget } from './telemetry-of.ts';

/** A metric of Istio, as the Telemetry API calls it. */
export type IstioMetric = keyof typeof metricNames;

export interface MeshMetricsProps {
  /** Metrics that are not emitted. @default - all are */
  readonly without?: readonly IstioMetric[] | undefined;
  /** Labels that are taken off every metric: each distinct value of one is a series more. @default - none */
  readonly withoutLabels?: readonly string[] | undefined;
  /** Labels that are added to every metric, or replaced, by an expression of CEL such as `request.host`. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Whose proxy it holds for. @default - both */
  readonly by?: 'CLIENT' | 'SERVER' | undefined;
}

/**
 * Which metrics proxies emit, and with which labels, for a mesh, a namespace or a service. A query of the app that needs what was
 * taken off for the whole mesh fails the synth. How many series it drops or adds is estimated when the app is checked (MW0351).
 *
 * @example
 * new MeshMetrics(mesh, 'metrics', { without: ['REQUEST_SIZE', 'RESPONSE_SIZE'], withoutLabels: ['source_principal', 'destination_principal'] });
 *
 * @see https://istio.io/latest/docs/tasks/observability/metrics/customize-metrics/
 */
export class MeshMetrics extends Construct {
  /** @throws when it says nothing, a label does not exist, or the metrics of the target are said already */
  constructor(target: TelemetryTarget, id: string, props: MeshMetricsProps) {
    const scope = telemetryScope(target);
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { without = [], withoutLabels = [], labels = {}, by } = props;
    const mode = by ? { mode: by } : {};
    const tagOverrides = {
      ...Object.fromEntries(withoutLabels.map(label => [known(where, label), { operation: 'REMOVE' as const }])),
      ...Object.fromEntries(Object.entries(labels).map(([label, value]) => [labelName(where, label), { operation: 'UPSERT' as const, value }])),
    };
    const both = withoutLabels.find(label => label in labels);
    if (both !== undefined) throw new Error(`${where}: label "${both}" is taken off and set; say one of the two`);
    const overrides = [
      ...without.map(metric => ({ match: { metric: existing(where, metric), ...mode }, disabled: true })),
      ...(Object.keys(tagOverrides).length > 0 ? [{ match: { metric: 'ALL_METRICS' as const, ...mode }, tagOverrides }] : []),
    ];
    if (overrides.length === 0) throw new Error(`${where}: says nothing of the metrics; give without, withoutLabels or labels`);
    sayTelemetry(target, 'metrics', { providers: [{ name: 'prometheus' }], overrides }, where);
    const app = AppMetrics.of(this);
    app.addTrafficLabels(Object.keys(labels));
    // What holds for a part of the mesh, or one side, leaves the series of others.
    if ('root' in target && by === undefined) app.takeAway(without.map(metric => metricNames[metric]), withoutLabels);
  }
}

/** By their names in Prometheus. */
const metricNames = {
  REQUEST_COUNT: 'istio_requests_total',
  REQUEST_DURATION: 'istio_request_duration_milliseconds',
  REQUEST_SIZE: 'istio_request_bytes',
  RESPONSE_SIZE: 'istio_response_bytes',
  TCP_OPENED_CONNECTIONS: 'istio_tcp_connections_opened_total',
  TCP_CLOSED_CONNECTIONS: 'istio_tcp_connections_closed_total',
  TCP_SENT_BYTES: 'istio_tcp_sent_bytes_total',
  TCP_RECEIVED_BYTES: 'istio_tcp_received_bytes_total',
  GRPC_REQUEST_MESSAGES: 'istio_request_messages_total',
  GRPC_RESPONSE_MESSAGES: 'istio_response_messages_total',
} as const;

function existing(where: string, metric: IstioMetric): IstioMetric {
  // From JavaScript it may be anything.
  if (Object.hasOwn(metricNames, metric)) return metric;
  throw new Error(`${where}: there is no metric ${JSON.stringify(metric)}; there are ${Object.keys(metricNames).join(', ')}`);
}

function known(where: string, label: string): string {
  if (trafficLabels.includes(label) || label === 'response_code' || label === 'grpc_response_status') return label;
  throw new Error(`${where}: the metrics of Istio carry no label ${JSON.stringify(label)}; they carry ${trafficLabels.join(', ')}, response_code, grpc_response_status`);
}

function labelName(where: string, label: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) return label;
  throw new Error(`${where}: a label has letters, digits and "_", got ${JSON.stringify(label)}`);
}
