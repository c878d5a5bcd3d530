import { Construct } from 'constructs';
import type { ExternalService } from '../gateway/external-service.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import type { PolicySettings } from './destination-policy.ts';

/** How clients treat the endpoints of a service, a version or a port. */
export interface TrafficPolicyProps<Version extends string> extends PolicySettings {
  /** The version whose endpoints it is for. @default - all */
  readonly version?: Version | undefined;
  /** The port of the service that it is for. @default - all */
  readonly port?: number | undefined;
}

/**
 * Says how clients treat the endpoints of a service: load balancing, circuit breaking, TLS. What is said of a version
 * adds to what is said of the service; what is said of a port, too.
 *
 * @example
 * new TrafficPolicy(reviews, 'breaker', { connectionPool: { http1MaxPendingRequests: 10 }, outlierDetection: { consecutive5xxErrors: 3 } });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/circuit-breaking/
 */
export class TrafficPolicy<Version extends string> extends Construct {
  /** @throws when the version or the port is unknown, or a setting is declared already for the same endpoints */
  constructor(service: MeshService<Version> | ExternalService<Version>, id: string, props: TrafficPolicyProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { version, port, ...settings } = props;
    const traffic = service.traffic(where);
    if (version !== undefined) service.requireVersion(where, 'version', version);
    if (port !== undefined) {
      portNumber(where, 'port', port);
      if (!service.ports.some(each => each.port === port)) throw new Error(`${where}: ${service.name} has no port ${port}; it has ${service.ports.map(each => each.port).join(', ')}`);
      const whole = (['retryBudget', 'tunnel', 'proxyProtocol'] as const).filter(name => settings[name] !== undefined);
      if (whole.length > 0) throw new Error(`${where}: ${whole.join(' and ')} cannot be said of one port; leave port out`);
    }
    if (Object.values(settings).every(value => value === undefined)) throw new Error(`${where}: it says nothing; give loadBalancing, connectionPool, outlierDetection or another setting`);
    if (settings.tunnel && settings.proxyProtocol) throw new Error(`${where}: a tunnel cannot begin with the PROXY protocol; leave one out`);
    traffic.treat({ version, port, settings, declaredBy: where });
  }
}
