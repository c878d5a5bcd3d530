const known = new Map<string, string>();

/** What Express, Fastify or Hono call a route, written as a contract writes it: `/carts/:id` is `/carts/{id}`. */
export function frameworkRoute(route: string): string {
  const before = known.get(route);
  if (before !== undefined) return before;
  const template = route
    // An optional part of Express 5.
    .replace(/\{(\/[^{}]*)\}/g, '$1')
    // The name of a parameter may be followed by the expression that it matches, and by how often it may come.
    .replace(/:(\w+)(?:\{(?:[^{}]|\{[^{}]*\})*\}|\([^)]*\))?[?+*]?/g, '{$1}')
    .replace(/\/\*\w*$/, '/*');
  // Frameworks have as many routes as their program says; the bound is for one that makes them up as it runs.
  if (known.size < 10_000) known.set(route, template);
  return template;
}
