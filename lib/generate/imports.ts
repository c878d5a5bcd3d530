import { groupModule, sharedModule } from './module-text.ts';
import type { Kind } from './crd.ts';
import { factsModule } from './facts-text.ts';
import { grouped } from './grouped.ts';
import type { Overlay } from './overlay.ts';
import { nameShapes } from './shapes.ts';

/**
 * Makes every generated file of imports/, by its path there.
 *
 * @throws where the overlay and the CRDs do not fit together
 */
export function generateImports(kinds: readonly Kind[], overlay: Overlay): ReadonlyMap<string, string> {
  const shapes = nameShapes(kinds, overlay);
  const files = new Map<string, string>();
  for (const [group, members] of grouped(kinds, kind => kind.group)) {
    const sorted = [...members].sort((a, b) => (a.kind < b.kind ? -1 : 1));
    const { code, types } = factsModule(group, sorted);
    files.set(`${group}.ts`, groupModule(group, sorted, shapes, overlay));
    files.set(`facts/${group}.js`, code);
    files.set(`facts/${group}.d.ts`, types);
  }
  for (const [module, shared] of Object.entries(overlay.shared)) {
    const origins = kinds.filter(kind => shared.for.includes(kind.group));
    files.set(`${module}.ts`, sharedModule(module, origins, shapes, overlay));
  }
  return files;
}
