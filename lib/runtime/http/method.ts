const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** The method as telemetry writes it, in upper case; undefined for one that is none: a caller can write anything. */
export function knownMethod(method: string): string | undefined {
  if (known.has(method)) return method;
  const upper = method.toUpperCase();
  return known.has(upper) ? upper : undefined;
}
