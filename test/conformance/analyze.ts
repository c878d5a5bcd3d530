import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../lib/check/index.ts';
import { check, resourceText, type Rule } from '../../lib/check/index.ts';
import { parseYaml, readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly analyzerName: string;
  readonly inputFiles: readonly string[];
  readonly meshConfigFile?: string;
  readonly meshNetworksFile?: string;
  readonly expected: readonly { readonly code: string; readonly resource: string }[];
}

/** `istioctl analyze`: which codes on which objects, of the analyzer that the case is about. */
export function analyze(oracles: string): Outcome {
  const folder = join(oracles, 'analyze');
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
  return outcome(casesOf<Case>(oracles, 'analyze/cases.json'), ({ analyzerName, inputFiles, meshConfigFile, meshNetworksFile, expected }) => {
    const said = rulesOf(analyzerName);
    if (said.length === 0) return `no rule says what ${analyzerName} says`;
    const manifests = ['default-resources.yaml', ...inputFiles].flatMap(file => readManifests({ file, text: read(file) }).manifests);
    const mesh = Mesh.from(manifests, {
      defaultNamespace: '',
      ...(meshConfigFile === undefined ? {} : { meshConfig: parseYaml(read(meshConfigFile)) }),
      ...(meshNetworksFile === undefined ? {} : { meshNetworks: parseYaml(read(meshNetworksFile)) }),
    });
    const { findings } = check(mesh, { rules: said });
    const wanted = wantedCodes(analyzerName);
    // Messages that are alike in every part are one.
    const distinct = new Map(findings.filter(({ code }) => !wanted || wanted.includes(code)).map(({ code, resource, message }) => {
      const on = resource ? resourceText(resource) : '';
      return [JSON.stringify([code, on, message]), `${code} ${on}`];
    }));
    return difference([...distinct.values()], expected.map(({ code, resource }) => `${code} ${resource}`));
  });
}

/** The rules that say what an analyzer says. */
function rulesOf(analyzer: string): readonly Rule[] {
  // The schema analyzer is made for one kind at a time: schema.ValidationAnalyzer.VirtualService.
  const name = analyzer.startsWith('schema.ValidationAnalyzer') ? 'schema.ValidationAnalyzer' : analyzer;
  return rules.filter(({ analyzers }) => analyzers?.includes(name));
}

function wantedCodes(analyzer: string): readonly string[] | undefined {
  return analyzer.startsWith('schema.ValidationAnalyzer') ? ['IST0106', 'IST0130', 'IST0131', 'IST0133'] : undefined;
}

function difference(got: readonly string[], wanted: readonly string[]): string | undefined {
  const extra = [...got];
  const missing = wanted.filter(one => {
    const at = extra.indexOf(one);
    if (at !== -1) extra.splice(at, 1);
    return at === -1;
  });
  if (missing.length === 0 && extra.length === 0) return undefined;
  return [missing.length > 0 ? `missing ${missing.join(', ')}` : '', extra.length > 0 ? `too many: ${extra.join(', ')}` : ''].filter(part => part !== '').join('; ');
}
