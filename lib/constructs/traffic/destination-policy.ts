import type { Duration } from 'cdk8s';
import type { ClientTLSSettings, PortTrafficPolicy, Subset, TrafficPolicy } from '../l1.ts';
import { connectionPool, type ConnectionPool } from '../resilience/connection-pool.ts';
import { outlierDetection, usualOutlierDetection, type OutlierDetection } from '../resilience/outlier-detection.ts';
import { retryBudget, type RetryBudget } from '../resilience/retry-budget.ts';
import type { ClientTls } from '../values/client-tls.ts';
import type { LoadBalancing } from '../values/load-balancing.ts';
import type { Locality } from '../values/locality.ts';
import { loadBalancer } from './load-balancer.ts';

/** How clients treat the endpoints of a service. */
export interface PolicySettings {
  /** Which endpoint takes a request. @default - Istio's: the less busy of two */
  readonly loadBalancing?: LoadBalancing | undefined;
  /** Which localities take the requests of which. Failover brings the outlier detection that it needs. @default - as the mesh is set */
  readonly locality?: Locality | undefined;
  /** How an endpoint that is new gets its share by and by. @default - at once */
  readonly warmup?: Warmup | undefined;
  /** How much may be under way. @default - no limit */
  readonly connectionPool?: ConnectionPool | undefined;
  /** When an endpoint that fails gets no requests. @default - never */
  readonly outlierDetection?: OutlierDetection | undefined;
  /** How many of the requests under way may be retries. @default - no limit */
  readonly retryBudget?: RetryBudget | undefined;
  /** How clients connect. @default - mutual TLS by itself where the server has it */
  readonly tls?: ClientTls | undefined;
  /** A proxy that connections are tunnelled through. @default - none */
  readonly tunnel?: Tunnel | undefined;
  /** Whether connections begin with the PROXY protocol. @default - they do not */
  readonly proxyProtocol?: 'V1' | 'V2' | undefined;
}

/** How an endpoint that is new gets its share of requests. */
export interface Warmup {
  /** How long it takes. */
  readonly duration: Duration;
  /** The share that it begins with, in percent. @default - Istio's: 10 */
  readonly minimumPercent?: number | undefined;
  /** 1 grows evenly; more grows late. @default - Istio's: 1 */
  readonly aggression?: number | undefined;
}

/** A proxy that connections are tunnelled through. */
export interface Tunnel {
  readonly protocol: 'CONNECT' | 'POST';
  readonly targetHost: string;
  readonly targetPort: number;
}

/** Settings for a service, a version or a port of it, and who declared them. */
export interface PolicyPlan {
  readonly version?: string | undefined;
  readonly port?: number | undefined;
  readonly settings: PolicySettings;
  readonly declaredBy: string;
}

/** Everything that intents declare about how clients treat the endpoints of one service. */
export class DestinationPolicy {
  readonly #plans: PolicyPlan[] = [];

  /** @throws when the same setting is declared for the same endpoints already */
  add(plan: PolicyPlan): void {
    for (const name of given(plan.settings)) {
      const other = this.#plans.find(({ version, port, settings }) => version === plan.version && port === plan.port && settings[name] !== undefined);
      if (other) throw new Error(`${plan.declaredBy}: ${name} is declared by ${other.declaredBy} already, for the same endpoints; remove one of the two`);
    }
    this.#plans.push(plan);
    // What cannot be printed fails now, not at the end.
    print(plan.declaredBy, plan.settings);
  }

  /** Prints the policy of the service, and of its ports. */
  trafficPolicy(where: string, usual: PolicySettings): TrafficPolicy | undefined {
    return this.#printed(where, undefined, usual);
  }

  /** Prints the subsets, each with the policy of its version. */
  subsets(where: string, versions: ReadonlyMap<string, Readonly<Record<string, string>>>, usual: PolicySettings): Subset[] {
    return [...versions].map(([name, labels]) => {
      const trafficPolicy = this.#printed(where, name, usual);
      return { name, labels: { ...labels }, ...(trafficPolicy ? { trafficPolicy } : {}) };
    });
  }

  #printed(where: string, version: string | undefined, usual: PolicySettings): TrafficPolicy | undefined {
    const own = this.#settings(version, undefined, version === undefined ? usual : {});
    const ports = new Set(this.#plans.filter(plan => plan.port !== undefined && plan.version === version).map(plan => plan.port));
    const portLevelSettings = [...ports].map((port): PortTrafficPolicy => {
      // The policy of a port takes the place of all others, so it repeats what they say.
      const all = { ...this.#settings(undefined, undefined, usual), ...this.#settings(undefined, port, {}), ...(version === undefined ? {} : { ...own, ...this.#settings(version, port, {}) }) };
      const { locality, warmup, connectionPool: pool, outlierDetection: outliers, tls } = all;
      // What a port leaves out is Istio's own choice.
      const loadBalancing = all.loadBalancing?.by === 'UNSPECIFIED' ? undefined : all.loadBalancing;
      return { ...print(where, { loadBalancing, locality, warmup, connectionPool: pool, outlierDetection: outliers, tls }), port: { number: port } };
    });
    const printed = { ...print(where, own), ...(portLevelSettings.length === 0 ? {} : { portLevelSettings }) };
    return Object.keys(printed).length === 0 ? undefined : printed;
  }

  #settings(version: string | undefined, port: number | undefined, usual: PolicySettings): PolicySettings {
    return this.#plans
      .filter(plan => plan.version === version && plan.port === port)
      .reduce((all, { settings }) => ({ ...all, ...Object.fromEntries(given(settings).map(name => [name, settings[name]])) }), usual);
  }
}

function given(settings: PolicySettings): (keyof PolicySettings)[] {
  return (Object.keys(settings) as (keyof PolicySettings)[]).filter(name => settings[name] !== undefined);
}

function print(where: string, settings: PolicySettings): TrafficPolicy {
  const { locality, connectionPool: pool, retryBudget: budget, tls, tunnel, proxyProtocol } = settings;
  const balancer = loadBalancer(where, settings);
  const fails = locality?.kind === 'failover' || locality?.kind === 'priority' || (locality?.kind === 'zoneAware' && (locality.zoneAware.failover ?? locality.zoneAware.failoverPriority));
  const outliers = settings.outlierDetection ?? (fails ? usualOutlierDetection : undefined);
  const printed = {
    ...(balancer ? { loadBalancer: balancer } : {}),
    ...(pool ? { connectionPool: connectionPool(where, pool) } : {}),
    ...(outliers ? { outlierDetection: outlierDetection(where, outliers) } : {}),
    ...(budget ? { retryBudget: retryBudget(where, budget) } : {}),
    ...(tls ? { tls: clientTls(tls) } : {}),
    ...(tunnel ? { tunnel: { ...tunnel } } : {}),
    ...(proxyProtocol ? { proxyProtocol: { version: proxyProtocol } } : {}),
  };
  // A tunnel and the PROXY protocol together were refused before.
  return printed as unknown as TrafficPolicy;
}

function clientTls(tls: ClientTls): ClientTLSSettings {
  return Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
}
