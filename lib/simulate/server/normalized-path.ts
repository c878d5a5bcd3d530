import type { Answer, HttpRequest } from './arrival.ts';
import type { ServerStep } from './steps.ts';

/** A request as a proxy reads it, whose path is normalized. */
export interface NormalizedRequest {
  readonly http: HttpRequest;
  readonly steps: readonly ServerStep[];
  /** Where the path is one that no proxy takes. */
  readonly answer: Answer | undefined;
}

/** A request as any proxy that reads HTTP goes on with it: the client's, a gateway, a waypoint, the server's. */
export function normalizedRequest(given: HttpRequest, normalization: string): NormalizedRequest {
  const path = normalizedPath(given.path, normalization);
  const before = withoutQuery(given.path);
  if (path === undefined) return { http: given, steps: [{ kind: 'path normalization', before, after: undefined }], answer: { kind: 'http', status: 400, flag: '', body: '', headers: new Map() } };
  return { http: { ...given, path }, steps: path === given.path ? [] : [{ kind: 'path normalization', before, after: withoutQuery(path) }], answer: undefined };
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? '';
}

/**
 * A path as a proxy reads and forwards it, under a `pathNormalization` of the mesh config. The query stays, a fragment
 * goes. Undefined for one that is refused: with an escaped zero byte.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ProxyPathNormalization-NormalizationType
 */
export function normalizedPath(path: string, normalization: string): string | undefined {
  const [whole = ''] = path.split('#', 1);
  const at = whole.indexOf('?');
  const [plain, query] = at === -1 ? [whole, ''] : [whole.slice(0, at), whole.slice(at)];
  if (normalization === 'NONE' || !plain.startsWith('/')) return whole;
  if (plain.includes('%00')) return undefined;
  const decoded = normalization === 'DECODE_AND_MERGE_SLASHES' ? plain.replace(/%2f/gi, '/').replace(/%5c/gi, '\\') : plain;
  const resolved = withoutDots(decodedUnreserved(decoded).replaceAll('\\', '/'));
  const merged = normalization === 'MERGE_SLASHES' || normalization === 'DECODE_AND_MERGE_SLASHES' ? resolved.replace(/\/{2,}/g, '/') : resolved;
  return merged + query;
}

/** RFC 3986, section 6.2.2.2: an escape of a letter, a digit, `-`, `.`, `_` or `~` is that character. */
function decodedUnreserved(path: string): string {
  return path.replace(/%([2-7][\da-f])/gi, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[\w.~-]/.test(character) ? character : escape;
  });
}

/** RFC 3986, section 5.2.4. An empty segment is a segment. */
function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (isLast) kept.push('');
  }
  return `/${kept.join('/')}`;
}
