import type { Colors } from 'picocolors/types.js';
import { check, rules, type Report, type Severity } from '../check/index.ts';
import { nearest } from '../schema/index.ts';
import { githubReport } from './formats/github.ts';
import { jsonReport } from './formats/json.ts';
import { junitReport } from './formats/junit.ts';
import { sarifReport } from './formats/sarif.ts';
import { textReport } from './formats/text.ts';
import { readMesh, type MeshFlags } from './read-mesh.ts';
import { listed, oneOf, Usage } from './usage.ts';

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

/** `meshwright check`: says what is wrong with a mesh. */
export function checkCommand(paths: readonly string[], flags: CheckFlags, { colors, version }: { readonly colors: Colors; readonly version: string }): Result {
  const format = oneOf('--format', formats, flags.format);
  const failOn = oneOf('--fail-on', severities, flags.failOn);
  const [only, skip] = [codes('--only', flags.only), codes('--skip', flags.skip)];
  const { mesh, problems, linesOf } = readMesh(paths, flags);
  const report = check(mesh, { only, skip, namespaces: listed(flags.namespace), problems });
  const print: Record<(typeof formats)[number], (report: Report) => string> = {
    text: found => textReport(found, { colors, linesOf }),
    json: jsonReport,
    sarif: found => sarifReport(found, version),
    github: githubReport,
    junit: junitReport,
  };
  const stdout = print[format](report);
  // A report that says nothing of anything would claim health that nobody has seen.
  if (mesh.all.length === 0) return { stdout, status: 2, stderr: `nothing to check: ${paths.join(', ')} ${paths.length === 1 ? 'holds' : 'hold'} no Kubernetes object that can be read` };
  const fails = report.findings.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(failOn));
  return { stdout, status: fails ? 1 : 0 };
}

/** Codes or names of rules that exist. */
function codes(option: string, given: string | undefined): readonly string[] | undefined {
  const wanted = listed(given);
  const known = new Set(rules.flatMap(({ id, name, alsoKnownAs = [] }) => [id, name, ...alsoKnownAs]).concat(extraCodes));
  for (const code of wanted ?? []) {
    if (known.has(code)) continue;
    const near = nearest(code, [...known]);
    throw new Usage(`${option} names no rule: ${JSON.stringify(code)}${near === undefined ? '; see meshwright rules' : `; did you mean ${near}?`}`);
  }
  return wanted;
}

/** Codes of rules that stand for several of Istio's. */
const extraCodes = ['IST0108', 'IST0125', 'IST0129', 'IST0130', 'IST0131', 'IST0133', 'IST0135', 'IST0152', 'IST0153', 'IST0154', 'IST0155', 'IST0164'];
