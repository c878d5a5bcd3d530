import { createContextKey, type Context, type TextMapGetter, type TextMapPropagator, type TextMapSetter } from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';
import type { Propagation } from '../contract/index.ts';

const requestIdHeader = 'x-request-id';
const requestIdKey = createContextKey('meshwright x-request-id');

/** Reads every form of trace context, W3C before B3 where both come in; writes what the mesh is set to. */
export function propagatorOf(propagation: Propagation): TextMapPropagator {
  const w3c = new W3CTraceContextPropagator();
  const b3 = new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER });
  const both = [new W3CBaggagePropagator(), new RequestIdPropagator()];
  const reads = new CompositePropagator({ propagators: [b3, w3c, ...both] });
  const writes = new CompositePropagator({ propagators: [...(propagation === 'b3' ? [] : [w3c]), ...(propagation === 'w3c' ? [] : [b3]), ...both] });
  return {
    extract: (context, carrier, getter) => reads.extract(context, carrier, getter),
    inject: (context, carrier, setter) => { writes.inject(context, carrier, setter); },
    fields: () => writes.fields(),
  };
}

const traceHeaders = new Set(['traceparent', 'tracestate', 'b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags']);

/** Whether a header says which span is the parent, in any form that is read. */
export function isTraceHeader(name: string): boolean {
  return traceHeaders.has(name.toLowerCase());
}

/** The id that Envoy gives a request at the edge, which ties the logs of all hops together. */
export function requestIdOf(context: Context): string | undefined {
  return context.getValue(requestIdKey) as string | undefined;
}

export function withRequestId(context: Context, requestId: string): Context {
  return context.setValue(requestIdKey, requestId);
}

/** Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-request-id */
class RequestIdPropagator implements TextMapPropagator {
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, requestIdHeader);
    const value = typeof header === 'object' ? header[0] : header;
    // A caller can write anything; what is no id is left behind, and a new one made.
    return value !== undefined && /^[\x21-\x7e]{1,200}$/.test(value) ? withRequestId(context, value) : context;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const requestId = requestIdOf(context);
    if (requestId !== undefined) setter.set(carrier, requestIdHeader, requestId);
  }

  fields(): string[] {
    return [requestIdHeader];
  }
}
