import type { Frame } from './pprof.ts';

/** A node of the call tree that V8 gives. */
export interface CallNode {
  readonly callFrame: Frame;
}

/** The stack of each node of a call tree, the innermost function first. The root, which is no function, is left out. */
export function stacks<Node extends CallNode>(root: Node, childrenOf: (node: Node) => readonly Node[]): ReadonlyMap<Node, readonly Frame[]> {
  const found = new Map<Node, readonly Frame[]>([[root, []]]);
  // Not by recursion: the stacks of a program may be deeper than ours.
  const todo = [root];
  for (let node = todo.pop(); node; node = todo.pop()) {
    const stack = found.get(node) ?? [];
    for (const child of childrenOf(node)) {
      found.set(child, [child.callFrame, ...stack]);
      todo.push(child);
    }
  }
  return found;
}
