import { RE2JS } from 're2js';
import type { Clause, Dimension, Pred, Test } from '../conditions.ts';
import { claimDimension, namesInBrackets } from '../entities/claim.ts';
import type { HttpMatch, StringMatch } from '../entities/http-match.ts';

/**
 * What a match asks of the request itself, as data. What depends on the proxy and the port alone is no part of it.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest, and Envoy's header_utility.cc
 */
export function clausesOf(match: HttpMatch): readonly Clause[] {
  const clauses: Clause[] = [];
  const add = (dim: Dimension, test: Test): void => { clauses.push({ dim, any: [{ dim, ...test }] }); };
  if (match.uri) add('path', pathTest(match.uri, match.ignoreUriCase));
  for (const [dim, asked] of [['method', match.method], ['authority', match.authority], ['scheme', match.scheme]] as const) {
    if (asked) add(dim, testOf(asked));
  }
  for (const [name, asked] of match.headers) add(headerDimension(name), testOf(asked));
  for (const [name, asked] of match.withoutHeaders) clauses.push(without(headerDimension(name), asked));
  for (const [name, asked] of match.queryParams) add(`query:${name}`, testOf(asked));
  return clauses;
}

/** Whether every request that gets this far is taken, so that what stands behind it is never asked. */
export function takesAll({ uri, headers, withoutHeaders, queryParams, method, authority, scheme }: HttpMatch): boolean {
  if (headers.size > 0 || withoutHeaders.size > 0 || queryParams.size > 0 || method || authority || scheme) return false;
  return !uri || (uri.test === 'prefix' && uri.value === '/') || (uri.test === 'regex' && uri.value === '.*');
}

/** The dimension that a header of a match stands for: pseudo headers and claims of tokens have names of their own. */
export function headerDimension(name: string): Dimension {
  const claim = claimNames(name);
  if (claim) return claimDimension(claim);
  switch (name.toLowerCase()) {
    case ':method': return 'method';
    case ':authority': return 'authority';
    case ':scheme': return 'scheme';
    default: return `header:${name.toLowerCase()}`;
  }
}

/** The names that lead to the claim of `@request.auth.claims.a.b` or `@request.auth.claims[a][b]`. */
function claimNames(name: string): readonly string[] | undefined {
  const rest = /^@request\.auth\.claims(.*)$/i.exec(name)?.[1];
  return rest?.startsWith('.') ? rest.slice(1).split('.') : rest === undefined ? undefined : namesInBrackets(rest);
}

function pathTest(uri: StringMatch, ignoreCase: boolean): Test {
  if (uri.test === 'exact' || uri.test === 'prefix') return { test: uri.test, value: uri.value, ...(ignoreCase ? { ignoreCase: true as const } : {}) };
  return testOf(uri);
}

function testOf(match: StringMatch): Test {
  return match.test === 'present' ? { test: 'present' } : { test: match.test, value: match.value };
}

/** A missing header is as good as an empty one, save where presence itself is asked for. */
function without(dim: Dimension, match: StringMatch): Clause {
  const pred: Pred = match.test === 'present'
    ? { dim, test: 'absent' }
    : { dim, ...testOf(match), not: true, whenMissing: dim.startsWith('claim:') ? true : !emptyPasses(match) };
  return { dim, any: [pred] };
}

function emptyPasses(match: Exclude<StringMatch, { readonly test: 'present' }>): boolean {
  if (match.test !== 'regex') return match.value === '';
  try {
    return RE2JS.compile(match.value).matches('');
  } catch {
    return false;
  }
}
