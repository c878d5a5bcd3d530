import { SpanStatusCode, type Span } from '@opentelemetry/api';

/** Writes into a span what went wrong. */
export function recordError(span: Span, error: unknown, type = error instanceof Error ? error.name : 'Error'): void {
  const message = error instanceof Error ? error.message : String(error);
  span.recordException(error instanceof Error ? error : message);
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
