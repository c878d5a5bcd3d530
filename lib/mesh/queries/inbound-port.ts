import type { From } from '../conditions.ts';
import type { Protocol } from '../entities/protocol.ts';
import type { IngressListener } from '../entities/sidecar.ts';
import type { Mesh } from '../mesh.ts';
import { servicesTargeting, type Target } from './services-targeting.ts';
import { sidecarFor } from './sidecar-scope.ts';

/** How a port of a workload is served. */
export interface InboundPort {
  /** Whether a Service, or the workload's Sidecar, has it; else it is passed on to whatever listens. */
  readonly declared: boolean;
  readonly protocol: Protocol;
  readonly from: From | undefined;
  /** Of a Sidecar, with TLS settings of its own. */
  readonly listener: IngressListener | undefined;
}

/** How a proxy serves a port: as the Sidecar's ingress listener says, else as the Services that have it do. */
export function inboundPort(mesh: Mesh, at: Target, port: number): InboundPort {
  const sidecar = sidecarFor(mesh, at.namespace, at.labels);
  if (sidecar?.ingress) {
    const listener = sidecar.ingress.find(ingress => ingress.port === port);
    return { declared: listener !== undefined, protocol: listener?.protocol ?? 'AUTO', from: { on: sidecar, at: listener?.path ?? 'spec.ingress' }, listener };
  }
  for (const { owner, ports } of servicesTargeting(mesh, at)) {
    const index = ports.findIndex(({ workloadPort }) => workloadPort === port);
    const found = ports[index];
    if (found) return { declared: true, protocol: found.protocol, from: { on: owner, at: `spec.ports[${index}]` }, listener: undefined };
  }
  return { declared: false, protocol: 'AUTO', from: undefined, listener: undefined };
}
