import { resourceText, rules, type Finding, type Report } from '../../check/index.ts';

const levels = { error: 'error', warning: 'warning', info: 'note' } as const;

export interface SarifOptions {
  readonly version: string;
  /** Whether all that was asked for was read. */
  readonly whole: boolean;
  /** Findings that are taken as they are, and why. @default - none */
  readonly suppressed?: readonly { readonly finding: Finding; readonly reason: string }[];
}

/**
 * Findings as SARIF 2.1.0, which code scanning reads.
 *
 * Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarifReport({ findings }: Report, { version, whole, suppressed = [] }: SarifOptions): string {
  const held = suppressed.map(({ finding }) => finding);
  const all = [...findings, ...held];
  const codes = [...new Set(all.map(({ code }) => code))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'meshwright', version, rules: codes.map(code => describe(code, all)) } },
      invocations: [{ executionSuccessful: whole }],
      columnKind: 'utf16CodeUnits',
      results: all.map((finding, i) => ({
        ruleId: finding.code,
        ruleIndex: codes.indexOf(finding.code),
        level: levels[finding.severity],
        message: { text: `${finding.message}. ${finding.fix}` },
        locations: [locationOf(finding)],
        ...(i < findings.length ? {} : { suppressions: [{ kind: 'external', justification: suppressed[i - findings.length]?.reason ?? '' }] }),
      })),
    }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function locationOf({ file, line, column, resource, construct }: Finding): object {
  const logical = [...(resource ? [{ fullyQualifiedName: resourceText(resource), kind: 'resource' }] : []), ...(construct === undefined ? [] : [{ fullyQualifiedName: construct, kind: 'object' }])];
  return {
    ...(file === undefined ? {} : { physicalLocation: { artifactLocation: { uri: uri(file) }, region: { startLine: line ?? 1, startColumn: column ?? 1 } } }),
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
}

function describe(code: string, findings: readonly Finding[]): object {
  const name = findings.find(finding => finding.code === code)?.name ?? code;
  const rule = rules.find(one => one.name === name);
  return { id: code, name, ...(rule ? { shortDescription: { text: rule.title }, fullDescription: { text: rule.why }, help: { text: rule.fix } } : {}) };
}

function uri(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
