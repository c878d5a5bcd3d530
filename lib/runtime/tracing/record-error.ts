import { SpanStatusCode, type Span } from '@opentelemetry/api';

/** Writes into a span what went wrong, and that the span failed by it. */
export function recordError(span: Span, error: unknown, type?: string): void {
  recordException(span, error);
  failBy(span, error, type);
}

/** Writes into a span what was thrown, whether or not the span failed by it. */
export function recordException(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
}

export function failBy(span: Span, error: unknown, type = error instanceof Error ? error.name : 'Error'): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}
