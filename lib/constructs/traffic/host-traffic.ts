import { Lazy, type Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { DestinationRule, VirtualService, type DestinationRuleSpec, type HTTPRoute, type VirtualServiceSpec } from '../l1.ts';
import { isHttpPort, type ResolvedPort } from '../platform/service-port.ts';
import { widestHosts } from '../values/name.ts';
import { DestinationPolicy, type PolicyPlan, type PolicySettings } from './destination-policy.ts';
import { timeoutText, type RouteDefaults } from './http-route.ts';
import { layer4Routes, type Layer4Route } from './layer4.ts';
import type { Alternative } from './request-set.ts';
import { httpRetry, type Retries } from './retries.ts';
import type { RouteOrder } from './route-order.ts';
import { Routing, type Exposure, type Share, type Split } from './routing.ts';
import { httpRoutes, virtualServiceSpec } from './virtual-service-spec.ts';

/** Whose requests they are. */
export interface HostTrafficProps {
  /** The construct whose chart holds the rules. */
  readonly scope: Construct;
  readonly name: string;
  readonly namespaceName: string;
  /** The hosts, as rules call them; each has a VirtualService and a DestinationRule of its own. */
  readonly hosts: readonly [string, ...string[]];
  readonly ports: readonly ResolvedPort[];
  /** The labels of each version. */
  readonly versions: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Whether rules are shown only to namespaces that are known to call. */
  readonly exports: boolean;
  readonly order?: RouteOrder | undefined;
  readonly timeout?: Duration | undefined;
  readonly retries?: Retries | undefined;
  /** Settings for clients that hold where no intent says otherwise. */
  readonly usualPolicy: () => PolicySettings;
}

/** A gateway through which a service can be reached, and how its connections arrive there. */
export interface GatewayExposure extends Exposure {
  /** The name of the gateway. */
  readonly gatewayName: string;
  readonly gatewayNamespace: string;
  /** The port of the service that requests are sent to. @default - its only one */
  readonly port?: number | undefined;
  /** `http`, or connections as they are: TLS by its server name, or TCP by the port of the gateway. */
  readonly carries: 'http' | 'tls' | 'tcp';
  readonly gatewayPort: number;
}

/** Where the mesh sends what is meant for a host outside: to an egress gateway. */
export interface Detour {
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly declaredBy: string;
}

/**
 * Everything declared about the requests of one service, and the VirtualServices and DestinationRules that say it:
 * one for the mesh and one for each gateway that exposes it, all printed from the same routes when the app is
 * synthesized. Each comes as soon as there is something to say.
 */
export class HostTraffic {
  readonly #props: HostTrafficProps;
  readonly #routing: Routing;
  readonly #policy = new DestinationPolicy();
  readonly #layer4: Layer4Route[] = [];
  readonly #exposures = new Map<string, GatewayExposure[]>();
  readonly #clients = new Set<string>();
  #detour: Detour | undefined;

  /** @throws when the timeout or the retries cannot be */
  constructor(props: HostTrafficProps) {
    this.#props = props;
    this.#routing = new Routing(props.order);
    this.#defaults(undefined, props.hosts[0]);
    const { scope } = props;
    const where = scope.node.path;
    if (props.retries && props.retries.attempts > 0) this.#routing.retried(where);
    if (props.timeout ?? props.retries) this.requests(where);
    scope.node.addValidation({ validate: () => this.#routing.stranded(new Set([...this.#exposures.values()].flat().map(({ gateway }) => gateway))) });
    if (props.versions.size > 0) this.destinationRule();
  }

  /**
   * What is declared of the requests. The first who asks brings the VirtualService.
   *
   * @throws when no port carries HTTP
   */
  requests(declaredBy: string): Routing {
    const { name, ports } = this.#props;
    if (!ports.some(isHttpPort)) {
      const protocols = [...new Set(ports.map(({ protocol }) => protocol))].join(', ');
      throw new Error(`${declaredBy}: ${name} has no HTTP port (only ${protocols}), so Istio sees no requests to route; route its connections with TcpRoute or TlsRoute, or say protocol: 'http' or 'grpc' where that is what it speaks`);
    }
    this.#virtualService();
    return this.#routing;
  }

  /** Declares how requests and connections are divided. */
  divide(split: Split): void {
    this.#virtualService();
    this.#routing.divide(split);
  }

  /** Declares where connections go that look alike. */
  connect(route: Layer4Route): void {
    this.#virtualService();
    this.#layer4.push(route);
  }

  /** Declares how clients treat the endpoints. */
  treat(plan: PolicyPlan): void {
    this.#policy.add(plan);
    this.destinationRule();
  }

  /** Declares a gateway through which the service can be reached. */
  expose(exposure: GatewayExposure): void {
    const { scope, name, hosts } = this.#props;
    const key = JSON.stringify([exposure.gateway, exposure.hosts, exposure.port, exposure.carries, exposure.gatewayPort]);
    const known = this.#exposures.get(key);
    if (known) {
      known.push(exposure);
      return;
    }
    const count = [...this.#exposures.values()].filter(([first]) => first?.gateway === exposure.gateway).length;
    const suffix = `${exposure.gatewayName}${count === 0 ? '' : `-${count + 1}`}`;
    const exposures = [exposure];
    this.#exposures.set(key, exposures);
    new VirtualService(scope, `virtual-service-${suffix}`, {
      metadata: { name: `${name}-${suffix}` },
      spec: Lazy.any({ produce: () => this.#gatewaySpec(exposures, hosts[0]) }) as VirtualServiceSpec,
    });
  }

  /** Sends what the mesh has for the host to an egress gateway. */
  detour(detour: Detour): void {
    if (this.#detour) throw new Error(`${detour.declaredBy}: requests leave through ${this.#detour.declaredBy} already; remove one of the two`);
    this.#detour = detour;
    this.#virtualService();
  }

  /** Brings the DestinationRule, if it is not there. */
  destinationRule(): void {
    const { scope } = this.#props;
    if (scope.node.tryFindChild('destination-rule')) return;
    this.#each('destination-rule', (id, name, host) => {
      new DestinationRule(scope, id, { metadata: { name }, spec: Lazy.any({ produce: () => this.#destinationRuleSpec(host) }) as DestinationRuleSpec });
    });
  }

  /** Notes a namespace that calls the service, so that it is shown the rules. */
  calledFrom(namespaceName: string): void {
    this.#clients.add(namespaceName);
  }

  /** The namespaces that are shown the rules, as `exportTo` has them; undefined for all. */
  get exportTo(): readonly string[] | undefined {
    const { namespaceName, exports } = this.#props;
    if (!exports || this.#clients.size === 0) return undefined;
    return ['.', ...[...this.#clients].filter(client => client !== namespaceName).sort()];
  }

  #virtualService(): void {
    const { scope } = this.#props;
    if (scope.node.tryFindChild('virtual-service')) return;
    this.#each('virtual-service', (id, name, host) => {
      new VirtualService(scope, id, { metadata: { name }, spec: Lazy.any({ produce: () => this.#meshSpec(host) }) as VirtualServiceSpec });
    });
  }

  /** One object a host. */
  #each(id: string, make: (id: string, name: string, host: string) => void): void {
    const { name, hosts } = this.#props;
    hosts.forEach((host, i) => { make(i === 0 ? id : `${id}-${i + 1}`, i === 0 ? name : `${name}-${i + 1}`, host); });
  }

  #meshSpec(host: string): VirtualServiceSpec {
    const exportTo = this.exportTo;
    // A name that TLS is routed by must be among the hosts.
    const shown = { hosts: [...new Set([host, ...this.#layer4.flatMap(({ sniHosts }) => sniHosts)])], ...(exportTo ? { exportTo } : {}) };
    if (this.#detour) return virtualServiceSpec({ ...shown, ...this.#leaving(this.#detour, host) });
    const layer4 = layer4Routes([...this.#layer4.flatMap(route => this.#aPort(route)), ...this.#dividedConnections(host)], { host, port: this.#ownPort });
    return virtualServiceSpec({ ...shown, http: this.#meshRoutes(host), ...layer4 });
  }

  /** What was sent to one port goes on to the same one; where there are several for HTTP, each has routes of its own. */
  #meshRoutes(host: string): HTTPRoute[] {
    const { ports } = this.#props;
    const asked = ports.filter(port => carries(port) === 'http').map(({ port }) => port);
    if (asked.length > 1) return asked.flatMap(port => httpRoutes(this.#routing, [[inMesh, { on: 'port', port }]], this.#defaults(port, host)));
    return asked.flatMap(port => httpRoutes(this.#routing, [[inMesh]], this.#defaults(this.#ownPort({ port }), host), { asked: port }));
  }

  /** The port to name where a service has several. */
  readonly #ownPort = ({ port }: { readonly port?: number | undefined }): number | undefined => (this.#props.ports.length > 1 ? port : undefined);

  #aPort(route: Layer4Route): readonly Layer4Route[] {
    if (route.port !== undefined || this.#props.ports.length === 1) return [route];
    return this.#props.ports.filter(port => carries(port) === route.kind).map(({ port }) => ({ ...route, port }));
  }

  /** Connections are divided as requests are. */
  #dividedConnections(host: string): Layer4Route[] {
    const split = this.#routing.split;
    if (!split) return [];
    return this.#props.ports.flatMap((port): Layer4Route[] => {
      const kind = carries(port);
      return kind === 'http' ? [] : [{ kind, port: port.port, sniHosts: kind === 'tls' ? [host] : [], destinationSubnets: [], shares: split.shares, declaredBy: split.declaredBy }];
    });
  }

  #leaving({ host, port, version }: Detour, own: string): Pick<VirtualServiceSpec, 'http' | 'tls'> {
    const route = [{ destination: { host, subset: version, port: { number: port } } }];
    const { ports } = this.#props;
    const tls = ports.filter(({ protocol }) => protocol === 'https' || protocol === 'tls');
    return {
      ...(ports.some(given => carries(given) === 'http') ? { http: [{ route }] } : {}),
      ...(tls.length === 0 || ports.some(given => carries(given) === 'http') ? {} : { tls: tls.map(given => ({ match: [{ port: given.port, sniHosts: [own] }], route })) }),
    };
  }

  #gatewaySpec(exposures: readonly GatewayExposure[], own: string): VirtualServiceSpec {
    const [first] = exposures as readonly [GatewayExposure];
    const { namespaceName, ports } = this.#props;
    const near = first.gatewayNamespace === namespaceName;
    const shown = {
      hosts: widestHosts(first.hosts),
      gateways: [near ? first.gatewayName : first.gateway],
      ...(this.exportTo ? { exportTo: [near ? '.' : first.gatewayNamespace] } : {}),
    };
    // With several ports, a gateway would send requests to the one that it listens on itself.
    const port = first.port ?? (ports.length > 1 ? ports.find(given => carries(given) === first.carries)?.port : undefined);
    if (first.carries !== 'http') {
      const layer4 = layer4Routes([{ kind: first.carries, port: first.gatewayPort, sniHosts: first.carries === 'tls' ? first.hosts : [], destinationSubnets: [], shares: this.#shares(), declaredBy: first.declaredBy }], { host: own, port: () => port });
      return virtualServiceSpec({ ...shown, ...layer4 });
    }
    const place: Alternative = [{ on: 'place', place: first.gateway }];
    const paths = exposures.flatMap(exposure => exposure.paths);
    const limits = paths.length === 0 ? [place] : paths.map((path): Alternative => [...place, path]);
    const atGateway = port ?? ports[0]?.port;
    return virtualServiceSpec({ ...shown, http: httpRoutes(this.#routing, limits, this.#defaults(port, own), { atGateway }) });
  }

  #destinationRuleSpec(host: string): DestinationRuleSpec {
    const { scope, versions, usualPolicy } = this.#props;
    const where = scope.node.path;
    const trafficPolicy = this.#policy.trafficPolicy(where, usualPolicy());
    const subsets = this.#policy.subsets(where, versions, usualPolicy());
    const exportTo = this.exportTo;
    return { host, ...(exportTo ? { exportTo } : {}), ...(trafficPolicy ? { trafficPolicy } : {}), ...(subsets.length === 0 ? {} : { subsets }) };
  }

  #shares(): readonly Share[] {
    return this.#routing.split?.shares ?? [];
  }

  #defaults(port: number | undefined, host: string): RouteDefaults {
    const { scope, timeout, retries } = this.#props;
    const where = scope.node.path;
    return { host, port, timeout: timeout && timeoutText(where, timeout), retries: retries && httpRetry(where, retries), split: this.#shares() };
  }
}

const inMesh = { on: 'place', place: 'mesh' } as const;

/** What a port carries, as rules tell it apart. */
export function carries(port: ResolvedPort): 'http' | 'tls' | 'tcp' {
  if (isHttpPort(port)) return 'http';
  return port.protocol === 'https' || port.protocol === 'tls' ? 'tls' : 'tcp';
}
