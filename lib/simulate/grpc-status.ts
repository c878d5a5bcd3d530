import type { Answer } from './server/arrival.ts';

/** The status codes of gRPC, in their order. */
export const grpcCodes: readonly string[] = [
  'OK', 'CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED', 'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNAUTHENTICATED',
];

/**
 * What a gRPC client is told where a proxy answers.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply, and Envoy's grpc/status.cc
 */
export function grpcStatusOf({ status, headers }: Answer): string {
  const own = headers.get('grpc-status');
  if (own !== undefined) return grpcCodes[Number(own)] ?? 'UNKNOWN';
  return byHttp[status ?? 0] ?? 'UNKNOWN';
}

const byHttp: Readonly<Record<number, string>> = {
  200: 'OK', 400: 'INTERNAL', 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'UNIMPLEMENTED', 429: 'UNAVAILABLE', 502: 'UNAVAILABLE', 503: 'UNAVAILABLE', 504: 'UNAVAILABLE',
};

/** The status of HTTP that stands for a code of gRPC. */
export function httpStatusOfGrpc(code: number): number {
  return [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401][code] ?? 500;
}
