import { type IConstruct, Node } from 'constructs';
import { findSourceMap } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Records, for every construct of an app from now on, the line that made it: the first frame outside this package and
 * outside node_modules. Only that frame is kept, and it is looked up in a source map when it is asked for.
 */
export function watch(app: IConstruct): void {
  watched.add(app);
  if (hooked) return;
  hooked = true;
  // constructs says to no one that a child was added; this is where every child passes.
  const addChild = Reflect.get(Node.prototype, 'addChild') as ((...args: unknown[]) => void) | undefined;
  if (typeof addChild !== 'function') return;
  const added = function (this: Node, child: IConstruct, id: string): void {
    Reflect.apply(addChild, this, [child, id]);
    if (!watched.has(this.root)) return;
    const frame = firstForeignFrame(added);
    if (frame) frames.set(child, frame);
  };
  Reflect.set(Node.prototype, 'addChild', added);
}

/** What is added while an app is synthesized is made by no line of the user's: the construct that holds it was. */
export function unwatch(app: IConstruct): void {
  watched.delete(app);
}

/** The line that made a construct, or else the construct around it, as `file:line:column` from the current folder. */
export function madeAt(construct: IConstruct): string | undefined {
  for (const scope of [...construct.node.scopes].reverse()) {
    const frame = frames.get(scope);
    if (frame) return placeOf(frame);
  }
  return undefined;
}

/** A place in the code that ran, which a source map leads back to the code that was written. */
interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

let hooked = false;
const watched = new WeakSet<IConstruct>();
const frames = new WeakMap<IConstruct, Frame>();

function firstForeignFrame(above: (this: Node, child: IConstruct, id: string) => void): Frame | undefined {
  const { stackTraceLimit } = Error;
  const before: unknown = Reflect.get(Error, 'prepareStackTrace');
  const holder: { stack?: NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = 40;
    Error.prepareStackTrace = (_, sites): unknown => sites;
    Error.captureStackTrace(holder, above);
    for (const site of holder.stack ?? []) {
      const file = site.getFileName();
      if (file !== null && file !== undefined && isForeign(file)) return { file, line: site.getLineNumber() ?? 1, column: site.getColumnNumber() ?? 1 };
    }
    return undefined;
  } finally {
    Reflect.set(Error, 'prepareStackTrace', before);
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The folders of this package whose frames are passed over: lib/ and imports/, as source or compiled. */
const own = ['../', '../../imports/'].map(path => new URL(path, import.meta.url).href);
const foreign = new Map<string, boolean>();

function isForeign(file: string): boolean {
  let known = foreign.get(file);
  if (known === undefined) {
    const url = file.startsWith('/') ? `file://${file}` : file;
    known = url.startsWith('file://') && !url.includes('/node_modules/') && !own.some(folder => url.startsWith(folder));
    foreign.set(file, known);
  }
  return known;
}

function placeOf({ file, line, column }: Frame): string {
  const origin = findSourceMap(file)?.findOrigin(line, column);
  const found = origin && 'fileName' in origin ? { file: origin.fileName, line: origin.lineNumber, column: origin.columnNumber } : { file, line, column };
  const path = found.file.startsWith('file://') ? fileURLToPath(found.file.replace(/\?.*$/, '')) : found.file;
  return `${relative('', path)}:${found.line}:${found.column}`;
}
