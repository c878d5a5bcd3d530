import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { kindOf, type Kind } from './crd.ts';

/** One entry of imports/sources.yaml: a pinned release and the kinds taken from it. */
export interface Source {
  readonly repository: string;
  readonly version: string;
  /** Name of the file under a local folder of CRDs. */
  readonly file: string;
  readonly urls: readonly string[];
  /** `Kind.group`, as in `VirtualService.networking.istio.io`. */
  readonly kinds: readonly string[];
}

/** Reads imports/sources.yaml. */
export async function readSources(path: string): Promise<readonly Source[]> {
  const { sources } = load(await readFile(path, 'utf8')) as { sources: readonly Source[] };
  return sources;
}

/**
 * Reads the kinds of one source, from a local folder when there is one, else from its pinned URLs.
 *
 * @throws when a listed kind is not there, or a URL does not answer
 */
export async function readKinds(source: Source, folder: string | undefined): Promise<readonly Kind[]> {
  const texts = folder === undefined
    ? await Promise.all(source.urls.map(download))
    : [await readFile(join(folder, source.file), 'utf8')];
  const found = new Map<string, Kind>();
  for (const text of texts) {
    for (const document of loadAll(text)) {
      const kind = kindOf(document, `${source.repository} ${source.version}`);
      if (kind) found.set(`${kind.kind}.${kind.group}`, kind);
    }
  }
  return source.kinds.map(name => {
    const kind = found.get(name);
    if (!kind) throw new Error(`imports/sources.yaml: ${source.repository} ${source.version} has no CRD for ${name}; it has ${[...found.keys()].join(', ')}`);
    return kind;
  });
}

async function download(url: string): Promise<string> {
  const instead = 'set MESHWRIGHT_CRDS to a folder that holds the CRDs';
  const response = await fetch(url).catch((error: unknown) => {
    throw new Error(`${url} cannot be reached; ${instead}`, { cause: error });
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}; ${instead}`);
  return response.text();
}
