import { field, list, mapping, number, text } from '../../manifest/index.ts';
import { port } from './names.ts';
import { shown, type Say } from './said.ts';
import { labels } from './selection.ts';
import { notNegative } from './values.ts';

export function workloadGroup(say: Say, spec: unknown): void {
  if (!mapping(field(spec, 'template'))) say({ path: 'spec.template', message: 'a WorkloadGroup needs a template' });
  labels(say, field(field(spec, 'metadata'), 'labels'), 'spec.metadata.labels');
  const probe = field(spec, 'probe');
  if (!mapping(probe)) return;
  notNegative(say, probe, ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'], 'spec.probe');
  const [http, tcp, exec] = ['httpGet', 'tcpSocket', 'exec'].map(name => field(probe, name));
  if (mapping(http)) {
    const path = 'spec.probe.httpGet';
    port(say, number(field(http, 'port')) ?? 0, `${path}.port`);
    const scheme = text(field(http, 'scheme')) ?? '';
    if (!['', 'HTTP', 'HTTPS'].includes(scheme)) say({ path: `${path}.scheme`, message: `must be HTTP or HTTPS, got ${shown(scheme)}` });
    for (const [i, header] of list(field(http, 'httpHeaders')).entries()) {
      const name = text(field(header, 'name')) ?? '';
      if (!/^[-A-Za-z0-9]+$/.test(name)) say({ path: `${path}.httpHeaders[${i}].name`, message: `${shown(name)} is no name of a header` });
    }
  } else if (mapping(tcp)) port(say, number(field(tcp, 'port')) ?? 0, 'spec.probe.tcpSocket.port');
  else if (mapping(exec)) {
    if (list(field(exec, 'command')).length === 0) say({ path: 'spec.probe.exec.command', message: 'a command must not be empty' });
  } else say({ path: 'spec.probe', message: 'a probe needs httpGet, tcpSocket or exec' });
}
