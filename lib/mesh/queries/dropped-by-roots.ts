import { field, mapping, text } from '../../manifest/index.ts';
import type { VirtualService } from '../entities/virtual-service.ts';
import { indexOf } from '../keyed.ts';
import type { Mesh } from '../mesh.ts';
import { delegateOf } from './delegate-of.ts';
import { ownEntries, type HttpEntry } from './http-entries.ts';
import { mergedMatches } from './merged-matches.ts';

/** An entry of a delegate that Istio leaves out, and the entries of roots that it contradicts. */
export interface DroppedEntry {
  readonly entry: HttpEntry;
  readonly roots: readonly HttpEntry[];
}

/** The entries of a delegate that come through no root: each root that leads here matches what they do not. None where nobody leads here. */
export function droppedByRoots(mesh: Mesh, delegate: VirtualService): readonly DroppedEntry[] {
  const roots = mesh.at(rootsOfDelegate, nameOf(delegate)).filter(({ isDelegate }) => !isDelegate).flatMap(root => (delegatingEntries(mesh, root).get(nameOf(delegate)) ?? []).filter(({ actions }) => {
    const found = actions.delegate && delegateOf(mesh, root, actions.delegate);
    return found?.kind === 'delegate' && found.delegate === delegate;
  }));
  if (roots.length === 0) return [];
  return ownEntries(mesh, delegate).filter(({ actions, matches }) => !actions.delegate && roots.every(root => !mergedMatches(root.matches, matches))).map(entry => ({ entry, roots }));
}

const known = new WeakMap<VirtualService, ReadonlyMap<string, readonly HttpEntry[]>>();

/** The entries of a root that delegate, by `namespace/name` of their delegates: read once, however many delegates ask. */
function delegatingEntries(mesh: Mesh, root: VirtualService): ReadonlyMap<string, readonly HttpEntry[]> {
  const before = known.get(root);
  if (before) return before;
  const entries = new Map<string, HttpEntry[]>();
  for (const entry of ownEntries(mesh, root)) {
    const { delegate } = entry.actions;
    if (!delegate) continue;
    const ofDelegate = entries.get(nameOf(delegate));
    if (ofDelegate) ofDelegate.push(entry);
    else entries.set(nameOf(delegate), [entry]);
  }
  known.set(root, entries);
  return entries;
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

/** VirtualServices by `namespace/name` of what their routes delegate to. */
const rootsOfDelegate = indexOf('virtual service of delegate', ['VirtualService'], ({ routes, namespace }) => routes.flatMap(({ raw }) => {
  const delegate = mapping(field(raw, 'delegate'));
  return delegate ? [`${text(delegate.namespace) ?? namespace}/${text(delegate.name) ?? ''}`] : [];
}));
