import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, Gateway, type AuthorizationPolicySpec, type GatewaySpec } from '../l1.ts';
import { MeshNamespace, refuseUnenforced } from '../platform/mesh-namespace.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { policyPath } from '../security/access.ts';
import type { RuleProps } from '../security/declared-rule.ts';
import { bySelector, statusPort, type PolicyPlace, type PolicyTarget } from '../security/policy-place.ts';
import { RequireJwt } from '../security/require-jwt.ts';
import { checkCallers } from '../security/rule-traps.ts';
import { tokenTakenAway } from '../security/token-on-the-way.ts';
import { unknownIssuers } from '../security/unknown-issuers.ts';
import { carries } from '../platform/service-port.ts';
import type { GatewayExposure } from '../traffic/gateway-virtual-service.ts';
import { claimSameRequests } from '../traffic/routing.ts';
import { dnsLabel, domainName, freeId, hostName, hostsMeet } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import { checkServerTls } from '../values/server-tls.ts';
import { warn } from '../values/warning.ts';
import { exposureRules } from './exposure-rules.ts';
import type { ExposeProps, ForwardProps, IngressGatewayProps } from './ingress-gateway-props.ts';
import { listening, type Listeners } from './listeners.ts';
import { servers } from './servers.ts';

/** A service that is let in, and for whom. */
interface Exposed extends GatewayExposure {
  readonly service: MeshService;
  readonly from: RuleProps['from'];
}

/**
 * A door into the mesh. The pods that run it belong to the installation; this says what they let in.
 *
 * @example
 * const ingress = new IngressGateway(edge, 'ingress', { hosts: ['bookinfo.example.com'], tls: ServerTls.simple('bookinfo-cert') });
 * ingress.exposes(productpage, { paths: [Path.exact('/productpage'), Path.prefix('/static/')] });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressGateway extends Construct implements PolicyTarget {
  readonly name: string;
  readonly namespace: MeshNamespace;
  readonly hosts: readonly string[];
  readonly #exposures: Exposed[] = [];
  readonly #props: IngressGatewayProps;
  readonly #selector: Readonly<Record<string, string>>;
  readonly #principal: string;
  readonly #port: number;
  readonly #tlsPort: number;
  readonly #listens: Listeners;

  /** @throws when a host is none, given twice, or answered by another gateway of the same pods */
  constructor(scope: Construct, id: string, props: IngressGatewayProps) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    this.namespace = MeshNamespace.enclosing(this);
    this.name = dnsLabel(where, 'the name of a gateway', props.name ?? id);
    this.hosts = props.hosts === 'any' ? ['*'] : props.hosts.map(host => hostName(where, host));
    const twice = this.hosts.find((host, i) => this.hosts.indexOf(host) !== i);
    if (twice !== undefined) throw new Error(`${where}: host "${twice}" is listed twice; list it once`);
    if (this.hosts.length === 0) throw new Error(`${where}: a gateway needs a host, got none`);
    this.#props = props;
    this.#port = portNumber(where, 'port', props.port ?? 80);
    this.#tlsPort = portNumber(where, 'tlsPort', props.tlsPort ?? 443);
    if (!props.tls && (props.plain ?? props.tlsPort)) throw new Error(`${where}: ${props.plain ? 'plain' : 'tlsPort'} says something only where the gateway speaks TLS; give tls, or leave it out`);
    if (props.tls?.mode === 'PASSTHROUGH' && (props.plain ?? 'closed') !== 'closed') {
      throw new Error(`${where}: a gateway that passes TLS on serves no plain HTTP; make a gateway of its own for that`);
    }
    if (props.tls) checkServerTls(where, props.tls);
    this.#selector = props.selector ?? { istio: 'ingress' };
    const account = domainName(where, 'serviceAccount', props.serviceAccount ?? 'istio-ingress');
    this.#principal = `${this.namespace.mesh.trustDomain}/ns/${this.namespace.name}/sa/${account}`;
    this.#listens = listening(this.namespace.mesh);
    this.#listens.add({ where, selector: this.#selector, ports: this.listensOn, hosts: this.hosts });
    new Gateway(this, 'gateway', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: () => this.#gatewaySpec() }) as GatewaySpec,
    });
    this.node.addValidation({ validate: () => this.#problems() });
  }

  #problems(): string[] {
    if (this.#exposures.length === 0) return ['the gateway lets nothing in; expose a service with exposes(…), or remove it'];
    this.#warnOfClaims();
    return [...this.#unknownIssuers(), ...this.#tokensTakenAway()];
  }

  /** The gateway as routes refer to it: `namespace/name`. */
  get reference(): string {
    return `${this.namespace.name}/${this.name}`;
  }

  /** The Secrets with its certificates, in its namespace. */
  get credentialNames(): readonly string[] {
    return this.#props.tls?.credentialNames ?? [];
  }

  /** Labels of the pods that run it. */
  get podLabels(): Readonly<Record<string, string>> {
    return { ...this.#selector };
  }

  /**
   * Lets requests through to a service, and grants the gateway access to it.
   *
   * @throws when a host is not the gateway's, or another service takes the same requests
   */
  exposes(service: MeshService, props: ExposeProps = {}): void {
    const where = this.node.path;
    const { paths = [], port, from = 'anyone' } = props;
    checkCallers(where, from, this.namespace.mesh);
    const hosts = props.hosts?.map(host => (host === '*' ? host : hostName(where, host))) ?? this.hosts;
    for (const host of hosts) {
      if (!this.hosts.includes(host)) throw new Error(`${where}: host "${host}" is not the gateway's; it has ${this.hosts.join(', ')}`);
    }
    const sends = this.#props.tls?.mode === 'PASSTHROUGH' ? 'tls' : 'http';
    if (sends === 'tls' && paths.length > 0) throw new Error(`${where}: a gateway that passes TLS on cannot see paths; leave them out`);
    if (paths.some(({ test }) => test.ignoreCase === true)) throw new Error(`${where}: paths that are let in have case, for access is granted by them; write each spelling, or a prefix above them`);
    this.#expose(service, { hosts, paths, port, from, carries: sends, gatewayPort: sends === 'tls' ? this.#tlsPort : this.#port });
  }

  /**
   * Lets connections through to a service that carry no HTTP, on a port of their own.
   *
   * @throws when the port is taken
   */
  forwards(service: MeshService, props: ForwardProps): void {
    const gatewayPort = portNumber(this.node.path, 'port', props.port);
    const taken = [this.#port, ...(this.#props.tls ? [this.#tlsPort] : []), ...this.#exposures.filter(exposure => exposure.carries === 'tcp').map(exposure => exposure.gatewayPort)];
    if (taken.includes(gatewayPort)) throw new Error(`${this.node.path}: port ${gatewayPort} of the gateway is taken; give ${service.node.path} another`);
    this.#listens.add({ where: this.node.path, selector: this.#selector, ports: [gatewayPort], hosts: ['*'], isTcp: true });
    this.#expose(service, { hosts: ['*'], paths: [], port: props.to, from: 'anyone', carries: 'tcp', gatewayPort });
  }

  #expose(service: MeshService, given: Pick<Exposed, 'hosts' | 'paths' | 'port' | 'from' | 'carries' | 'gatewayPort'>): void {
    const where = this.node.path;
    const exposure = { ...given, gateway: this.reference, gatewayName: this.name, gatewayNamespace: this.namespace.name, declaredBy: where, service };
    const rival = this.#exposures.find(other => other.gatewayPort === exposure.gatewayPort && claimSameRequests(other, exposure));
    if (rival) {
      throw new Error(`${where}: ${service.node.path} and ${rival.service.node.path} would both take requests for ${given.hosts.join(', ')} at this gateway; give them paths that do not overlap`);
    }
    if (given.port !== undefined && !service.ports.some(({ port }) => port === given.port)) {
      throw new Error(`${where}: ${service.node.path} has no port ${given.port}; it has ${service.ports.map(({ port }) => port).join(', ')}`);
    }
    if (!service.ports.some(each => (given.port === undefined || each.port === given.port) && takes(given.carries, carries(each)))) {
      const protocols = [...new Set(service.ports.map(({ protocol }) => protocol))].join(', ');
      const wanted = { http: 'HTTP port', tls: 'port for TLS that is passed on', tcp: 'port for connections' }[given.carries];
      throw new Error(`${where}: ${service.name} has no ${wanted} (only ${protocols}); let it in by another gateway, or say what its port speaks`);
    }
    service.traffic(where).expose(exposure);
    service.grant({ principal: this.#principal, paths: given.paths.map(policyPath), declaredBy: where });
    if (this.#exposures.length === 0 && this.namespace.emits === 'everything') this.#letIn();
    this.#exposures.push(exposure);
  }

  /** The ports that it listens on for its hosts. */
  get listensOn(): readonly number[] {
    const { tls } = this.#props;
    if (!tls) return [this.#port];
    return this.#plain === 'closed' ? [this.#tlsPort] : [this.#port, this.#tlsPort];
  }

  get #plain(): 'redirect' | 'serve' | 'closed' {
    return this.#props.plain ?? (this.#props.tls?.mode === 'PASSTHROUGH' ? 'closed' : 'redirect');
  }

  policyPlace(declaredBy: string): PolicyPlace {
    refuseUnenforced(declaredBy, this.namespace);
    const { mesh } = this.namespace;
    const passes = this.#props.tls?.mode === 'PASSTHROUGH';
    // Whoever comes in plain HTTP is only sent to https, where a browser sends its cookies.
    const redirects = this.#props.tls !== undefined && this.#plain === 'redirect';
    const connections = (): readonly number[] => this.#exposures.filter(exposure => exposure.carries === 'tcp').map(exposure => exposure.gatewayPort);
    return {
      scope: this,
      prefix: this.name,
      mesh,
      attach: make => { make(bySelector(this.#selector)); },
      enforcedBy: 'proxy',
      ztunnels: () => [],
      ports: [...this.listensOn, ...connections()].map(port => ({ port, seen: port, carriesHttp: !connections().includes(port) && !(passes && port === this.#tlsPort) })),
      otherPorts: () => [...new Set([statusPort, ...connections(), ...(passes ? [this.#tlsPort] : []), ...(redirects ? [this.#port] : []), ...this.#others.flatMap(({ isTcp, ports }) => (isTcp === true ? ports : []))])],
      otherHosts: () => [...new Set(this.#others.flatMap(({ hosts }) => hosts))].filter(host => !this.hosts.some(own => hostsMeet(own, host))),
      within: [this.namespace, mesh],
      letsInBy: 'exposes(…, { from })',
    };
  }

  /** What other gateways have the same pods listen for. */
  get #others(): ReturnType<Listeners['besides']> {
    return this.#listens.besides(this.node.path, this.#selector);
  }

  /** Only a token that was validated has claims; to routes that ask for some, all others have none. Another's YAML may validate them. */
  #warnOfClaims(): void {
    if (this.#validatesTokens()) return;
    const asks = this.#exposures.flatMap(({ service, carries: sends }) => (sends === 'http' ? service.traffic(this.node.path).claimsAskedBy() : []));
    for (const by of new Set(asks)) warn(this, `${by} routes requests by claims of their tokens, and nothing here validates tokens at this gateway, without which it never matches; declare RequireJwt for it, its namespace or its mesh`);
  }

  #validatesTokens(): boolean {
    return [this, this.namespace, this.namespace.mesh].some(target => RequireJwt.of(target) !== undefined);
  }

  #tokensTakenAway(): readonly string[] {
    const { mesh } = this.namespace;
    const services = new Set(this.#exposures.filter(exposure => exposure.carries === 'http').map(({ service }) => service));
    return [...services].map(service => tokenTakenAway([this, this.namespace, mesh], [service, service.namespace, mesh])).filter(text => text !== undefined);
  }

  #unknownIssuers(): readonly string[] {
    return this.#exposures.flatMap(({ from, service }) => unknownIssuers({ from }, [this, this.namespace, this.namespace.mesh]).map(text => `exposing ${service.node.path}: ${text}`));
  }

  /** Where nothing is let in by default, the gateway's own pods need to be told as well. */
  #letIn(): void {
    new AuthorizationPolicy(this, 'exposed', {
      metadata: { name: `${this.name}-exposed` },
      spec: Lazy.any({
        produce: (): AuthorizationPolicySpec => ({ selector: { matchLabels: { ...this.#selector } }, action: 'ALLOW', rules: this.#exposures.flatMap(exposure => exposureRules(exposure, exposure.from, this.namespace.mesh)) }),
      }) as AuthorizationPolicySpec,
    });
  }

  #gatewaySpec(): GatewaySpec {
    // Only the namespaces of exposed services may bind routes to a host.
    const bound = (exposures: readonly Exposed[]): string[] => {
      if (this.#props.routesFrom === 'any') return [...new Set(exposures.flatMap(({ hosts }) => hosts))];
      return [...new Set(exposures.flatMap(({ service, hosts }) => hosts.map(host => `${service.namespaceName}/${host}`)))];
    };
    const connections = this.#exposures.filter(exposure => exposure.carries === 'tcp');
    return {
      selector: { ...this.#selector },
      servers: servers({
        port: this.#port,
        tlsPort: this.#tlsPort,
        tls: this.#props.tls,
        plain: this.#plain,
        hosts: bound(this.#exposures.filter(exposure => exposure.carries !== 'tcp')),
        connections: connections.map(exposure => ({ port: exposure.gatewayPort, hosts: bound([exposure]) })),
      }),
    };
  }
}

/** Whether a port understands what a gateway sends; connections may carry anything but what the gateway would have to read. */
function takes(sent: GatewayExposure['carries'], carried: GatewayExposure['carries']): boolean {
  return sent === carried || (sent === 'tcp' && carried === 'tls');
}
