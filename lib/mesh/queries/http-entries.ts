import type { From } from '../conditions.ts';
import { httpActionsOf, type HttpActions } from '../entities/http-actions.ts';
import { httpMatchOf, type HttpMatch } from '../entities/http-match.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import type { Mesh } from '../mesh.ts';
import { delegateOf } from './delegate-of.ts';
import { mergedMatches } from './merged-matches.ts';

/** An entry of `http` with what a delegate says put in. */
export interface HttpEntry {
  readonly name: string;
  readonly from: From;
  /** Empty for everything. */
  readonly matches: readonly { readonly match: HttpMatch; readonly from: From }[];
  readonly actions: HttpActions;
}

/**
 * The http entries of a VirtualService in order, delegates put in their place.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate, and istio/istio pilot/pkg/model/virtualservice.go
 */
export function httpEntries(mesh: Mesh, service: VirtualService): readonly HttpEntry[] {
  const entries = ownEntries(mesh, service);
  return entries.some(({ actions }) => actions.delegate) ? entries.flatMap(entry => (entry.actions.delegate ? delegated(mesh, service, entry) : [entry])) : entries;
}

let last: { readonly service: VirtualService; readonly entries: readonly HttpEntry[] } | undefined;

/** The entries as they are written, those that delegate among them. Many ask for those of the same VirtualService one after the other; to keep those of all would cost more memory than the mesh itself. */
export function ownEntries(mesh: Mesh, service: VirtualService): readonly HttpEntry[] {
  if (last?.service !== service) last = { service, entries: read(mesh, service) };
  return last.entries;
}

function read(mesh: Mesh, service: VirtualService): HttpEntry[] {
  return service.routes.filter(({ kind }) => kind === 'http').map(route => ({
    name: route.name,
    from: { on: service, at: route.path },
    matches: route.matches.map((raw, i) => {
      const at = `${route.path}.match[${i}]`;
      return { match: httpMatchOf(raw, at), from: { on: service, at } };
    }),
    actions: httpActionsOf(route.raw, service, route.path, mesh.config.clusterDomain),
  }));
}

/** What a root entry becomes: the routes of its delegate, each with the matches of both; nothing where the delegate is not there. */
function delegated(mesh: Mesh, root: VirtualService, entry: HttpEntry): HttpEntry[] {
  const { delegate } = entry.actions;
  const found = delegate && delegateOf(mesh, root, delegate);
  if (found?.kind !== 'delegate') return [];
  return ownEntries(mesh, found.delegate).flatMap(leaf => {
    if (leaf.actions.delegate) return [];
    const matches = mergedMatches(entry.matches, leaf.matches);
    if (!matches) return [];
    const name = entry.name === '' ? leaf.name : leaf.name === '' ? entry.name : `${entry.name}-${leaf.name}`;
    return [{ name, from: leaf.from, matches, actions: filledFrom(entry.actions, leaf.actions) }];
  });
}

/** What the delegate leaves open, the root says. */
function filledFrom(root: HttpActions, leaf: HttpActions): HttpActions {
  return {
    ...leaf,
    directResponse: leaf.directResponse ?? (leaf.destinations.length === 0 && !leaf.redirect ? root.directResponse : undefined),
    rewrite: leaf.rewrite ?? root.rewrite,
    headers: leaf.headers ?? root.headers,
    timeout: leaf.timeout ?? root.timeout,
    retries: leaf.retries ?? root.retries,
    fault: leaf.fault ?? root.fault,
    cors: leaf.cors ?? root.cors,
    mirror: leaf.mirror ?? root.mirror,
    mirrors: leaf.mirrors ?? root.mirrors,
  };
}
