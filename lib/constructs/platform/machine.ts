import { Construct } from 'constructs';
import { WorkloadEntry, WorkloadGroup } from '../l1.ts';
import { type Endpoint, printedEndpoint } from '../values/endpoint.ts';
import { dnsLabel, freeId } from '../values/name.ts';
import type { MeshService } from './mesh-service.ts';
import { Probe, type Readiness } from '../values/probe.ts';

/** A machine outside Kubernetes that runs a version of a service. */
export interface MachineProps<Version extends string> extends Endpoint {
  readonly version: Version;
  /** @default - the id of the construct */
  readonly name?: string | undefined;
}

/**
 * A machine outside Kubernetes that takes requests of a service beside its pods: a WorkloadEntry.
 *
 * @example
 * new Machine(ratings, 'vm-1', { version: 'v2', address: '10.0.0.7' });
 *
 * @see https://istio.io/latest/docs/ops/deployment/vm-architecture/
 */
export class Machine<Version extends string> extends Construct {
  /** @throws when the version is unknown, or it has neither address nor network */
  constructor(service: MeshService<Version>, id: string, props: MachineProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { version, name = id, ...endpoint } = props;
    service.requireOwned(`the machine ${where}`);
    service.requireVersion(where, 'version', version);
    if (endpoint.address === undefined && endpoint.network === undefined) throw new Error(`${where}: a machine needs an address, or a network that it is reached through`);
    new WorkloadEntry(this, 'workload-entry', { metadata: { name: dnsLabel(where, 'the name of a machine', name) }, spec: printedEndpoint(endpointOf(service, version, endpoint)) });
  }
}

/** Machines outside Kubernetes that come and go, and join by themselves. */
export interface MachineGroupProps<Version extends string> extends Omit<Endpoint, 'address'> {
  readonly version: Version;
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** Annotations of the machines. @default - none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** How a machine shows that it can take requests. @default - it can once it has joined */
  readonly readiness?: Readiness | undefined;
}

/**
 * Machines outside Kubernetes that join a service by themselves: a WorkloadGroup, from which Istio makes an entry for
 * each that comes.
 *
 * @example
 * new MachineGroup(ratings, 'vms', { version: 'v2', readiness: Probe.http('/health', 9080) });
 */
export class MachineGroup<Version extends string> extends Construct {
  /** @throws when the version is unknown */
  constructor(service: MeshService<Version>, id: string, props: MachineGroupProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { version, name = id, annotations, readiness, ...endpoint } = props;
    service.requireOwned(`the machines of ${where}`);
    service.requireVersion(where, 'version', version);
    const { labels, ...template } = printedEndpoint(endpointOf(service, version, endpoint));
    new WorkloadGroup(this, 'workload-group', {
      metadata: { name: dnsLabel(where, 'the name of a group', name) },
      spec: {
        metadata: { labels, ...(annotations ? { annotations: { ...annotations } } : {}) },
        template,
        ...(readiness ? { probe: Probe.printed(where, readiness) } : {}),
      },
    });
  }
}

/** A machine carries the labels of the pods that it stands beside, and their identity. */
function endpointOf(service: MeshService, version: string, endpoint: Endpoint): Endpoint {
  return { serviceAccount: service.serviceAccount, ...endpoint, labels: { app: service.name, version, ...endpoint.labels } };
}
