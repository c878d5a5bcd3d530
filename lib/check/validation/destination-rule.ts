import { field, list, mapping, text } from '../../manifest/index.ts';
import { dnsLabel, wildcardDomain } from './names.ts';
import { refusals, type Say } from './said.ts';
import { duplicate, exportTo, labels, workloadSelector } from './selection.ts';
import { trafficPolicy } from './traffic-policy.ts';

export function destinationRule(say: Say, spec: unknown, namespace: string): void {
  wildcardDomain(say, text(field(spec, 'host')) ?? '', 'spec.host');
  trafficPolicy(say, field(spec, 'trafficPolicy'), 'spec.trafficPolicy', namespace);
  const names = new Set<string>();
  list(field(spec, 'subsets')).forEach((subset, i) => {
    const path = `spec.subsets[${i}]`;
    if (!mapping(subset)) {
      say({ path, message: 'a subset must not be null' });
      return;
    }
    const name = text(field(subset, 'name')) ?? '';
    if (names.has(name)) say(duplicate(`${path}.name`, 'subset', name));
    names.add(name);
    dnsLabel(say, name, `${path}.name`, 'the name of a subset');
    labels(say, field(subset, 'labels'), `${path}.labels`);
    trafficPolicy(refusals(say), field(subset, 'trafficPolicy'), `${path}.trafficPolicy`, namespace);
  });
  workloadSelector(say, field(spec, 'workloadSelector'), 'spec.workloadSelector', 'matchLabels');
  exportTo(say, field(spec, 'exportTo'), namespace, 'spec.exportTo', { ownOnly: mapping(field(spec, 'workloadSelector')) !== undefined });
}
