import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ExternalService } from '../gateway/external-service.ts';
import type { AccessProps, Callee, Grant } from '../security/access.ts';
import type { DeclaredRule } from '../security/declared-rule.ts';
import { MutualTls, type MtlsPlace, type MtlsTarget } from '../security/mutual-tls.ts';
import { AppMetrics } from '../observability/app-metrics.ts';
import { contractMetrics } from '../observability/metric-catalogue.ts';
import { SpanReceivers } from '../observability/span-receivers.ts';
import { bySelector, byService, type PolicyPlace, type PolicyTarget } from '../security/policy-place.ts';
import type { PolicySettings } from '../traffic/destination-policy.ts';
import { HostTraffic } from '../traffic/host-traffic.ts';
import { warnOfRepeatedWork } from '../traffic/repeated-work.ts';
import type { Receiver, Routed } from '../traffic/routed.ts';
import { ClientTls } from '../values/client-tls.ts';
import { dnsLabel, domainName, freeId, metadataKeys, serviceName } from '../values/name.ts';
import type { ServiceContract } from '../../runtime/contract/index.ts';
import { keptOut } from './injection.ts';
import { MeshNamespace, refuseUnenforced } from './mesh-namespace.ts';
import type { ContractServiceProps, DeployedServiceProps, ExistingServiceProps, MeshServiceProps, ServiceTrafficProps } from './mesh-service-props.ts';
import { ServiceAccess } from './service-access.ts';
import { isHttpPort, resolvePorts, type ResolvedPort } from './service-port.ts';
import { SidecarScope } from './sidecar-scope.ts';
import { serviceWorkloads, type ServiceWorkloads } from './service-workloads.ts';
import type { UsedWaypoint } from './used-waypoint.ts';
import { checkVersion } from './workload.ts';

/**
 * A service of the mesh: its Deployments (one a version), Service, ServiceAccount and DestinationRule; a
 * VirtualService as soon as something is to be said of its requests, an AuthorizationPolicy as soon as it is called,
 * a Sidecar as soon as it calls. One host has one VirtualService and one DestinationRule, printed when the app is
 * synthesized from everything declared until then.
 *
 * @example
 * const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image }, v2: { image } } });
 */
export class MeshService<Version extends string = string> extends Construct implements MtlsTarget, PolicyTarget, Routed<Version> {
  readonly name: string;
  /** The mesh namespace whose chart holds the construct: its own, or that of the team that calls it. */
  readonly namespace: MeshNamespace;
  /** The name of the Kubernetes namespace that it runs in. */
  readonly namespaceName: string;
  readonly serviceAccount: string;
  readonly versions: readonly Version[];
  readonly ports: readonly ResolvedPort[];
  /** What the running service reads too: its metrics, routes, tokens. */
  readonly contract: ServiceContract | undefined;
  /** The waypoint that serves it; of another team's it is not known. */
  readonly waypoint: UsedWaypoint | undefined;
  readonly #owned: boolean;
  /** Whether its own pods are kept out of the mesh. */
  readonly #leftOut: boolean;
  readonly #podLabels: Readonly<Record<string, string>>;
  readonly #traffic: HostTraffic | undefined;
  readonly #access: ServiceAccess;
  readonly #sidecars: SidecarScope;
  readonly #workloads: ServiceWorkloads | undefined;

  /**
   * A service that another team owns. Nothing is emitted into its namespace; what it must grant can be had as a chart
   * to hand over ({@link MeshService.grants}).
   */
  static existing<const Version extends string = never>(scope: Construct, id: string, props: ExistingServiceProps<Version>): MeshService<Version> {
    return new MeshService<Version>(scope, id, { existing: props });
  }

  /**
   * A service of this team whose Deployments, Service and ServiceAccount something else makes, a Helm chart for
   * example: only what is said of its requests is emitted.
   */
  static deployed<const Version extends string = never>(scope: Construct, id: string, props: DeployedServiceProps<Version>): MeshService<Version> {
    return new MeshService<Version>(scope, id, { deployed: props });
  }

  /**
   * A service as its contract says it: name and ports, the probes and the environment of its workloads. What `meshwright/runtime`
   * emits when it runs is what the mesh expects of it.
   *
   * @example
   * MeshService.fromContract(shop, reviews, { versions: { v1: { image } } });
   */
  static fromContract<const Version extends string>(scope: Construct, contract: ServiceContract, props: ContractServiceProps<Version>): MeshService<Version> {
    return new MeshService<Version>(scope, contract.name, { ...props, name: contract.name, port: contract.ports, contract });
  }

  /** @throws when a name is no DNS label, a port is out of range, or the namespace has the service already */
  constructor(
    scope: Construct,
    id: string,
    props:
      | (MeshServiceProps<Version> & { readonly contract?: ServiceContract })
      | { readonly existing: ExistingServiceProps<Version> }
      | { readonly deployed: DeployedServiceProps<Version> },
  ) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const given = 'existing' in props ? props.existing : 'deployed' in props ? props.deployed : props;
    this.namespace = MeshNamespace.enclosing(this);
    this.name = serviceName(where, 'the name of a service', given.name ?? id);
    this.serviceAccount = domainName(where, 'serviceAccount', given.serviceAccount ?? this.name);
    this.ports = resolvePorts(where, given.port);
    this.#sidecars = new SidecarScope({ scope: this, name: this.name, namespace: this.namespace });
    this.contract = 'existing' in props || 'deployed' in props ? undefined : props.contract;
    if (this.contract) AppMetrics.of(this).add(contractMetrics(this.contract));
    this.#leftOut = !('existing' in props || 'deployed' in props) && keptOut(where, props.versions);
    const { mesh, dataPlane, emits } = this.namespace;
    this.#access = new ServiceAccess({
      service: this,
      mesh,
      callee: () => this.#callee,
      scope: 'existing' in props || this.#leftOut || dataPlane === 'none' || emits === 'traffic' ? undefined : this,
      traffic: () => this.#traffic,
    });
    if ('existing' in props) {
      this.#owned = false;
      this.namespaceName = dnsLabel(where, 'namespace', props.existing.namespace);
      this.versions = props.existing.versions ?? [];
      this.#podLabels = { ...(props.existing.podLabels ?? { app: this.name }) };
      metadataKeys(where, 'label', this.#podLabels);
      return;
    }
    this.#owned = true;
    this.#podLabels = { app: this.name };
    this.namespaceName = this.namespace.name;
    this.versions = 'deployed' in props ? props.deployed.versions ?? [] : Object.keys(props.versions) as Version[];
    if (this.versions.length === 0 && !('deployed' in props)) throw new Error(`${where}: a service needs a version, got none; give versions: { v1: { image } }`);
    for (const version of this.versions) {
      if ('deployed' in props) dnsLabel(where, 'a version', version);
      else checkVersion(where, version, props.versions[version]);
    }
    const said: ServiceTrafficProps = 'deployed' in props ? props.deployed : props;
    this.waypoint = this.namespace.waypointOfService(this.name, where, said.waypoint);
    this.namespace.register(this.name, where, this.ports, this.contract ? [this.contract.metrics.port, this.contract.profiling.port] : [], this.waypoint);
    if (!('deployed' in props)) this.#workloads = serviceWorkloads(this, { name: this.name, waypoint: this.waypoint, namespace: this.namespace, serviceAccount: this.serviceAccount, ports: this.ports, versions: props.versions, contract: this.contract });
    if (this.#workloads && this.inMesh) SpanReceivers.of(this).service(this);
    this.#traffic = this.#makeTraffic(said);
    const { loadBalancing, connectionPool, outlierDetection } = said;
    if (loadBalancing ?? connectionPool ?? outlierDetection) this.#traffic.treat({ settings: { loadBalancing, connectionPool, outlierDetection }, declaredBy: where });
    if (!('deployed' in props) && props.inboundConnectionPool) this.#sidecars.limit(props.inboundConnectionPool);
    this.node.addValidation({ validate: () => this.#access.refused({ within: [this.namespace, this.namespace.mesh] }) });
    if (said.retries) {
      const warning = (): void => { warnOfRepeatedWork(this, said.retries, this.#access.grants.flatMap(({ methods = [] }) => methods), ', or give them a route of their own with attempts: 0'); };
      // Who calls is known at the end.
      this.node.addValidation({ validate: () => { warning(); return []; } });
    }
  }

  /** The service as its own namespace calls it, or by its full name where it is another team's. */
  get host(): string {
    return this.#owned ? this.name : this.fullHost;
  }

  /** The full name of the service in DNS. */
  get fullHost(): string {
    return `${this.name}.${this.namespaceName}.svc.${this.namespace.mesh.clusterDomain}`;
  }

  /** The names by which callers see it. */
  get fullHosts(): readonly string[] {
    return [this.fullHost];
  }

  /** Whether a proxy stands before its workloads; of another team's it is taken for granted. */
  get inMesh(): boolean {
    return !this.#owned || (this.namespace.dataPlane !== 'none' && !this.#leftOut);
  }

  /** The identity of its workloads, as certificates carry it. */
  get principal(): string {
    return `${this.namespace.mesh.trustDomain}/ns/${this.namespaceName}/sa/${this.serviceAccount}`;
  }

  /**
   * The cdk8s-plus Deployment of one version, for what no prop says.
   *
   * @throws when the service has no such version, or is another team's
   */
  deployment(version: NoInfer<Version>): kplus.Deployment {
    this.requireVersion(this.node.path, 'version', version);
    const deployment = this.#workloads?.deployments.get(version);
    if (!deployment) throw new Error(`${this.node.path}: ${this.name} belongs to another team; it has no Deployment here`);
    return deployment;
  }

  /**
   * The cdk8s-plus Service, for what no prop says.
   *
   * @throws when the service is another team's
   */
  get service(): kplus.Service {
    if (!this.#workloads) throw new Error(`${this.node.path}: ${this.name} belongs to another team; it has no Service here`);
    return this.#workloads.service;
  }

  /**
   * Declares that this service calls another: access at the callee, and the callee in sight of this service.
   *
   * @example
   * reviews.calls(ratings, { methods: ['GET'], paths: ['/ratings/*'] });
   *
   * @throws when the callee cannot enforce the limits or know the caller, or the call was declared before
   */
  calls(callee: MeshService | ExternalService, access: AccessProps = {}): void {
    this.requireOwned('what a service calls');
    const where = this.node.path;
    if (this.#leftOut && callee.inMesh) throw new Error(`${where}: its pods are kept out of the mesh (injection.enabled false), so it has no identity that ${callee.node.path} could know; take it into the mesh, or grant by other means`);
    if (this.namespace.dataPlane === 'none' && callee.inMesh) {
      throw new Error(`${where}: its namespace is not in the mesh (dataPlane "none"), so it has no identity that ${callee.node.path} could know; take it into the mesh, or grant by other means`);
    }
    const hosts = callee.fullHosts.map(host => `${callee.namespaceName === this.namespaceName ? '.' : callee.namespaceName}/${host}`);
    if (hosts.some(host => this.#sidecars.calls(host))) throw new Error(`${where}: it calls ${callee.node.path} already; say all methods and paths in one place`);
    callee.grant({ ...access, principal: this.principal, declaredBy: where });
    this.#sidecars.see(hosts);
  }

  /** Grants an identity access: a rule of this service's AuthorizationPolicy. */
  grant(grant: Grant): void {
    this.namespace.needsWaypoint(this.waypoint, grant.declaredBy);
    this.#access.grant(grant);
  }

  /** Lets in those that a rule takes, beside who was granted access. `Allow` says so. */
  allow(rule: DeclaredRule): void {
    this.#access.allow(rule);
  }

  /**
   * Emits what another team's service must grant to those who call it here, into a chart of your choice: hand it over.
   *
   * @throws when the service is this team's: its grants are in its namespace already
   */
  grants(scope: Construct): void {
    if (this.#owned) throw new Error(`${this.node.path}: ${this.name} is in a namespace of this mesh, so its grants are there already`);
    this.#access.write(scope, `${this.name}-callers`);
    // An ALLOW policy without rules would lock everyone out of the other team's service.
    this.node.addValidation({ validate: () => (this.#access.grants.length === 0 ? [`nothing calls ${this.name}, so its grants would deny everyone; declare a call, or leave grants(…) out`] : []) });
  }

  /**
   * Everything declared on the requests of this service.
   *
   * @throws when the service is another team's
   */
  traffic(declaredBy: string): HostTraffic {
    this.requireOwned(`routing by ${declaredBy}`);
    return this.#traffic as HostTraffic;
  }

  /** The service as rules of a namespace call it. */
  hostFor(namespaceName: string): string {
    return namespaceName === this.namespaceName && this.#owned ? this.name : this.fullHost;
  }

  takesRequestsOf(other: Routed, declaredBy: string): void {
    other.sendsTo(this, declaredBy);
  }

  /** Whoever may call this service may come where its requests are sent. */
  sendsTo(receiver: Receiver, declaredBy: string): void {
    this.#access.sharedWith(receiver, declaredBy);
  }

  /** @throws when the service has no such version; the compiler cannot know versions that are computed at run time */
  requireVersion(where: string, what: string, version: string): void {
    if ((this.versions as readonly string[]).includes(version)) return;
    const known = this.versions.length === 0 ? 'none' : this.versions.map(v => `"${v}"`).join(', ');
    throw new Error(`${where}: ${what} is "${version}", which is no version of ${this.name}; it has ${known}`);
  }

  /** @throws when the service belongs to another team */
  requireOwned(what: string): void {
    if (this.#owned) return;
    throw new Error(`${this.node.path}: ${this.name} belongs to the owners of namespace ${this.namespaceName}, so ${what} is theirs to declare`);
  }

  mtlsPlace(): MtlsPlace {
    this.requireOwned('mutual TLS');
    this.#traffic?.destinationRule();
    return {
      scope: this, name: this.name, app: this.name, clientHosts: undefined, autoMtls: this.namespace.mesh.autoMtls, byZtunnel: this.namespace.dataPlane === 'ambient',
      targetPorts: [...new Set(this.ports.map(({ targetPort }) => targetPort))],
    };
  }

  policyPlace(declaredBy: string): PolicyPlace {
    this.requireOwned(`access by ${declaredBy}`);
    refuseUnenforced(declaredBy, this.namespace);
    const { namespace: { dataPlane, mesh }, waypoint } = this;
    this.namespace.needsWaypoint(waypoint, declaredBy);
    return {
      scope: this,
      prefix: this.name,
      mesh,
      attach: make => { make(waypoint === undefined ? bySelector(this.#podLabels) : byService(this.name)); },
      enforcedBy: dataPlane === 'ambient' && waypoint === undefined ? 'ztunnel' : 'proxy',
      ztunnels: () => [],
      ports: this.ports.map(port => ({ port: port.port, seen: waypoint === undefined ? port.targetPort : port.port, carriesHttp: isHttpPort(port) })),
      otherPorts: () => [],
      otherHosts: () => [],
      within: [this.namespace, mesh],
      token: this.contract?.token,
      allow: rule => { this.allow(rule); },
    };
  }

  get #callee(): Callee {
    return {
      where: this.node.path,
      service: this.name,
      podLabels: this.#podLabels,
      targetPorts: [...new Set(this.ports.map(port => port.targetPort))],
      carriesHttp: this.ports.some(isHttpPort),
      dataPlane: this.#owned ? this.namespace.dataPlane : 'sidecar',
      waypoint: this.waypoint,
    };
  }

  #makeTraffic({ order, timeout, retries, exportTo }: ServiceTrafficProps): HostTraffic {
    return new HostTraffic({
      scope: this,
      name: this.name,
      namespaceName: this.namespaceName,
      hosts: [this.host],
      ports: this.ports,
      versions: new Map(this.versions.map(version => [version, { version }])),
      closed: this.namespace.isClosed,
      exportTo,
      order,
      timeout,
      retries,
      usualPolicy: () => this.#usualPolicy(),
    });
  }

  /** The DestinationRule of the service hides those of the namespace and the mesh, so it repeats what they tell clients. */
  #usualPolicy(): PolicySettings {
    const declared = [this as MtlsTarget, this.namespace, this.namespace.mesh].map(target => MutualTls.of(target)).filter(tls => tls !== undefined);
    const tells = declared[0]?.mode !== 'DISABLE' && declared.some(tls => tls.tellsClients);
    return tells ? { tls: ClientTls.istioMutual() } : {};
  }
}
