import type { WorkloadEntrySpec } from '../l1.ts';

/** Where a workload is that Kubernetes does not run. */
export interface Endpoint {
  /** An IP address, a name of DNS, or `unix:///path`. @default - the network's gateway, where network is given */
  readonly address?: string | undefined;
  /** The ports that it listens on where they differ from the service's: the name of the port, and its number. @default - the same */
  readonly ports?: Readonly<Record<string, number>> | undefined;
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Its place, as `region/zone/subzone`. @default - unknown */
  readonly locality?: string | undefined;
  /** The network that it is reached through. @default - directly */
  readonly network?: string | undefined;
  /** How much of the requests it takes beside others. @default - as much as each */
  readonly weight?: number | undefined;
  /** Its identity. @default - none */
  readonly serviceAccount?: string | undefined;
}

/** Prints it as a ServiceEntry or a WorkloadEntry takes it. */
export function printedEndpoint(endpoint: Endpoint): WorkloadEntrySpec {
  return Object.fromEntries(Object.entries(endpoint).filter(([, value]) => value !== undefined)) as unknown as WorkloadEntrySpec;
}
