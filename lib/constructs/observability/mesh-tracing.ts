import { Construct } from 'constructs';
import { freeId } from '../values/name.ts';
import { finePercent } from '../values/numbers.ts';
import { ExtensionProviders } from './extension-provider.ts';
import { otlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';
import { SpanReceivers } from './span-receivers.ts';
import { sayTelemetry, telemetryScope, type TelemetryTarget } from './telemetry-of.ts';

/** Where a tag of a span comes from. */
export type SpanTag = { readonly header: string; readonly otherwise?: string } | { readonly environment: string; readonly otherwise?: string } | { readonly literal: string };

export interface MeshTracingProps {
  /** Who takes the spans, over OTLP: a collector of this app, or the URL of one that exists, such as `http://tempo.observability:4318` or `grpc://…:4317`. */
  readonly collector: OtlpReceiver | string;
  /** How many of a hundred traces that begin in the mesh are recorded; one that comes in keeps its caller's choice. @default 1 */
  readonly samplingPercent?: number | undefined;
  /** Tags of each span. @default - those of Istio */
  readonly tags?: Readonly<Record<string, SpanTag>> | undefined;
  /** The name of the provider in the mesh config. @default otel-tracing */
  readonly provider?: string | undefined;
}

/**
 * Spans of the proxies, for a mesh, a namespace or a service: the Telemetry, and the provider that the mesh config names. Services whose
 * contract names no collector send theirs there too.
 *
 * @example
 * new MeshTracing(mesh, 'tracing', { collector: 'http://tempo.observability:4318', samplingPercent: 5 });
 *
 * @see https://istio.io/latest/docs/tasks/observability/distributed-tracing/opentelemetry/
 */
export class MeshTracing extends Construct {
  /** @throws when the collector is no OTLP address, a percentage is none, or traces are said of the target already */
  constructor(target: TelemetryTarget, id: string, props: MeshTracingProps) {
    const scope = telemetryScope(target);
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { samplingPercent = 1, tags = {}, provider: name = 'otel-tracing' } = props;
    const { host, port, http, path } = otlpReceiver(where, 'collector', props.collector, 'spans');
    ExtensionProviders.of(this).add(where, {
      name,
      opentelemetry: { service: host, port, ...(http ? { http: { path: `${path}/v1/traces`, timeout: '5s' } } : {}), resourceDetectors: { environment: {} } },
    });
    const customTags = Object.fromEntries(Object.entries(tags).map(([tag, from]) => [tag, customTag(from)]));
    sayTelemetry(target, 'tracing', {
      providers: [{ name }],
      randomSamplingPercentage: finePercent(where, 'samplingPercent', samplingPercent),
      ...(Object.keys(customTags).length > 0 ? { customTags } : {}),
    }, where);
    SpanReceivers.of(this).proxiesOf(target, { declaredBy: where, host, path, httpPort: typeof props.collector === 'string' ? (http ? port : undefined) : props.collector.httpPort });
  }
}

function customTag(from: SpanTag) {
  if ('literal' in from) return { literal: { value: from.literal } };
  const defaultValue = from.otherwise === undefined ? {} : { defaultValue: from.otherwise };
  return 'header' in from ? { header: { name: from.header, ...defaultValue } } : { environment: { name: from.environment, ...defaultValue } };
}
