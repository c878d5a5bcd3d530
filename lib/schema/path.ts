/** Appends a property to a field path: `spec.http`, or `labels["a.b"]` where the name is no identifier. */
export function propertyPath(path: string, name: string): string {
  if (/^[A-Za-z_$][\w$-]*$/.test(name)) return path === '' ? name : `${path}.${name}`;
  return `${path}[${JSON.stringify(name)}]`;
}

/** Appends a list index to a field path: `spec.http[0]`. */
export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`;
}
