import type { Mesh } from '../../mesh/index.ts';
import { BadRequest } from '../bad-request.ts';
import type { Call } from '../call.ts';
import type { Branch } from '../outcome.ts';
import type { Passing } from '../passing.ts';
import type { Proxy } from '../proxy.ts';
import { destination } from './destination.ts';
import { dialled } from './dialled.ts';
import { direct } from './direct.ts';

/**
 * A request that is past the routes of its sender: it goes to the service of the URL as a proxy of that kind sends it there.
 *
 * @throws BadRequest where the URL names no service
 */
export function onward(mesh: Mesh, client: Proxy, call: Call, passing: Passing): Branch {
  const target = dialled(mesh, client, call);
  if (target.kind !== 'service') throw new BadRequest(`${call.host} is no service of the mesh, so that nothing can be sent on to it`);
  if (client.kind === 'ambient' || client.kind === 'none') return direct(mesh, target, passing, call.port);
  return destination(mesh, { target: { host: target.service.host, subset: '', port: call.port }, asHttp: call.http !== undefined && !passing.tls, listenerPort: call.port, missing: 503, passing });
}
