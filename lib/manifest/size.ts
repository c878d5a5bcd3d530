/** How many values there are with aliases written out, each shared part counted once and then known; counting ends soon after `most`. */
export function sizeOf(value: unknown, most: number): number | 'cyclic' {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const stack: { readonly node: object; readonly children: readonly unknown[]; next: number; size: number }[] = [];
  const enter = (node: object): void => { open.add(node); stack.push({ node, children: Object.values(node), next: 0, size: 1 }); };
  if (typeof value !== 'object' || value === null) return 1;
  enter(value);
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    if (top.next === top.children.length || top.size > most) {
      stack.pop();
      open.delete(top.node);
      sizes.set(top.node, top.size);
      const above = stack.at(-1);
      if (above) above.size += top.size;
      continue;
    }
    const child = top.children[top.next++];
    if (typeof child !== 'object' || child === null) top.size++;
    else if (open.has(child)) return 'cyclic';
    else if (sizes.has(child)) top.size += sizes.get(child) ?? 0;
    else enter(child);
  }
  return sizes.get(value) ?? 1;
}
