import { field, list, text } from '../../manifest/index.ts';
import { dnsLabel } from './names.ts';
import type { Say } from './said.ts';
import { duplicate } from './selection.ts';
import { server } from './server.ts';

export function gateway(say: Say, spec: unknown, name: string): void {
  if (name !== '') dnsLabel(say, name, 'metadata.name', 'the name of a Gateway');
  const servers = list(field(spec, 'servers'));
  if (servers.length === 0) say({ path: 'spec.servers', message: 'a Gateway needs a server' });
  const ports = new Set<string>();
  for (const [i, value] of servers.entries()) {
    server(say, value, `spec.servers[${i}]`);
    const portName = text(field(field(value, 'port'), 'name')) ?? '';
    if (portName !== '' && ports.has(portName)) say(duplicate(`spec.servers[${i}].port.name`, 'the port name', portName));
    ports.add(portName);
  }
}
