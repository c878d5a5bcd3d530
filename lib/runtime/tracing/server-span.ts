import { SpanKind, SpanStatusCode, type Attributes, type Span, type SpanOptions } from '@opentelemetry/api';
import { knownMethod } from '../http/method.ts';
import { clientClosedRequest, type ObservedRequest, type Outcome } from '../http/observer.ts';
import type { Failure } from '../settled.ts';
import { failBy, recordError } from './record-error.ts';

/**
 * What a server span is called: the method, and the route where one is known.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
 */
export function serverSpanName(method: string, endpoint: string | undefined): string {
  const name = knownMethod(method) ?? 'HTTP';
  return endpoint === undefined ? name : `${name} ${endpoint}`;
}

/** Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
export function serverSpanOptions({ method, path, endpoint, headers }: ObservedRequest, requestId: string): SpanOptions {
  const known = knownMethod(method);
  const attributes: Attributes = {
    'http.request.method': known ?? '_OTHER',
    'url.path': path,
    'url.scheme': headers['x-forwarded-proto'] === 'https' ? 'https' : 'http',
    // As Envoy writes it into its own spans.
    'guid:x-request-id': requestId,
  };
  if (known === undefined) attributes['http.request.method_original'] = method;
  if (endpoint !== undefined) attributes['http.route'] = endpoint;
  if (typeof headers.host === 'string') attributes['server.address'] = hostOf(headers.host);
  if (typeof headers['user-agent'] === 'string') attributes['user_agent.original'] = headers['user-agent'];
  return { kind: SpanKind.SERVER, attributes };
}

/** Without the port; an IPv6 address is in brackets. */
function hostOf(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon === -1 || host.endsWith(']') ? host : host.slice(0, colon);
}

/**
 * A caller that was told 4xx is to blame, and the span did not fail, whatever was thrown to say so.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
 */
export function endServerSpan(span: Span, { method, endpoint }: ObservedRequest, outcome: Outcome, failed: Failure | undefined): void {
  if (outcome.endpoint !== undefined && outcome.endpoint !== endpoint) {
    span.updateName(serverSpanName(method, outcome.endpoint));
    span.setAttribute('http.route', outcome.endpoint);
  }
  span.setAttribute('http.response.status_code', outcome.status);
  if (outcome.status === clientClosedRequest) recordError(span, new Error('the caller went away before the response was out'), 'client_closed_request');
  else if (failed && (outcome.status < 400 || outcome.status >= 500)) failBy(span, failed.error);
  else if (outcome.status >= 500) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', String(outcome.status));
  }
  span.end();
}
