import { field, fields, mapping } from '../../manifest/index.ts';
import { shown, type Saying } from './said.ts';
import { workloadSelector } from './selection.ts';

export function* peerAuthentication(spec: unknown): Saying {
  const selector = field(spec, 'selector');
  yield* workloadSelector(selector, 'spec.selector', 'matchLabels');
  const ports = mapping(field(spec, 'portLevelMtls'));
  if (!ports) return;
  if (Object.keys(ports).length === 0) yield { path: 'spec.portLevelMtls', message: 'it must not be empty' };
  if (Object.keys(fields(field(selector, 'matchLabels'))).length === 0) yield { path: 'spec.portLevelMtls', message: 'ports need a selector that says whose they are' };
  for (const port of Object.keys(ports)) {
    if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65535) yield { path: `spec.portLevelMtls[${JSON.stringify(port)}]`, message: `a port must be between 1 and 65535, got ${shown(port)}` };
  }
}
