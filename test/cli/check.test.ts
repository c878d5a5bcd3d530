import { describe, expect, test } from 'vitest';
import { goldens } from '../golden.ts';
import { Folder } from './meshwright.ts';

const folder = new Folder();
const golden = goldens(import.meta.url);

folder.write('shop/reviews.yaml', `apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec: { selector: { app: reviews }, ports: [{ port: 9080, name: http }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: revews }
`);
folder.write('shop/odd.yaml', 'a: 100%, or: more\n');
folder.write('good.yaml', 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: shop }\n');

const run = (...args: string[]): ReturnType<Folder['meshwright']> => folder.meshwright(args);

describe('each format says the same', () => {
  test.each(['text', 'json', 'sarif', 'github', 'junit'])('%s', format => {
    const { stdout, stderr, status } = run('check', 'shop', '--format', format);
    golden(`shop.${format === 'sarif' ? 'sarif.json' : format === 'junit' ? 'xml' : format === 'json' ? 'json' : `${format}.txt`}`, stdout);
    expect(stderr).toBe('');
    expect(status).toBe(1);
  });

  test('of a mesh with nothing to say of', () => {
    expect(run('check', 'good.yaml')).toEqual({ stdout: '1 object checked, nothing found\n', stderr: '', status: 0 });
    expect(JSON.parse(run('check', 'good.yaml', '--format', 'json').stdout)).toEqual({ findings: [], summary: { error: 0, warning: 0, info: 0, objects: 1 } });
  });

  test('SARIF names a rule for each result, and a place in a file', () => {
    const log = JSON.parse(run('check', 'shop', '--format', 'sarif').stdout) as Sarif;
    expect(log.version).toBe('2.1.0');
    for (const { tool: { driver }, results, invocations } of log.runs) {
      expect(invocations).toEqual([{ executionSuccessful: true }]);
      expect(new Set(driver.rules.map(({ id }) => id)).size).toBe(driver.rules.length);
      expect(results.length).toBeGreaterThan(1);
      for (const { ruleId, ruleIndex, level, message, locations } of results) {
        expect(driver.rules[ruleIndex]?.id).toBe(ruleId);
        expect(['error', 'warning', 'note']).toContain(level);
        expect(message.text).not.toBe('');
        expect(locations[0]?.physicalLocation.region.startLine).toBeGreaterThan(0);
        expect(() => new URL(locations[0]?.physicalLocation.artifactLocation.uri ?? '', 'file:///')).not.toThrow();
      }
    }
  });

  test('SARIF says when it is not the whole answer', () => {
    const { stdout, status } = run('check', 'shop', 'nowhere', '--format', 'sarif');
    expect((JSON.parse(stdout) as Sarif).runs[0]?.invocations).toEqual([{ executionSuccessful: false }]);
    expect(status).toBe(2);
  });
});

describe('what is asked for', () => {
  test('--fail-on decides what fails', () => {
    folder.write('warned.yaml', 'a: 1\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: shop }\n');
    expect(run('check', 'warned.yaml').status).toBe(0);
    expect(run('check', 'warned.yaml', '--fail-on', 'warning').status).toBe(1);
  });

  test('--only and --skip take codes, names and the codes of other tools, with commas or given again', () => {
    const codes = (...args: string[]): string[] => (JSON.parse(run('check', 'shop/reviews.yaml', '--format', 'json', ...args).stdout) as { findings: { code: string }[] }).findings.map(({ code }) => code);
    expect(codes('--only', 'IST0101')).toEqual(['IST0101']);
    expect(codes('--only', 'destination-unknown,IST0102')).toEqual(['IST0101']);
    expect(codes('--only', 'IST0102', '--only', 'KIA1101')).toEqual(['IST0101']);
    expect(codes('--skip', 'IST0101')).not.toContain('IST0101');
    expect(codes('--namespace', 'other')).toEqual([]);
  });

  test('what cannot be read is said whatever rules are asked for, unless it is not to be', () => {
    folder.write('unread.yaml', 'a: 1\n---\na: [\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: shop }\n');
    const codes = (...args: string[]): string[] => (JSON.parse(run('check', 'unread.yaml', '--format', 'json', ...args).stdout) as { findings: { code: string }[] }).findings.map(({ code }) => code).sort();
    expect(codes()).toEqual(['MW0001', 'MW0002']);
    expect(codes('--only', 'IST0101')).toEqual(['MW0001', 'MW0002']);
    expect(codes('--skip', 'MW0002')).toEqual(['MW0001']);
    expect(codes('--skip', 'unreadable-document')).toEqual(['MW0002']);
    expect(run('rules', 'MW0001').stdout).toMatch(/^MW0001 unreadable-document/);
  });

  test('a code that a rule has beside its own selects that finding alone', () => {
    folder.write('shadowed.yaml', 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a, namespace: shop }\nspec:\n  hosts: [a.example.com]\n  http:\n    - directResponse: { status: 200 }\n    - directResponse: { status: 99999 }\n');
    const codes = (...args: string[]): string[] => (JSON.parse(run('check', 'shadowed.yaml', '--format', 'json', ...args).stdout) as { findings: { code: string }[] }).findings.map(({ code }) => code);
    expect(codes('--only', 'IST0130')).toEqual(['IST0130']);
    expect(codes('--skip', 'IST0130')).not.toContain('IST0130');
  });

  test.each([
    [['check', 'good.yaml', '--only', 'IST011'], '--only names no rule: "IST011"; did you mean IST0101?'],
    [['check', 'good.yaml', '--skip', 'destination-unknwon'], '--skip names no rule: "destination-unknwon"; did you mean destination-unknown?'],
    [['check', 'good.yaml', '--only', ','], '--only names nothing; give one name, or several with commas'],
    [['check', 'good.yaml', '--format', 'xml'], '--format must be one of text, json, sarif, github, junit, got "xml"'],
    [['check', 'good.yaml', '--fail-on', 'never'], '--fail-on must be one of error, warning, info, got "never"'],
    [['check', 'good.yaml', '--istio-version', 'latest'], '--istio-version must be like 1.31, got "latest"'],
    [['check', 'good.yaml', '--mesh-config', 'nowhere'], 'cannot read nowhere: no such file or directory'],
    [['check', 'good.yaml', '--nonsense'], 'unknown option \'--nonsense\''],
    [['rules', 'IST9999999'], 'there is no rule "IST9999999"; see meshwright rules'],
  ])('%j is refused in one sentence', (args, sentence) => {
    expect(run(...args)).toEqual({ stdout: '', stderr: `meshwright: ${sentence}\n`, status: 2 });
  });

  test.each([
    ['alone', 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }\n'],
    ['in Helm values', 'meshConfig: { rootNamespace: mesh }\n'],
    ['in an IstioOperator', 'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: { meshConfig: { rootNamespace: mesh } }\n'],
    ['in its ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio }\ndata: { mesh: "rootNamespace: mesh" }\n'],
  ])('--mesh-config reads a mesh config %s', (_, text) => {
    folder.write('config/config.yaml', text);
    expect(run('check', 'good.yaml', '--mesh-config', 'config/config.yaml').status).toBe(0);
  });

  test('without a path, dist is checked', () => {
    expect(run('check').stderr).toBe('meshwright: cannot read dist: no such file or directory\n');
  });

  test('standard input, in UTF-16 as Windows writes it', () => {
    const { stdout } = folder.meshwright(['check', '-'], { input: Buffer.from('\uFEFFapiVersion: v1\r\nkind: ServiceAccount\r\nmetadata: { name: a }\r\n', 'utf16le') });
    expect(stdout).toBe('1 object checked, nothing found\n');
  });
});

test('colours are for people: none where the output is read by a program', () => {
  expect(folder.meshwright(['check', 'shop'], { env: { NO_COLOR: '1' } }).stdout).not.toContain('\u001b[');
  expect(run('check', 'shop').stdout).not.toContain('\u001b[');
});

describe('the rules', () => {
  test('one of them, whole', () => {
    golden('rule.txt', run('rules', 'IST0101').stdout);
  });

  test('by a code that it has beside its own', () => {
    expect(run('rules', 'IST0133').stdout).toMatch(/^IST0106 refused-by-istiod/);
  });

  test('as JSON, with all but their code', () => {
    const all = JSON.parse(run('rules', '--format', 'json').stdout) as { id: string; why: string; check?: unknown }[];
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({ check, why }) => check !== undefined || why === '')).toEqual([]);
  });
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly invocations: readonly object[];
    readonly results: readonly {
      readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly message: { readonly text: string };
      readonly locations: readonly { readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: { readonly startLine: number } } }[];
    }[];
  }[];
}
