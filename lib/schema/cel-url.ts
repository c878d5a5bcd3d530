/** A URL as Kubernetes' CEL library sees it. */
export interface CelUrl {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/**
 * Reads an absolute URL, or an absolute path, as Go's url.ParseRequestURI does; undefined when the text is neither.
 *
 * Source: https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-url-library
 */
export function parseUrl(text: string): CelUrl | undefined {
  if (text === '' || /[^\u0021-\u007e\u0080-\uffff]/.test(text)) return undefined;
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === undefined) return text.startsWith('/') ? { scheme: '', host: '', path: text } : undefined;
  const rest = text.slice(scheme.length + 1);
  if (!rest.startsWith('/')) return undefined;
  if (!rest.startsWith('//')) return { scheme: scheme.toLowerCase(), host: '', path: rest };
  const end = rest.slice(2).search(/[/?]/);
  const authority = end === -1 ? rest.slice(2) : rest.slice(2, end + 2);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const port = /:([^:\]]*)$/.exec(host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return undefined;
  if (/%(?![0-9A-Fa-f]{2})/.test(rest)) return undefined;
  return { scheme: scheme.toLowerCase(), host, path: end === -1 ? '' : rest.slice(end + 2) };
}
