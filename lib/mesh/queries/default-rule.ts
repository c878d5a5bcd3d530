import type { Mesh } from '../mesh.ts';
import type { HttpRule } from '../treatments.ts';
import { retriesFor } from './http-treatment.ts';
import type { RegisteredPort, RegisteredService } from './registered-service.ts';

/** The route of a service that no VirtualService has: everything goes to it. */
export function defaultRule(mesh: Mesh, service: RegisteredService, port: number, at: RegisteredPort | undefined): HttpRule {
  const [owner] = service.owners;
  if (!owner) throw new Error(`a service of ${service.host} has no object`);
  const index = Math.max(0, owner.ports.findIndex(({ number }) => number === at?.number));
  const from = { on: owner, at: `spec.ports[${index}]` };
  return {
    all: [],
    treatment: {
      kind: 'forward',
      destinations: [{ to: { host: service.host, subset: '', port }, weight: 1, authority: undefined, requestHeaders: [], responseHeaders: [] }],
      missing: 503,
      path: undefined,
      timeout: 0,
      retries: retriesFor(mesh, undefined),
      fault: undefined,
      cors: undefined,
      mirrors: [],
    },
    from,
    name: 'default',
    statPrefix: '',
    entry: from,
    shares: [from],
    mirrors: [],
  };
}
