import { lines } from '../files/index.ts';
import { isSignedBy } from '../keys/index.ts';
import { mapping } from '../manifest/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { BadRequest, plainTrace, signedRequest, simulate } from '../simulate/index.ts';
import type { Result } from './check.ts';
import { writtenOf } from './expectations.ts';

/**
 * Runs the requests of a file, one JSON object a line, and writes a trace a line while it reads. A line that is no request is
 * answered with its error; the others still run.
 */
export async function simulateLines(mesh: Mesh, file: string, from: string | undefined, write: (text: string) => Promise<void>): Promise<Result> {
  const name = file === '-' ? 'standard input' : file;
  let number = 0;
  let first: string | undefined;
  for await (const line of lines(file)) {
    number++;
    if (line.trim() === '') continue;
    const answer = answered(mesh, line, from);
    if ('error' in answer) first ??= `${name}:${number}: ${String(answer.error)}`;
    await write(`${JSON.stringify('error' in answer ? { line: number, ...answer } : answer)}\n`);
  }
  return { stdout: '', status: first === undefined ? 0 : 2, ...(first === undefined ? {} : { stderr: first }) };
}

function answered(mesh: Mesh, line: string, from: string | undefined): object {
  try {
    const value = mapping(JSON.parse(line));
    if (!value) return { error: 'it is no JSON object' };
    return plainTrace(simulate(mesh, signedRequest(writtenOf(value, from), isSignedBy)));
  } catch (error) {
    if (error instanceof BadRequest) return { error: error.message };
    if (error instanceof SyntaxError) return { error: 'it is no JSON' };
    throw error;
  }
}
