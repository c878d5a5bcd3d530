import type { IncomingMessage, ServerResponse } from 'node:http';
import protobuf from 'protobufjs';
import { listen } from '../../lib/runtime/http/server.ts';
import { until } from './prometheus.ts';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly service: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root. */
  readonly parentSpanId: string;
  readonly kind: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 is an error. */
  readonly status: number;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
}

/** How the receiver treats a request. */
export type Behaviour = 'take' | 'refuse' | 'hang' | 'reset';

/** A receiver of OTLP over HTTP, in protobuf. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  behaviour: Behaviour;
  /** How many requests came. */
  requests: number;
  /** Waits until so many spans are there. */
  received(count: number): Promise<readonly ReceivedSpan[]>;
  close(): Promise<void>;
}

// The fields that are read, with the numbers of opentelemetry-proto v1.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; SpanKind kind = 6;
    repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
  }
  enum SpanKind { UNSPECIFIED = 0; INTERNAL = 1; SERVER = 2; CLIENT = 3; PRODUCER = 4; CONSUMER = 5; }
  message Event { string name = 2; repeated KeyValue attributes = 3; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`);
const requestType = root.lookupType('Request');

interface KeyValue { key: string; value?: Record<string, unknown> }
interface Request {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { spans?: { traceId: string; spanId: string; parentSpanId?: string; name: string; kind: string; attributes?: KeyValue[]; events?: { name: string; attributes?: KeyValue[] }[]; status?: { code?: number } }[] }[];
  }[];
}

export async function otlpReceiver(port = 0): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = await listen({ what: 'the receiver', port, host: '127.0.0.1', handler: (request, response) => { void take(request, response); } });
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${server.port}`,
    spans,
    behaviour: 'take',
    requests: 0,
    async received(count): Promise<readonly ReceivedSpan[]> {
      await until(`${count} spans have come (${spans.length} have)`, () => spans.length >= count);
      return spans;
    },
    close: () => server.close(0),
  };
  return receiver;

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    receiver.requests += 1;
    if (receiver.behaviour === 'hang') return;
    if (receiver.behaviour === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const body = await request.toArray() as Buffer[];
    if (receiver.behaviour === 'refuse' || request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(400).end();
      return;
    }
    spans.push(...decode(Buffer.concat(body)));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }
}

function decode(body: Buffer): ReceivedSpan[] {
  const request = requestType.toObject(requestType.decode(body), { bytes: String, enums: String, longs: Number }) as Request;
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const attributes = record(resource?.attributes);
    return (scopeSpans ?? []).flatMap(scope => scope.spans ?? []).map((span): ReceivedSpan => ({
      service: String(attributes['service.name']),
      resource: attributes,
      name: span.name,
      traceId: hex(span.traceId),
      spanId: hex(span.spanId),
      parentSpanId: hex(span.parentSpanId ?? ''),
      kind: span.kind,
      attributes: record(span.attributes),
      status: span.status?.code ?? 0,
      events: (span.events ?? []).map(event => ({ name: event.name, attributes: record(event.attributes) })),
    }));
  });
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function record(pairs: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value ?? {})[0]]));
}
