import { Lazy, type Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { DestinationRule, VirtualService, type DestinationRuleSpec, type VirtualServiceSpec } from '../l1.ts';
import { isHttpPort, type ResolvedPort } from '../platform/service-port.ts';
import { Audience, type ExportTo } from './audience.ts';
import type { DeclaredTraffic, Detour } from './declared-traffic.ts';
import { DestinationPolicy, type PolicyPlan, type PolicySettings } from './destination-policy.ts';
import { gatewayVirtualService, meansToDiffer, type GatewayExposure } from './gateway-virtual-service.ts';
import { timeoutText, type RouteDefaults } from './http-route.ts';
import type { Layer4Route } from './layer4.ts';
import { meshVirtualService } from './mesh-virtual-service.ts';
import { httpRetry, type Retries } from './retries.ts';
import type { RouteOrder } from './route-order.ts';
import { Routing, type Split } from './routing.ts';

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
  /** Whether nobody gets in who is not known to call. */
  readonly closed: boolean;
  readonly exportTo?: ExportTo | undefined;
  readonly order?: RouteOrder | undefined;
  readonly timeout?: Duration | undefined;
  readonly retries?: Retries | undefined;
  /** Settings for clients that hold where no intent says otherwise. */
  readonly usualPolicy: () => PolicySettings;
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
  readonly #audience: Audience;
  #detour: Detour | undefined;

  /** @throws when the timeout or the retries cannot be */
  constructor(props: HostTrafficProps) {
    this.#props = props;
    this.#routing = new Routing(props.order);
    this.#defaults(undefined, props.hosts[0]);
    const { scope } = props;
    const where = scope.node.path;
    this.#audience = new Audience({ where, namespaceName: props.namespaceName, exportTo: props.exportTo, closed: props.closed });
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
    const spec = (): VirtualServiceSpec => gatewayVirtualService(this.#declared, exposures, hosts[0]);
    new VirtualService(scope, `virtual-service-${suffix}`, {
      metadata: { name: `${name}-${suffix}`, annotations: { 'galley.istio.io/analyze-suppress': Lazy.any({ produce: () => meansToDiffer(spec(), this.#meshSpec(hosts[0]), hosts[0]) }) as string } },
      spec: Lazy.any({ produce: spec }) as VirtualServiceSpec,
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

  /** The constructs that route requests by claims of their tokens. */
  claimsAskedBy(): readonly string[] {
    return this.#routing.claimsAskedBy();
  }

  /** Notes a namespace that calls the service, so that it is shown the rules. */
  calledFrom(namespaceName: string): void {
    this.#audience.add(namespaceName);
  }

  /** Notes that callers come from nobody knows where. */
  calledByAnyone(): void {
    this.#audience.open();
  }

  /** The namespaces that are shown the rules, as `exportTo` has them; undefined for all. */
  get exportTo(): readonly string[] | undefined {
    return this.#audience.exportTo;
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
    return meshVirtualService(this.#declared, host);
  }

  get #declared(): DeclaredTraffic {
    const { namespaceName, ports } = this.#props;
    return {
      namespaceName, ports, routing: this.#routing, layer4: this.#layer4, detour: this.#detour, exportTo: this.exportTo,
      defaults: (port, host) => this.#defaults(port, host),
    };
  }

  #destinationRuleSpec(host: string): DestinationRuleSpec {
    const { scope, versions, usualPolicy } = this.#props;
    const where = scope.node.path;
    const trafficPolicy = this.#policy.trafficPolicy(where, usualPolicy());
    const subsets = this.#policy.subsets(where, versions, usualPolicy());
    const exportTo = this.exportTo;
    return { host, ...(exportTo ? { exportTo } : {}), ...(trafficPolicy ? { trafficPolicy } : {}), ...(subsets.length === 0 ? {} : { subsets }) };
  }

  #defaults(port: number | undefined, host: string): RouteDefaults {
    const { scope, timeout, retries } = this.#props;
    const where = scope.node.path;
    return { host, port, timeout: timeout && timeoutText(where, timeout), retries: retries && httpRetry(where, retries), split: this.#routing.split?.shares ?? [] };
  }
}
