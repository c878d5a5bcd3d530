import { check, resourceText, namesOf, rules, type Finding, type Severity } from '../check/index.ts';
import { Mesh } from '../mesh/index.ts';
import { readYaml } from './read-yaml.ts';

/** The `properties` of the validation in cdk8s.yaml. */
export interface MeshCheckProperties {
  /** The severity from which on a finding fails the synth. @default error */
  readonly failOn?: Severity | undefined;
  /** Codes or names of rules that are left out. @default - none */
  readonly skip?: readonly string[] | undefined;
  /** YAML that others apply to the same cluster: files, folders, globs. @default - none */
  readonly beside?: readonly string[] | undefined;
  /** The version of Istio, such as `1.31`. @default - the newest that is known */
  readonly istioVersion?: string | undefined;
}

/** What cdk8s gives a validation, as far as this one needs it; cdk8s itself is not imported. */
export interface ValidationContext {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      ruleName: string; recommendation: string; fix: string; violatingResources: { resourceName: string; locations: string[]; manifestPath: string }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: Readonly<Record<string, string>>): void;
  };
}

/**
 * The check inside stock `cdk8s synth`, named under `validations` in cdk8s.yaml. cdk8s has written the YAML by then: the
 * exit status is what stops.
 */
export class MeshCheck {
  readonly #properties: MeshCheckProperties;

  /** @throws when a property is not of its kind, or names no rule */
  constructor(properties: MeshCheckProperties = {}) {
    const { failOn = 'error', skip = [] } = properties;
    if (!severities.includes(failOn)) throw new Error(`MeshCheck: failOn must be one of ${severities.join(', ')}, got ${JSON.stringify(failOn)}`);
    for (const wanted of skip) {
      if (!rules.some(rule => namesOf(rule).includes(wanted))) throw new Error(`MeshCheck: skip names no rule: ${JSON.stringify(wanted)}; see meshwright rules`);
    }
    this.#properties = properties;
  }

  /** Reads what was synthesized, and reports each rule that it breaks. */
  validate({ manifests: files, report }: ValidationContext): Promise<void> {
    const { failOn = 'error', skip, beside = [], istioVersion } = this.#properties;
    const own = readYaml(files);
    const others = readYaml(beside);
    const mesh = Mesh.from([...others.manifests, ...own.manifests], { istioVersion });
    const { findings, summary } = check(mesh, { ...(skip && { skip }), problems: [...own.problems, ...others.problems] });
    const written = new Set(own.files);
    const shown = findings.filter(({ file, resource }) => resource === undefined || file === undefined || written.has(file));
    for (const [title, group] of grouped(shown)) {
      report.addViolation({
        ruleName: title,
        recommendation: rules.find(({ name }) => name === group[0]?.name)?.why ?? 'What cannot be read cannot be checked.',
        fix: group[0]?.fix ?? '',
        violatingResources: group.map(finding => ({
          resourceName: finding.resource?.name ?? '',
          locations: [location(finding)],
          manifestPath: `${finding.file ?? ''}:${finding.line ?? 1}:${finding.column ?? 1}`,
        })),
      });
    }
    const fails = shown.some(({ severity }) => severities.indexOf(severity) <= severities.indexOf(failOn));
    report.submit(fails ? 'failure' : 'success', { Objects: String(summary.objects), Findings: String(shown.length) });
    return Promise.resolve();
  }
}

const severities: readonly Severity[] = ['error', 'warning', 'info'];

function grouped(findings: readonly Finding[]): ReadonlyMap<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const title = `${finding.code} ${finding.name} (${finding.severity})`;
    const group = groups.get(title);
    if (group) group.push(finding);
    else groups.set(title, [finding]);
  }
  return groups;
}

function location({ message, path, resource, construct, source }: Finding): string {
  if (resource === undefined) return message;
  const made = construct === undefined ? '' : `, made by ${construct}${source === undefined ? '' : ` at ${source}`}`;
  return `${message} (${resourceText(resource)}${path === '' ? '' : ` at ${path}`}${made})`;
}
