import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** What was asked for cannot be had at all: a missing path, nothing to read, or a limit exceeded. The message is one sentence. */
export class CannotRead extends Error {
  readonly code = 'ERR_CANNOT_READ';
}

/**
 * Reads a file, or standard input for `-`, as text: UTF-8, or UTF-16 where a byte order mark says so, as kubectl does.
 * A byte that is no text becomes a lone surrogate, so that whoever reads the text can tell the document that it spoils.
 *
 * @throws CannotRead
 */
export function readText(file: string, most: number, further?: { readonly most: number; readonly why: string }): string {
  const name = file === '-' ? 'standard input' : file;
  let descriptor: number | undefined;
  try {
    descriptor = file === '-' ? 0 : openSync(file, 'r');
    const found = fstatSync(descriptor);
    const refuse = (size: number, shown: string): void => {
      if (size > most) throw new CannotRead(`cannot read ${name}: it has ${shown} bytes, and the limit is ${most}; raise it with --max-file-size, or split the file`);
      if (further && size > further.most) throw new CannotRead(`cannot read ${name}: ${further.why}`);
    };
    if (found.isFile()) refuse(found.size, String(found.size));
    return decode(found.isFile() && found.size > 0 ? readFileSync(descriptor) : readStream(descriptor, size => { refuse(size, `more than ${most}`); }));
  } catch (error) {
    if (error instanceof CannotRead) throw error;
    throw new CannotRead(`cannot read ${name}: ${reason(error)}`, { cause: error });
  } finally {
    if (descriptor !== undefined && descriptor !== 0) closeSync(descriptor);
  }
}

/** `ENOENT: no such file or directory, open 'x'` as `no such file or directory`. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message;
}

/** A pipe has no size: it is read until it ends or has given too much. */
function readStream(descriptor: number, refuse: (size: number) => void): Buffer {
  const chunks: Buffer[] = [];
  for (let size = 0; ;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const count = readSome(descriptor, chunk);
    if (count === 0) return Buffer.concat(chunks);
    size += count;
    refuse(size);
    chunks.push(chunk.subarray(0, count));
  }
}

function readSome(descriptor: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, chunk);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // On Windows a closed pipe says EOF; a pipe whose other end set it so says EAGAIN until there is more.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** Without its byte order mark. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xFF && bytes[1] === 0xFE) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xFE && bytes[1] === 0xFF) return new TextDecoder('utf-16be').decode(bytes);
  if (isUtf8(bytes)) return new TextDecoder('utf-8').decode(bytes);
  const lines: string[] = [];
  for (let begin = 0; begin <= bytes.length;) {
    const newline = bytes.indexOf(0x0A, begin);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(begin, end);
    lines.push(isUtf8(line) ? line.toString('utf8') : line.toString('utf8').replaceAll('\uFFFD', spoilt));
    begin = end + 1;
  }
  return lines.join('\n').replace(/^\uFEFF/, '');
}

const spoilt = '\uDC80';
