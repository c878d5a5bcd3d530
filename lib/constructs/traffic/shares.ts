import { checkHeaders } from '../values/headers.ts';
import { portNumber, wholePercent } from '../values/numbers.ts';
import type { Destination } from '../values/to.ts';
import type { Routed } from './routed.ts';
import type { Share, Target } from './routing.ts';

/** Where the requests of a service go, each part with its share. @throws when a version is unknown, or the parts make no hundred */
export function sharesOf(where: string, service: Routed, to: string | Destination<string> | readonly Destination<string>[]): readonly Share[] {
  const destinations = destinationsOf(to);
  if (destinations.length === 0) throw new Error(`${where}: "to" is empty; name a version or another destination, or leave it out`);
  const shares = destinations.map((destination): Share => {
    const { percent, requestHeaders, responseHeaders } = destination;
    if (percent === undefined && destinations.length > 1) throw new Error(`${where}: one of several destinations has no percent; say how many of a hundred requests each takes`);
    return {
      ...targetOf(where, service, destination),
      percent: wholePercent(where, 'percent', percent ?? 100),
      requestHeaders: checkHeaders(where, 'requestHeaders', requestHeaders),
      responseHeaders: checkHeaders(where, 'responseHeaders', responseHeaders),
    };
  });
  const sum = shares.reduce((total, { percent }) => total + percent, 0);
  if (sum !== 100) throw new Error(`${where}: the destinations take ${sum} of a hundred requests; make it 100`);
  return shares;
}

/** One place that requests of a service are sent to. @throws when the version is unknown */
export function targetOf(where: string, service: Routed, destination: Destination<string>): Target {
  const { port } = destination;
  if (port !== undefined) portNumber(where, 'port', port);
  if (destination.to === 'version') {
    service.requireVersion(where, 'to', destination.version);
    return { version: destination.version, port };
  }
  const { service: other, version } = destination;
  if (version !== undefined) other.requireVersion(where, 'to', version);
  if (other !== service) other.takesRequestsOf(service, where);
  return { host: other === service ? undefined : other.hostFor(service.namespaceName), version, port };
}

function destinationsOf(to: string | Destination<string> | readonly Destination<string>[]): readonly Destination<string>[] {
  if (typeof to === 'string') return [{ to: 'version', version: to }];
  return 'to' in to ? [to] : to;
}
