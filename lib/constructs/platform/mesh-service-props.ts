import type { Duration } from 'cdk8s';
import type { ConnectionPool } from '../resilience/connection-pool.ts';
import type { ExportTo } from '../traffic/audience.ts';
import type { PolicySettings } from '../traffic/destination-policy.ts';
import type { Retries } from '../traffic/retries.ts';
import type { RouteOrder } from '../traffic/route-order.ts';
import type { ServicePort } from './service-port.ts';
import type { VersionProps } from './workload.ts';

/** What is said of all requests of a service, and of its endpoints. */
export interface ServiceTrafficProps extends Pick<PolicySettings, 'loadBalancing' | 'connectionPool' | 'outlierDetection'> {
  /**
   * How long a request may take before it fails.
   *
   * @default - no timeout, as in Istio
   */
  readonly timeout?: Duration | undefined;
  /**
   * How often a failed request is tried again.
   *
   * @default - Istio's: 2 retries on connect-failure, refused-stream, unavailable, cancelled
   */
  readonly retries?: Retries | undefined;
  /**
   * In which order the routes of the service are tried.
   *
   * @default by-specificity - a route that takes a part of another's requests is tried before it; else as declared
   */
  readonly order?: RouteOrder | undefined;
  /**
   * Who is shown the rules of the service: `everyone`, `callers`, or namespaces by name beside those of the callers.
   *
   * @default - callers, once they are known, where nobody else gets in anyway: with access deny-by-default, and outside the mesh with outbound REGISTRY_ONLY; else everyone
   */
  readonly exportTo?: ExportTo | undefined;
  /**
   * The waypoint of the service, in an ambient namespace: a name, `namespace/name`, or `none`. The Service is labelled so; one
   * that something else makes must carry the labels already.
   *
   * @default - that of the namespace
   */
  readonly waypoint?: string | undefined;
}

/** A service and its versions. */
export interface MeshServiceProps<Version extends string> extends ServiceTrafficProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** Its port, or ports; a bare number is an HTTP port. */
  readonly port: number | ServicePort | readonly ServicePort[];
  /** The versions that run side by side, each a Deployment and a subset. */
  readonly versions: Readonly<Record<Version, VersionProps>>;
  /** How much its sidecars let in at once, whoever calls; `connectionPool` limits each client. @default - no limit */
  readonly inboundConnectionPool?: ConnectionPool | undefined;
  /** The identity of its workloads: the name of the ServiceAccount, which is made. @default - the name of the service */
  readonly serviceAccount?: string | undefined;
}

/** What the contract of a service does not say. */
export type ContractServiceProps<Version extends string> = Omit<MeshServiceProps<Version>, 'name' | 'port'>;

/** A service of this team that something else deploys. */
export interface DeployedServiceProps<Version extends string> extends ServiceTrafficProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  readonly port: number | ServicePort | readonly ServicePort[];
  /** Its versions, by the label `version` of their pods. @default - none to tell apart */
  readonly versions?: readonly Version[] | undefined;
  /** @default - the name of the service */
  readonly serviceAccount?: string | undefined;
}

/** A service that another team owns. */
export interface ExistingServiceProps<Version extends string> {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The namespace that it runs in. */
  readonly namespace: string;
  readonly port: number | ServicePort | readonly ServicePort[];
  /** Versions that it is known to have. @default - none known */
  readonly versions?: readonly Version[] | undefined;
  /** @default - the name of the service */
  readonly serviceAccount?: string | undefined;
  /** Labels of its pods, which a grant selects. @default - `app` with the name of the service */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
}
