import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { CannotRead, reason } from './read-text.ts';

/**
 * The lines of a file, or of standard input for `-`, while it is read.
 *
 * @throws CannotRead
 */
export async function* lines(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let failure: Error | undefined;
  input.once('error', (error: Error) => { failure = error; });
  try {
    // An error of the stream ends the lines; it is said after them.
    for await (const line of createInterface({ input, crlfDelay: Infinity })) yield line;
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
  }
  if (failure) throw new CannotRead(`cannot read ${file === '-' ? 'standard input' : file}: ${reason(failure)}`, { cause: failure });
}
