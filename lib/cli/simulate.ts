import { BadRequest, explain, plainTrace, signedRequest, simulate, type WrittenRequest } from '../simulate/index.ts';
import { documentsOf } from './documents-of.ts';
import { isSignedBy } from '../keys/index.ts';
import type { Result } from './check.ts';
import { expectationReport } from './expectations.ts';
import { readMesh, type MeshFlags, type MeshRead } from './read-mesh.ts';
import { simulateLines } from './simulate-lines.ts';
import { oneOf, Usage } from './usage.ts';

export interface SimulateFlags extends MeshFlags {
  readonly format: string;
  readonly from?: string | undefined;
  readonly header: readonly string[];
  readonly claim: readonly string[];
  readonly token?: string | undefined;
  readonly sni?: string | undefined;
  readonly protocol?: string | undefined;
  readonly address?: string | undefined;
  readonly ip?: string | undefined;
  readonly requests?: string | undefined;
  readonly expect?: string | undefined;
}

/** `meshwright simulate`: what happens to one request, to those of a file, or whether they end as expected. */
export async function simulateCommand(args: readonly string[], flags: SimulateFlags, write: (text: string) => Promise<void>): Promise<Result> {
  const format = oneOf('--format', ['text', 'json'] as const, flags.format);
  if (flags.requests !== undefined && flags.expect !== undefined) throw new Usage('--requests and --expect cannot be given together');
  const batch = flags.requests ?? flags.expect;
  const [request, ...paths] = batch === undefined ? args : ['', ...args];
  if (request === undefined || paths.length === 0) throw new Usage(batch === undefined ? "give a request and where the mesh is: meshwright simulate 'GET http://reviews.shop:9080/' --from shop/cart dist/" : 'give the files or folders of the mesh');
  const read = readMesh(paths, flags);
  if (read.mesh.size === 0) throw new Usage(`${paths.join(', ')} ${paths.length === 1 ? 'holds' : 'hold'} no Kubernetes object that can be read`);
  if (flags.requests !== undefined) return noting(await simulateLines(read.mesh, flags.requests, flags.from, write), read);
  if (flags.expect !== undefined) return noting(expectationReport(read.mesh, documentsOf(flags.expect), { file: flags.expect, format, from: flags.from }), read);
  return noting(single(read, written(request, flags), format), read);
}

function single({ mesh }: MeshRead, request: WrittenRequest, format: 'text' | 'json'): Result {
  try {
    const trace = simulate(mesh, signedRequest(request, isSignedBy));
    return { stdout: format === 'json' ? `${JSON.stringify(plainTrace(trace), undefined, 2)}\n` : explain(trace), status: 0 };
  } catch (error) {
    if (error instanceof BadRequest) return { stdout: format === 'json' ? `${JSON.stringify({ error: error.message })}\n` : '', status: 2, stderr: error.message };
    throw error;
  }
}

/** A document that cannot be read is said, and makes the answer doubtful. */
function noting(result: Result, { problems }: MeshRead): Result {
  const [first] = problems.filter(({ severity }) => severity === 'error');
  if (!first) return result;
  const note = `${first.file}:${first.line}: ${first.message}; what it holds is left out`;
  return { ...result, status: 2, stderr: result.stderr === undefined ? note : `${result.stderr}; ${note}` };
}

function written(request: string, { from, header, claim, token, sni, protocol, address, ip }: SimulateFlags): WrittenRequest {
  if (from === undefined) throw new Usage('--from is missing; say who sends the request: a workload (shop/cart), sa:shop/cart, gateway:istio-system/ingress or outside');
  return {
    request, from, token, sni, protocol, address, ip,
    headers: Object.fromEntries(header.map(text => pair('-H', text, ':'))),
    ...(claim.length === 0 ? {} : { claims: Object.fromEntries(claim.map(text => pair('--claim', text, '='))) }),
  };
}

function pair(option: string, text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  if (at < 1) throw new Usage(`${option} must be name${separator}value, got ${JSON.stringify(text)}`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
