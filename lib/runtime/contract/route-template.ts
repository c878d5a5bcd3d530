/** Refuses a route that is no template: `{id}` stands for one segment, a last `*` for the rest. */
export function routeTemplate<Route extends string>(where: string, what: string, route: Route): Route {
  const wrong = reasonAgainst(route);
  if (wrong) throw new Error(`${where}: ${what} ${wrong}, got ${JSON.stringify(route)}`);
  return route;
}

function reasonAgainst(route: string): string | undefined {
  if (!route.startsWith('/')) return 'must begin with "/"';
  if (/[?#\s]/.test(route)) return 'is a path, without "?", "#" or spaces';
  const segments = route.slice(1).split('/');
  for (const [i, segment] of segments.entries()) {
    if (segment.startsWith(':')) return `writes a parameter in braces, as in "{${segment.slice(1)}}"`;
    if (segment === '*' && i < segments.length - 1) return 'may have "*" only as its last segment';
    if (segment !== '*' && /[{}*]/.test(segment) && !/^\{\w+\}$/.test(segment)) return 'has segments that are text, "{name}" or a last "*"';
  }
  const names = segments.filter(segment => segment.startsWith('{'));
  return new Set(names).size < names.length ? 'names a parameter twice' : undefined;
}
