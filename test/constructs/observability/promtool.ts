import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { IConstruct } from 'constructs';
import { emitted } from '../emitted.ts';

/** A series that a test feeds, in promtool's notation: `0+6x120` grows by six each minute. */
export interface Fed {
  readonly series: string;
  readonly values: string;
}

/** The alerts that should be there after some time: their labels, or none. */
export interface Expected {
  readonly after: string;
  readonly alert: string;
  readonly labels: readonly Readonly<Record<string, string>>[];
}

/** What the rules of an app say when promtool feeds them series. @throws with promtool's words where they say something else */
export function promtoolTest(scope: IConstruct, fed: readonly Fed[], expected: readonly Expected[]): void {
  inFolder(folder => {
    writeRules(folder, scope, { annotations: false });
    writeFileSync(join(folder, 'test.yaml'), dump({
      rule_files: ['rules.yaml'],
      evaluation_interval: '30s',
      tests: [{
        interval: '1m',
        input_series: fed,
        alert_rule_test: expected.map(({ after, alert, labels }) => ({
          eval_time: after,
          alertname: alert,
          exp_alerts: labels.map(exp_labels => ({ exp_labels })),
        })),
      }],
    }));
    promtool(folder, 'test', 'rules', 'test.yaml');
  });
}

/** What promtool says of the rules of an app. @throws with its words where it refuses them */
export function promtoolCheck(scope: IConstruct): string {
  return inFolder(folder => {
    writeRules(folder, scope, { annotations: true });
    return promtool(folder, 'check', 'rules', 'rules.yaml');
  });
}

/**
 * What promtool says of a file of Prometheus and those beside it. Debian builds it without the discovery of Kubernetes, so what finds
 * targets is replaced by a list of none; everything else is as written.
 *
 * @throws with its words where it refuses them
 */
export function promtoolCheckConfig(files: Readonly<Record<string, string>>): string {
  return inFolder(folder => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text.replaceAll(/kubernetes_sd_configs:\n\s+- role: [a-z]+\n/g, 'static_configs: []\n'));
    return promtool(folder, 'check', 'config', 'prometheus.yml');
  });
}

/** The groups of all PrometheusRules of an app. */
export function ruleGroups(scope: IConstruct): readonly { readonly name: string; readonly rules: readonly Readonly<Record<string, unknown>>[] }[] {
  return emitted(scope, 'PrometheusRule').flatMap(({ spec }) => (spec as { groups: ReturnType<typeof ruleGroups> }).groups);
}

/** Annotations are text for people, which promtool would compare too: goldens hold them. */
function writeRules(folder: string, scope: IConstruct, { annotations }: { readonly annotations: boolean }): void {
  const groups = ruleGroups(scope).map(group => (annotations ? group : { ...group, rules: group.rules.map(rule => ({ ...rule, annotations: undefined })) }));
  writeFileSync(join(folder, 'rules.yaml'), dump({ groups }, { skipInvalid: true }));
}

function promtool(cwd: string, ...args: readonly string[]): string {
  try {
    return execFileSync('promtool', args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
}

function inFolder<Value>(use: (folder: string) => Value): Value {
  const folder = mkdtempSync(join(tmpdir(), 'promtool-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
