import type { Test } from '../conditions.ts';

/**
 * What a value of a policy is a test of: `a` is exactly that, `a*` begins with it, `*a` ends with it, `*` is any text.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule
 */
export function patternOf(value: string, { ignoreCase = false }: { readonly ignoreCase?: boolean } = {}): Test {
  const how = ignoreCase ? { ignoreCase: true } as const : {};
  if (value === '*') return { test: 'nonEmpty' };
  if (value.startsWith('*')) return { test: 'suffix', value: value.slice(1), ...how };
  if (value.endsWith('*')) return { test: 'prefix', value: value.slice(0, -1), ...how };
  return { test: 'exact', value, ...how };
}

/** A text as an RE2 expression that matches only itself. */
export function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
