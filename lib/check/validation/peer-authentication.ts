import { field, fields, mapping } from '../../manifest/index.ts';
import { shown, type Say } from './said.ts';
import { workloadSelector } from './selection.ts';

export function peerAuthentication(say: Say, spec: unknown): void {
  const selector = field(spec, 'selector');
  workloadSelector(say, selector, 'spec.selector', 'matchLabels');
  const ports = mapping(field(spec, 'portLevelMtls'));
  if (!ports) return;
  if (Object.keys(ports).length === 0) say({ path: 'spec.portLevelMtls', message: 'it must not be empty' });
  if (Object.keys(fields(field(selector, 'matchLabels'))).length === 0) say({ path: 'spec.portLevelMtls', message: 'ports need a selector that says whose they are' });
  for (const port of Object.keys(ports)) {
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) say({ path: `spec.portLevelMtls[${JSON.stringify(port)}]`, message: `a port must be between 1 and 65535, got ${shown(port)}` });
  }
}
