export { Tracing, type HeadersLike, type SpanProps, type TracingOptions } from './tracing.ts';
