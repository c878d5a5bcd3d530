import { field, list, mapping, text } from '../../manifest/index.ts';
import { dnsLabel, wildcardDomain } from './names.ts';
import { refusals, type Saying } from './said.ts';
import { duplicate, exportTo, labels, workloadSelector } from './selection.ts';
import { trafficPolicy } from './traffic-policy.ts';

export function* destinationRule(spec: unknown, namespace: string): Saying {
  yield* wildcardDomain(text(field(spec, 'host')) ?? '', 'spec.host');
  yield* trafficPolicy(field(spec, 'trafficPolicy'), 'spec.trafficPolicy', namespace);
  const names = new Set<string>();
  for (const [i, subset] of list(field(spec, 'subsets')).entries()) {
    const path = `spec.subsets[${i}]`;
    if (!mapping(subset)) {
      yield { path, message: 'a subset must not be null' };
      continue;
    }
    const name = text(field(subset, 'name')) ?? '';
    if (names.has(name)) yield duplicate(`${path}.name`, 'subset', name);
    names.add(name);
    yield* dnsLabel(name, `${path}.name`, 'the name of a subset');
    yield* labels(field(subset, 'labels'), `${path}.labels`);
    yield* refusals(trafficPolicy(field(subset, 'trafficPolicy'), `${path}.trafficPolicy`, namespace));
  }
  yield* workloadSelector(field(spec, 'workloadSelector'), 'spec.workloadSelector', 'matchLabels');
  yield* exportTo(field(spec, 'exportTo'), namespace, 'spec.exportTo', { ownOnly: mapping(field(spec, 'workloadSelector')) !== undefined });
}
