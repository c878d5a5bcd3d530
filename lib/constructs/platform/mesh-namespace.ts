import { type ApiObject, Chart, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { AuthorizationPolicy, Sidecar, type AuthorizationPolicySpec, type SidecarSpec } from '../l1.ts';
import { ExtensionProviders } from '../observability/extension-provider.ts';
import { MutualTls, type MtlsMode, type MtlsPlace, type MtlsTarget } from '../security/mutual-tls.ts';
import { AccessPolicies } from '../security/access-policies.ts';
import { bySelector, byService, byWaypoint, statusPort, type Attachment, type PolicyPlace, type PolicyTarget } from '../security/policy-place.ts';
import { dnsLabel, metadataKeys } from '../values/name.ts';
import { standInNoNamespace } from './patches.ts';
import { isHttpPort, type ResolvedPort } from './service-port.ts';
import type { ServiceMesh } from './service-mesh.ts';
import { isSameWaypoint, usedWaypoint, useWaypointLabels, type UsedWaypoint } from './used-waypoint.ts';
import { waypointsAtStep, type WaypointsAtStep, type WaypointUpgrade } from './waypoint-upgrade.ts';

/** How the workloads of a namespace are in the mesh. */
export type DataPlane = 'sidecar' | 'ambient' | 'none';

/** What holds in one namespace. */
export interface MeshNamespaceProps {
  /** @default sidecar */
  readonly dataPlane?: DataPlane | undefined;
  /**
   * The revision or tag of the control plane that injects sidecars here.
   *
   * @default - the default revision
   */
  readonly revision?: string | undefined;
  /**
   * Whether every pod here is in the mesh, or only those of services that are declared; then the pods carry the labels,
   * and the Namespace none.
   *
   * @default all
   */
  readonly enrolls?: 'all' | 'declared' | undefined;
  /**
   * The waypoint that handles HTTP policy for an ambient namespace: the Gateway of that name in it, with a ServiceAccount
   * of the same name; `namespace/name` where it stands in another, which must admit this one. Services may name others.
   *
   * @default - none
   */
  readonly waypoint?: string | undefined;
  /** Whether what comes from gateways goes through the waypoint too. @default true */
  readonly ingressUsesWaypoint?: boolean | undefined;
  /** Another waypoint that is to take the place of `waypoint`, service by service. @default - none */
  readonly waypointUpgrade?: WaypointUpgrade | undefined;
  /** Which connections workloads here accept. @default - as the mesh */
  readonly mtls?: MtlsMode | undefined;
  /** Whether a request needs a grant. @default - as the mesh */
  readonly access?: 'deny-by-default' | undefined;
  /**
   * What workloads here can see beyond their own namespace and the root namespace, as `namespace/host`. Workloads that
   * say whom they call see only those, and this.
   *
   * @default - nothing
   */
  readonly sees?: readonly string[] | undefined;
  /**
   * What is written into the namespace: everything, or the rules of traffic alone, where its Namespace, its access, its
   * mutual TLS and what its workloads see are looked after elsewhere.
   *
   * @default everything
   */
  readonly emits?: 'everything' | 'traffic' | undefined;
  /** Labels of the Namespace beside those of the data plane. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** @default - none */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A namespace of the mesh: its Namespace with the labels of its data plane, its mTLS, its default access and what it sees. */
export class MeshNamespace extends Chart implements MtlsTarget, PolicyTarget {
  readonly mesh: ServiceMesh;
  readonly name: string;
  readonly dataPlane: DataPlane;
  /** The revision or tag that injects sidecars. */
  readonly revision: string | undefined;
  /** The waypoint that its services use, if they do not say otherwise. */
  readonly waypoint: UsedWaypoint | undefined;
  readonly waypointUpgrade: WaypointUpgrade | undefined;
  readonly enrolls: 'all' | 'declared';
  readonly sees: readonly string[];
  readonly emits: 'everything' | 'traffic';
  /** Whether workloads here let in only those who were granted access. */
  readonly isClosed: boolean;
  readonly #services = new Map<string, string>();
  readonly #ports: { readonly port: number; readonly isHttp: boolean }[] = [];
  readonly #atStep: WaypointsAtStep | undefined;
  readonly #ingressUsesWaypoint: boolean;
  readonly #withoutWaypoint: string[] = [];
  readonly #used = new Map<string, UsedWaypoint>();
  readonly #ways = new Map<string, Attachment>();
  readonly #attached: ((attachment: Attachment) => void)[] = [];

  /** The namespace that a construct stands in. @throws when it stands in none */
  static enclosing(construct: IConstruct): MeshNamespace {
    // Every Chart passes for an instance of a class that extends Chart, so `instanceof` would not do.
    const found = construct.node.scopes.find(scope => MeshNamespace.is(scope));
    if (found) return found;
    throw new Error(`${construct.node.path}: this belongs in a namespace of the mesh; create it under mesh.namespace(…)`);
  }

  /** Whether a construct is a namespace of a mesh. */
  static is(construct: IConstruct): construct is MeshNamespace {
    return #services in construct;
  }

  /** @throws when the name is no DNS label, or labels and data plane contradict each other */
  constructor(mesh: ServiceMesh, name: string, props: MeshNamespaceProps = {}) {
    super(mesh, dnsLabel(`${mesh.node.path}/${name}`, 'the name of a namespace', name), { namespace: name, disableResourceNameHashes: true });
    this.mesh = mesh;
    this.name = name;
    this.dataPlane = props.dataPlane ?? 'sidecar';
    this.revision = props.revision;
    const waypoint = props.waypoint === undefined ? undefined : usedWaypoint(this.node.path, props.waypoint, name);
    this.waypointUpgrade = props.waypointUpgrade;
    if (props.waypointUpgrade && !waypoint) throw new Error(`${this.node.path}: waypointUpgrade takes another waypoint in the place of one, but the namespace names none; name it: waypoint`);
    this.#atStep = waypoint && props.waypointUpgrade && waypointsAtStep(this.node.path, name, waypoint, props.waypointUpgrade);
    this.waypoint = this.#atStep?.used ?? waypoint;
    this.#ingressUsesWaypoint = props.ingressUsesWaypoint ?? true;
    this.enrolls = props.enrolls ?? 'all';
    this.sees = props.sees ?? [];
    this.emits = props.emits ?? 'everything';
    // Where no proxy stands, nothing would enforce it.
    this.isClosed = (props.access ?? mesh.access) !== undefined && this.dataPlane !== 'none' && this.emits === 'everything';
    for (const host of this.sees) {
      if (!/^[^/\s]+\/[^/\s]+$/.test(host)) throw new Error(`${this.node.path}: sees takes "namespace/host", as in "payments/*", got ${JSON.stringify(host)}`);
    }
    metadataKeys(this.node.path, 'annotation', props.annotations ?? {});
    const labels = namespaceLabels(this.node.path, name, this.dataPlane, props, this.waypoint);
    if (props.ingressUsesWaypoint !== undefined && !this.waypoint) throw new Error(`${this.node.path}: ingressUsesWaypoint is about the waypoint of the namespace, and it has none; leave it out`);
    if (!this.#ingressUsesWaypoint && this.isClosed) throw new Error(`${this.node.path}: with ingressUsesWaypoint false gateways go past the waypoint, and workloads let in the waypoint alone (access deny-by-default); leave it out`);
    this.#useOwnWaypoint();
    if (this.emits === 'traffic') return;
    const namespace = new k8s.KubeNamespace(this, 'namespace', {
      metadata: { name, labels, ...(props.annotations ? { annotations: { ...props.annotations } } : {}) },
    });
    standInNoNamespace(namespace);
    // Someone may label the Namespace after this constructor has looked.
    this.node.addValidation({ validate: () => (injectedTwice(namespace) ? ['the Namespace has both istio-injection and istio.io/rev; Istio would ignore the revision: remove one of them'] : []) });
    const mtls = props.mtls ?? mesh.mtls;
    if (mtls && this.dataPlane !== 'none') new MutualTls(this, 'mtls', { mode: mtls });
    if (this.isClosed) this.#denyByDefault();
  }

  /**
   * Notes a service of this namespace with its ports, and those that its workloads have beside; the first one brings the
   * scope that sidecars here see.
   *
   * @throws when another construct has the same service
   */
  register(service: string, declaredBy: string, ports: readonly ResolvedPort[], morePorts: readonly number[], waypoint: UsedWaypoint | undefined): void {
    const other = this.#services.get(service);
    if (other !== undefined) throw new Error(`${declaredBy}: service "${service}" is in namespace ${this.name} already, as ${other}; give one of them another name`);
    if (this.#services.size === 0 && this.dataPlane === 'sidecar' && this.emits === 'everything') {
      new Sidecar(this, 'scope', {
        metadata: { name: 'default' },
        spec: Lazy.any({
          produce: (): SidecarSpec => ({
            egress: [{ hosts: ['./*', `${this.mesh.rootNamespace}/*`, ...this.sees, ...ExtensionProviders.of(this).seen] }],
            ...(this.mesh.outbound ? { outboundTrafficPolicy: { mode: this.mesh.outbound } } : {}),
          }),
        }) as SidecarSpec,
      });
    }
    this.#services.set(service, declaredBy);
    // A waypoint sees the ports of the service, and none that only pods have.
    this.#ports.push(...ports.map(port => ({ port: waypoint === undefined ? port.targetPort : port.port, isHttp: isHttpPort(port) })));
    if (waypoint === undefined) this.#ports.push(...morePorts.map(port => ({ port, isHttp: false })));
    this.#serveBy(service, waypoint, declaredBy);
  }

  /**
   * The waypoint of a service: what it asks for itself, else where an upgrade has moved it, else that of the namespace.
   *
   * @throws when no workload here uses waypoints, or two of these contradict each other
   */
  waypointOfService(service: string, declaredBy: string, asked: string | undefined): UsedWaypoint | undefined {
    const moved = this.#atStep?.moved.get(service);
    if (asked === undefined) return moved ?? this.waypoint;
    if (this.dataPlane !== 'ambient') throw new Error(`${declaredBy}: waypoint "${asked}" serves ambient workloads, but the dataPlane of namespace ${this.name} is "${this.dataPlane}"; leave one of them out`);
    if (moved) throw new Error(`${declaredBy}: it asks for waypoint "${asked}", and the waypointUpgrade of namespace ${this.name} moves it to "${moved.name}"; take it out of first, or leave waypoint out`);
    return usedWaypoint(declaredBy, asked, this.name);
  }

  /** The labels of a Service by which it has its waypoint; none where it is that of the namespace. */
  waypointLabels(waypoint: UsedWaypoint | undefined): Readonly<Record<string, string>> {
    if (isSameWaypoint(waypoint, this.waypoint)) return {};
    return { ...useWaypointLabels(waypoint, this.name), ...(waypoint && !this.waypoint ? { 'istio.io/ingress-use-waypoint': 'true' } : {}) };
  }

  /** The waypoints of its own that run for the whole of it: two during an upgrade. */
  get waypointsRunning(): readonly UsedWaypoint[] {
    return this.#atStep?.running ?? (this.waypoint?.namespace === this.name ? [this.waypoint] : []);
  }

  /** Notes that something is said of requests which only a waypoint keeps. */
  needsWaypoint(waypoint: UsedWaypoint | undefined, declaredBy: string): void {
    if (waypoint) this.mesh.waypoints.use({ waypoint, namespace: this, traffic: 'service', declaredBy });
  }

  /** Ports, as the proxies here see them, at which no service has requests of its callers. One that carries HTTP elsewhere is not among them. */
  get otherPorts(): readonly number[] {
    const http = new Set(this.#ports.filter(({ isHttp }) => isHttp).map(({ port }) => port));
    return [...new Set(this.#ports.map(({ port }) => port))].filter(port => !http.has(port)).sort((a, b) => a - b);
  }

  policyPlace(declaredBy: string): PolicyPlace {
    const { mesh, waypoint, dataPlane } = this;
    refuseUnenforced(declaredBy, this);
    this.needsWaypoint(waypoint, declaredBy);
    return {
      scope: this,
      prefix: '',
      mesh,
      attach: make => { this.#attach(make); },
      enforcedBy: dataPlane === 'ambient' && waypoint === undefined ? 'ztunnel' : 'proxy',
      isClosed: this.isClosed,
      ztunnels: () => [],
      withoutWaypoint: () => this.#withoutWaypoint,
      ports: undefined,
      otherPorts: () => [statusPort, ...this.otherPorts],
      otherHosts: () => [],
      within: [mesh],
    };
  }

  /**
   * Nothing without a grant. With a waypoint there are two places that enforce: workloads take what comes through the
   * waypoint, which knows the callers and holds their grants.
   *
   * Source: https://istio.io/latest/docs/ambient/usage/l4-policy/
   */
  #denyByDefault(): void {
    new AuthorizationPolicy(this, 'access', { metadata: { name: 'deny-by-default' }, spec: {} });
    if (this.#used.size > 0) this.#letInWaypoints();
    this.needsWaypoint(this.waypoint, this.node.path);
    this.#attach(({ suffix, selection }) => {
      if ('targetRefs' in selection) new AuthorizationPolicy(this, `waypoint-access${suffix}`, { metadata: { name: `waypoint-deny-by-default${suffix}` }, spec: selection });
    });
  }

  #letInWaypoints(): void {
    if (this.node.tryFindChild('from-waypoint')) return;
    const principals = (): string[] => [...this.#used.values()].map(({ namespace, name }) => `${this.mesh.trustDomain}/ns/${namespace}/sa/${name}`);
    new AuthorizationPolicy(this, 'from-waypoint', {
      metadata: { name: 'allow-from-waypoint' },
      spec: Lazy.any({ produce: (): AuthorizationPolicySpec => ({ action: 'ALLOW', rules: [{ from: [{ source: { principals: principals() } }] }] }) }) as AuthorizationPolicySpec,
    });
  }

  /** Makes a policy for each way in which what holds here is enforced, whenever there is one more. */
  #attach(make: (attachment: Attachment) => void): void {
    for (const attachment of this.#ways.values()) make(attachment);
    this.#attached.push(make);
  }

  #addWay(key: string, attachment: Attachment): void {
    if (this.#ways.has(key)) return;
    this.#ways.set(key, attachment);
    for (const make of this.#attached) make(attachment);
  }

  #useOwnWaypoint(): void {
    const { waypoint, name } = this;
    const running = this.waypointsRunning;
    if (running.length > 0) this.#addWay('', byWaypoint(...running.map(one => one.name)));
    else if (!waypoint) this.#addWay('', bySelector());
    for (const used of running.length > 0 ? running : waypoint ? [waypoint] : []) this.#use(used, this.node.path);
    this.node.addValidation({ validate: () => [...this.#atStep?.moved.keys() ?? []].filter(service => !this.#services.has(service)).map(service => `waypointUpgrade.first names "${service}", which is no service of namespace ${name}; it has ${[...this.#services.keys()].join(', ') || 'none'}`) });
    this.node.addValidation({ validate: () => this.#closedToWaypoints() });
  }

  #use(waypoint: UsedWaypoint, declaredBy: string): void {
    this.#used.set(`${waypoint.namespace}/${waypoint.name}`, waypoint);
    this.mesh.waypoints.use({ waypoint, namespace: this, declaredBy });
  }

  /** What holds for all of the namespace holds for a service that another waypoint serves, or none. */
  #serveBy(service: string, waypoint: UsedWaypoint | undefined, declaredBy: string): void {
    if (this.dataPlane !== 'ambient') return;
    if (!waypoint) {
      if (!this.waypoint) return;
      this.#withoutWaypoint.push(service);
      this.#addWay(`service ${service}`, { ...bySelector({ app: service }), suffix: `-${service}` });
      return;
    }
    if (!isSameWaypoint(waypoint, this.waypoint)) this.mesh.waypoints.use({ waypoint, namespace: this, traffic: 'service', declaredBy });
    this.#use(waypoint, declaredBy);
    if (this.isClosed) this.#letInWaypoints();
    // A policy for a waypoint stands where the waypoint does; one for a service, where that is.
    if (waypoint.namespace !== this.name) this.#addWay(`service ${service}`, { ...byService(service), suffix: `-${service}` });
    else if (!this.waypointsRunning.some(running => isSameWaypoint(running, waypoint))) this.#addWay(`waypoint ${waypoint.name}`, { ...byWaypoint(waypoint.name), suffix: `-at-${waypoint.name}` });
  }

  /** Workloads that let in nobody but some callers let in no waypoint either, unless the namespace is closed and says so. */
  #closedToWaypoints(): string[] {
    if (this.isClosed || this.waypoint || this.#used.size === 0) return [];
    return AccessPolicies.of(this).declared.filter(({ action, dryRun }) => action === 'ALLOW' && !dryRun)
      .map(({ declaredBy }) => `${declaredBy.node.path}: it holds at workloads too, which would then not let in waypoint ${[...this.#used.keys()].join(', ')} of some services here; say access: 'deny-by-default' for the namespace, or give the whole of it the waypoint`);
  }

  mtlsPlace(): MtlsPlace {
    const { clusterDomain, autoMtls } = this.mesh;
    return { scope: this, name: 'default', app: undefined, clientHosts: `*.${this.name}.svc.${clusterDomain}`, autoMtls, byZtunnel: this.dataPlane === 'ambient' };
  }
}

/** Refuses policies where nothing would enforce them, or someone else writes them. @throws so */
export function refuseUnenforced(declaredBy: string, { name, dataPlane, emits }: MeshNamespace): void {
  if (dataPlane === 'none') throw new Error(`${declaredBy}: namespace ${name} is not in the mesh (dataPlane "none"), so nothing there enforces access; take it into the mesh`);
  if (emits === 'traffic') throw new Error(`${declaredBy}: access in namespace ${name} is looked after elsewhere (emits "traffic"); declare it there, or let the namespace emit everything`);
}

/**
 * The labels that put a namespace into a data plane.
 *
 * Source: https://istio.io/latest/docs/reference/config/labels/
 */
function namespaceLabels(where: string, namespace: string, dataPlane: DataPlane, props: MeshNamespaceProps, used: UsedWaypoint | undefined): Record<string, string> {
  const { revision, waypoint, enrolls = 'all', labels = {}, ingressUsesWaypoint = true } = props;
  if (revision !== undefined) dnsLabel(where, 'revision', revision);
  metadataKeys(where, 'label', labels);
  if (revision !== undefined && dataPlane !== 'sidecar') {
    throw new Error(`${where}: revision "${revision}" injects sidecars, but dataPlane is "${dataPlane}"; leave one of them out`);
  }
  if (waypoint !== undefined && dataPlane !== 'ambient') {
    throw new Error(`${where}: waypoint "${waypoint}" serves ambient workloads, but dataPlane is "${dataPlane}"; leave one of them out`);
  }
  if (enrolls === 'declared' && dataPlane === 'none') throw new Error(`${where}: enrolls 'declared' takes services into the mesh, but dataPlane is "none"; leave one of them out`);
  const enrolled: Record<string, string> = enrolls === 'declared' ? {} : {
    sidecar: revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': revision },
    ambient: { 'istio.io/dataplane-mode': 'ambient' },
    none: { 'istio-injection': 'disabled', 'istio.io/dataplane-mode': 'none' },
  }[dataPlane];
  const own: Record<string, string> = { ...enrolled, ...(used ? { ...useWaypointLabels(used, namespace), ...(ingressUsesWaypoint ? { 'istio.io/ingress-use-waypoint': 'true' } : {}) } : {}) };
  const merged = { ...own, ...labels };
  if (merged['istio.io/dataplane-mode'] === 'ambient' && (merged['istio-injection'] === 'enabled' || 'istio.io/rev' in merged)) {
    throw new Error(`${where}: the namespace asks for sidecars and for ambient mode; choose one by dataPlane, and remove the labels`);
  }
  for (const [key, value] of Object.entries(own)) {
    if (merged[key] !== value) throw new Error(`${where}: label ${key} is "${merged[key]}", but the data plane "${dataPlane}" makes it "${value}"; remove the label`);
  }
  if ('istio-injection' in merged && 'istio.io/rev' in merged) {
    // Istio reads the injection label and ignores the revision (IST0123).
    throw new Error(`${where}: the namespace has both istio-injection and istio.io/rev ("${merged['istio.io/rev']}"); Istio would ignore the revision: give revision as a prop instead of a label`);
  }
  return merged;
}

function injectedTwice({ metadata }: ApiObject): boolean {
  return metadata.getLabel('istio-injection') !== undefined && metadata.getLabel('istio.io/rev') !== undefined;
}
