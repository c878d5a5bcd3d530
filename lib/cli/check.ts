import type { Colors } from 'picocolors/types.js';
import { check, type Report, type Severity } from '../check/index.ts';
import { selection } from './codes.ts';
import { githubReport } from './formats/github.ts';
import { jsonReport } from './formats/json.ts';
import { junitReport } from './formats/junit.ts';
import { sarifReport } from './formats/sarif.ts';
import { textReport } from './formats/text.ts';
import type { Progress } from './progress.ts';
import { readMeshInPart, type MeshFlags } from './read-mesh.ts';
import { listed, oneOf } from './usage.ts';

export interface CheckFlags extends MeshFlags {
  readonly format: string;
  readonly only?: string | undefined;
  readonly skip?: string | undefined;
  readonly failOn: string;
  readonly namespace?: string | undefined;
}

const formats = ['text', 'json', 'sarif', 'github', 'junit'] as const;
const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** Output of a command, and its exit status. */
export interface Result {
  readonly stdout: string;
  readonly status: number;
  /** One sentence, where there is something to say that is no finding. */
  readonly stderr?: string;
}

/** What a command is run with. */
export interface Terminal {
  readonly colors: Colors;
  readonly version: string;
  readonly progress: Progress;
}

/** `meshwright check`: says what is wrong with a mesh. */
export function checkCommand(paths: readonly string[], flags: CheckFlags, { colors, version, progress }: Terminal): Result {
  const format = oneOf('--format', formats, flags.format);
  const failOn = oneOf('--fail-on', severities, flags.failOn);
  const { only, skip } = selection(flags);
  const namespaces = listed('--namespace', flags.namespace);
  const { mesh, problems, failures, linesOf } = readMeshInPart(paths, flags, progress);
  const report = check(mesh, { only, skip, namespaces, problems });
  const failure = failureOf(paths, failures, report);
  const print: Record<(typeof formats)[number], (report: Report) => string> = {
    // Where nothing at all was read, the sentence on standard error is all there is to say to a person.
    text: found => (found.summary.objects === 0 && found.findings.length === failures.length ? '' : textReport(found, { colors, linesOf, whole: failure === undefined })),
    json: jsonReport,
    sarif: found => sarifReport(found, { version, whole: failure === undefined }),
    github: githubReport,
    junit: junitReport,
  };
  const stdout = print[format](report);
  if (failure !== undefined) return { stdout, status: 2, stderr: failure };
  const fails = report.findings.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(failOn));
  return { stdout, status: fails ? 1 : 0 };
}

/** Why this is not the answer that was asked for. A report that says nothing of anything would claim health that nobody has seen. */
export function failureOf(paths: readonly string[], [first, ...more]: readonly string[], { summary }: Report): string | undefined {
  if (first !== undefined) return more.length === 0 ? first : `${first} (and ${more.length} more)`;
  if (summary.objects > 0) return undefined;
  return `nothing to check: ${paths.join(', ')} ${paths.length === 1 ? 'holds' : 'hold'} no Kubernetes object that can be read`;
}
