/** To which namespaces an object is visible. */
export interface Visibility {
  readonly everywhere: boolean;
  readonly namespaces: ReadonlySet<string>;
}

/**
 * Reads exportTo: `*` is everywhere, `.` its own namespace, `~` nowhere; an empty list is the mesh's default.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-export_to
 */
export function visibilityOf(exportTo: readonly string[], namespace: string, byDefault: readonly string[]): Visibility {
  const entries = exportTo.length === 0 ? byDefault : exportTo;
  if (entries.length === 0 || entries.includes('*')) return everywhere;
  return { everywhere: false, namespaces: new Set(entries.filter(entry => entry !== '~').map(entry => (entry === '.' ? namespace : entry))) };
}

export function isVisible(visibility: Visibility, namespace: string): boolean {
  return visibility.everywhere || visibility.namespaces.has(namespace);
}

/** Whether there may be a client that sees both. */
export function visibilitiesMeet(a: Visibility, b: Visibility): boolean {
  return a.everywhere ? b.everywhere || b.namespaces.size > 0 : [...a.namespaces].some(namespace => isVisible(b, namespace));
}

const everywhere: Visibility = { everywhere: true, namespaces: new Set() };
