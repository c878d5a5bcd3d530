import { ApiObject, JsonPatch, Lazy, type Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  AuthorizationPolicy, DestinationRule, Sidecar, VirtualService, type AuthorizationPolicySpec, type DestinationRuleSpec, type SidecarSpec,
  type VirtualServiceSpec,
} from '../l1.ts';
import { accessSpec, checkAccess, type AccessProps, type Callee, type Grant } from '../security/access.ts';
import { MutualTls, type MtlsPlace, type MtlsTarget } from '../security/mutual-tls.ts';
import { httpRetry, type Retries } from '../traffic/retries.ts';
import { Routing } from '../traffic/routing.ts';
import { virtualServiceSpec } from '../traffic/virtual-service-spec.ts';
import { dnsLabel, domainName, freeId, metadataKeys, serviceName } from '../values/name.ts';
import { goDuration } from '../values/time.ts';
import type { ServiceContract } from '../../runtime/contract/index.ts';
import { contractWorkload } from './contract-workload.ts';
import { MeshNamespace } from './mesh-namespace.ts';
import { letPatchesEscape } from './patches.ts';
import { isHttpPort, resolvePorts, type ResolvedPort, type ServicePort } from './service-port.ts';
import { checkVersion, versionDeployment, type VersionProps } from './workload.ts';

/** A service and its versions. */
export interface MeshServiceProps<Version extends string> {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** Its port, or ports; a bare number is an HTTP port. */
  readonly port: number | ServicePort | readonly ServicePort[];
  /** The versions that run side by side, each a Deployment and a subset. */
  readonly versions: Readonly<Record<Version, VersionProps>>;
  /** The identity of its workloads: the name of the ServiceAccount, which is made. @default - the name of the service */
  readonly serviceAccount?: string | undefined;
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
}

/** What the contract of a service does not say. */
export type ContractServiceProps<Version extends string> = Omit<MeshServiceProps<Version>, 'name' | 'port'>;

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

/**
 * A service of the mesh: its Deployments (one a version), Service, ServiceAccount and DestinationRule; a
 * VirtualService as soon as something is to be said of its requests, an AuthorizationPolicy as soon as it is called,
 * a Sidecar as soon as it calls. One host has one VirtualService and one DestinationRule, printed when the app is
 * synthesized from everything declared until then.
 *
 * @example
 * const reviews = new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image }, v2: { image } } });
 */
export class MeshService<Version extends string = string> extends Construct implements MtlsTarget {
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
  readonly #owned: boolean;
  readonly #podLabels: Readonly<Record<string, string>>;
  readonly #routing = new Routing();
  readonly #grants: Grant[] = [];
  readonly #calls = new Set<string>();
  readonly #deployments = new Map<string, kplus.Deployment>();
  #service: kplus.Service | undefined;
  readonly #routeDefaults: () => Pick<Parameters<typeof virtualServiceSpec>[1], 'timeout' | 'retries'>;

  /**
   * A service that another team owns. Nothing is emitted into its namespace; what it must grant can be had as a chart
   * to hand over ({@link MeshService.grants}).
   */
  static existing<const Version extends string = never>(scope: Construct, id: string, props: ExistingServiceProps<Version>): MeshService<Version> {
    return new MeshService<Version>(scope, id, { existing: props });
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
  constructor(scope: Construct, id: string, props: (MeshServiceProps<Version> & { readonly contract?: ServiceContract }) | { readonly existing: ExistingServiceProps<Version> }) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const given = 'existing' in props ? props.existing : props;
    this.namespace = MeshNamespace.enclosing(this);
    this.name = serviceName(where, 'the name of a service', given.name ?? id);
    this.serviceAccount = domainName(where, 'serviceAccount', given.serviceAccount ?? this.name);
    this.ports = resolvePorts(where, given.port);
    this.contract = 'existing' in props ? undefined : props.contract;
    if ('existing' in props) {
      this.#owned = false;
      this.namespaceName = dnsLabel(where, 'namespace', props.existing.namespace);
      this.versions = props.existing.versions ?? [];
      this.#podLabels = { ...(props.existing.podLabels ?? { app: this.name }) };
      metadataKeys(where, 'label', this.#podLabels);
      this.#routeDefaults = () => ({ timeout: undefined, retries: undefined });
      return;
    }
    this.#owned = true;
    this.#podLabels = { app: this.name };
    this.namespaceName = this.namespace.name;
    this.versions = Object.keys(props.versions) as Version[];
    if (this.versions.length === 0) throw new Error(`${where}: a service needs a version, got none; give versions: { v1: { image } }`);
    for (const version of this.versions) checkVersion(where, version, props.versions[version]);
    this.namespace.register(this.name, where);
    this.#routeDefaults = () => ({
      timeout: props.timeout && goDuration(where, 'timeout', props.timeout),
      retries: props.retries && httpRetry(where, props.retries),
    });
    this.#routeDefaults();
    this.#makeWorkloads(props.versions);
    new DestinationRule(this, 'destination-rule', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: () => this.#destinationRuleSpec() }) as DestinationRuleSpec,
    });
    if (props.timeout ?? props.retries) this.routing(where);
  }

  /** The service as its own namespace calls it, or by its full name where it is another team's. */
  get host(): string {
    return this.#owned ? this.name : this.fullHost;
  }

  /** The full name of the service in DNS. */
  get fullHost(): string {
    return `${this.name}.${this.namespaceName}.svc.${this.namespace.mesh.clusterDomain}`;
  }

  /** Whether a proxy stands before its workloads; of another team's it is taken for granted. */
  get inMesh(): boolean {
    return !this.#owned || this.namespace.dataPlane !== 'none';
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
    const deployment = this.#deployments.get(version);
    if (!deployment) throw new Error(`${this.node.path}: ${this.name} belongs to another team; it has no Deployment here`);
    return deployment;
  }

  /**
   * The cdk8s-plus Service, for what no prop says.
   *
   * @throws when the service is another team's
   */
  get service(): kplus.Service {
    if (!this.#service) throw new Error(`${this.node.path}: ${this.name} belongs to another team; it has no Service here`);
    return this.#service;
  }

  /**
   * Declares that this service calls another: access at the callee, and the callee in sight of this service.
   *
   * @example
   * reviews.calls(ratings, { methods: ['GET'], paths: ['/ratings/*'] });
   *
   * @throws when the callee cannot enforce the limits or know the caller, or the call was declared before
   */
  calls(callee: MeshService, access: AccessProps = {}): void {
    this.requireOwned('what a service calls');
    const where = this.node.path;
    if (this.namespace.dataPlane === 'none' && callee.inMesh) {
      throw new Error(`${where}: its namespace is not in the mesh (dataPlane "none"), so it has no identity that ${callee.node.path} could know; take it into the mesh, or grant by other means`);
    }
    const host = `${callee.namespaceName === this.namespaceName ? '.' : callee.namespaceName}/${callee.fullHost}`;
    if (this.#calls.has(host)) throw new Error(`${where}: it calls ${callee.node.path} already; say all methods and paths in one place`);
    callee.grant({ ...access, principal: this.principal, declaredBy: where });
    if (this.#calls.size === 0 && this.namespace.dataPlane === 'sidecar') {
      new Sidecar(this, 'sidecar', {
        metadata: { name: this.name },
        spec: Lazy.any({ produce: () => this.#sidecarSpec() }) as SidecarSpec,
      });
    }
    this.#calls.add(host);
  }

  /** Grants an identity access: a rule of this service's AuthorizationPolicy. */
  grant(grant: Grant): void {
    checkAccess(grant.declaredBy, this.#callee, grant);
    if (this.#grants.length === 0 && this.#owned && this.inMesh) this.#makePolicy(this);
    this.#grants.push(grant);
  }

  /**
   * Emits what another team's service must grant to those who call it here, into a chart of your choice: hand it over.
   *
   * @throws when the service is this team's: its grants are in its namespace already
   */
  grants(scope: Construct): void {
    if (this.#owned) throw new Error(`${this.node.path}: ${this.name} is in a namespace of this mesh, so its grants are there already`);
    this.#makePolicy(scope);
    // An ALLOW policy without rules would lock everyone out of the other team's service.
    this.node.addValidation({ validate: () => (this.#grants.length === 0 ? [`nothing calls ${this.name}, so its grants would deny everyone; declare a call, or leave grants(…) out`] : []) });
  }

  /**
   * Everything declared on the requests of this service. The first who asks brings the VirtualService.
   *
   * @throws when the service is another team's, or no port of it carries requests
   */
  routing(declaredBy: string): Routing {
    this.requireOwned(`routing by ${declaredBy}`);
    if (!this.ports.some(isHttpPort)) {
      const protocols = [...new Set(this.ports.map(({ protocol }) => protocol))].join(', ');
      throw new Error(`${declaredBy}: ${this.name} has no HTTP port (only ${protocols}), so Istio sees no requests to route; say protocol: 'http' or 'grpc' where that is what it speaks`);
    }
    if (!this.node.tryFindChild('virtual-service')) {
      new VirtualService(this, 'virtual-service', {
        metadata: { name: this.name },
        spec: Lazy.any({ produce: () => virtualServiceSpec(this.#routing, { host: this.host, ...this.#routeDefaults() }) }) as VirtualServiceSpec,
      });
    }
    return this.#routing;
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
    return { scope: this, name: this.name, app: this.name, clientHosts: undefined, autoMtls: this.namespace.mesh.autoMtls };
  }

  get #callee(): Callee {
    return {
      where: this.node.path,
      service: this.name,
      podLabels: this.#podLabels,
      targetPorts: [...new Set(this.ports.map(port => port.targetPort))],
      carriesHttp: this.ports.some(isHttpPort),
      dataPlane: this.#owned ? this.namespace.dataPlane : 'sidecar',
      waypoint: this.#owned ? this.namespace.waypoint : undefined,
    };
  }

  #makeWorkloads(versions: Readonly<Record<Version, VersionProps>>): void {
    const labels = { app: this.name, service: this.name };
    const account = new kplus.ServiceAccount(this, 'account', { metadata: { name: this.serviceAccount, labels: { account: this.name } } });
    const service = new kplus.Service(this, 'service', {
      metadata: { name: this.name, labels },
      ports: this.ports.map(({ port, name }) => ({ port, name })),
      selector: kplus.Pods.select(this, 'pods', { labels: { app: this.name } }),
    });
    this.#service = service;
    for (const made of [account, service]) letPatchesEscape(ApiObject.of(made));
    ApiObject.of(account).addJsonPatch(JsonPatch.remove('/automountServiceAccountToken'));
    ApiObject.of(service).addJsonPatch(
      JsonPatch.remove('/spec/externalIPs'),
      JsonPatch.remove('/spec/type'),
      // cdk8s-plus knows no appProtocol.
      ...this.ports.map(({ protocol, name, port, targetPort }, i) =>
        JsonPatch.replace(`/spec/ports/${i}`, { appProtocol: protocol, name, port, ...(targetPort === port ? {} : { targetPort }) })),
    );
    const scope = new Construct(this, 'versions');
    for (const version of this.versions) {
      this.#deployments.set(version, versionDeployment(scope, version, {
        ...versions[version],
        service: this.name,
        version,
        account,
        ports: this.ports,
        contract: this.contract && contractWorkload(this.contract, this.namespaceName),
      }));
    }
  }

  #makePolicy(scope: Construct): void {
    new AuthorizationPolicy(scope, this.#owned ? 'callers' : `${this.name}-callers`, {
      metadata: { name: `${this.name}-callers`, namespace: this.namespaceName },
      spec: Lazy.any({ produce: () => accessSpec(this.#callee, this.#grants) }) as AuthorizationPolicySpec,
    });
  }

  #destinationRuleSpec(): DestinationRuleSpec {
    const { mesh } = this.namespace;
    const declared = [this as MtlsTarget, this.namespace, mesh].map(target => MutualTls.of(target)).filter(tls => tls !== undefined);
    // This rule hides those of the namespace and the mesh, so it repeats what they tell clients.
    const tells = declared[0]?.mode !== 'DISABLE' && declared.some(tls => tls.tellsClients);
    return {
      host: this.host,
      ...(tells ? { trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' as const } } } : {}),
      subsets: this.versions.map(version => ({ name: version, labels: { version } })),
    };
  }

  #sidecarSpec(): SidecarSpec {
    const { mesh, sees } = this.namespace;
    return {
      workloadSelector: { labels: { app: this.name } },
      egress: [{ hosts: [...this.#calls, `${mesh.rootNamespace}/*`, ...sees] }],
      ...(mesh.outbound ? { outboundTrafficPolicy: { mode: mesh.outbound } } : {}),
    };
  }
}
