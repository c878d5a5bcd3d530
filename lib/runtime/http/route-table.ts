interface Node {
  readonly literals: Map<string, Node>;
  parameter: Node | undefined;
  /** The template that ends here. */
  template: string | undefined;
  /** The template that takes the rest from here. */
  rest: string | undefined;
}

/**
 * The template that a path belongs to: text goes before `{parameter}`, that before `*`. A path is compared as it is
 * written, and at most once with each segment of a template.
 *
 * @example
 * routeTable(['/carts/{id}'])('/carts/7') === '/carts/{id}'
 */
export function routeTable(templates: readonly string[]): (path: string) => string | undefined {
  const root = node();
  for (const template of templates) {
    let at = root;
    const segments = template.slice(1).split('/');
    for (const segment of segments) {
      if (segment === '*') break;
      if (segment.startsWith('{')) at = at.parameter ??= node();
      else {
        const next = at.literals.get(segment) ?? node();
        at.literals.set(segment, next);
        at = next;
      }
    }
    if (segments.at(-1) === '*') at.rest ??= template;
    else at.template ??= template;
  }
  return path => (path.startsWith('/') ? find(root, path, 1) : undefined);
}

function find(at: Node, path: string, start: number): string | undefined {
  if (start > path.length) return at.template;
  if (at.literals.size > 0 || at.parameter) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const segment = path.slice(start, end);
    const literal = at.literals.get(segment);
    const found = (literal && find(literal, path, end + 1)) ?? (at.parameter && segment !== '' ? find(at.parameter, path, end + 1) : undefined);
    if (found !== undefined) return found;
  }
  return at.rest;
}

function node(): Node {
  return { literals: new Map(), parameter: undefined, template: undefined, rest: undefined };
}
