import { field, list, mapping, number, text } from '../../manifest/index.ts';
import { headerOperations } from './headers.ts';
import { dnsLabel, port, wildcardDomain } from './names.ts';
import type { Say } from './said.ts';

/** Where a route leads: a host, perhaps a subset and a port. */
export function destination(say: Say, value: unknown, path: string): void {
  if (!mapping(value)) {
    say({ path, message: 'a destination is required' });
    return;
  }
  const host = text(field(value, 'host')) ?? '';
  if (host === '*') say({ path: `${path}.host`, message: 'a destination cannot be every host' });
  else wildcardDomain(say, host, `${path}.host`, 'the host of a destination');
  const subset = text(field(value, 'subset')) ?? '';
  if (subset !== '') dnsLabel(say, subset, `${path}.subset`, 'the name of a subset');
  const selector = field(value, 'port');
  if (mapping(selector)) port(say, number(field(selector, 'number')) ?? 0, `${path}.port.number`);
}

/** The destinations of a route, and their weights. */
export function routeDestinations(say: Say, value: unknown, path: string): void {
  const items = list(value);
  let total = 0;
  items.forEach((item, i) => {
    const at = `${path}[${i}]`;
    if (!mapping(item)) {
      say({ path: at, message: 'a destination must not be null' });
      return;
    }
    destination(say, field(item, 'destination'), `${at}.destination`);
    if (field(item, 'headers') !== undefined) headerOperations(say, field(item, 'headers'), `${at}.headers`);
    const weight = number(field(item, 'weight')) ?? 0;
    if (weight < 0) say({ path: `${at}.weight`, message: `a weight must not be negative, got ${weight}` });
    total += weight;
  });
  if (items.length > 1 && total === 0) say({ path, message: 'the weights add up to 0, so that no destination gets anything' });
}
