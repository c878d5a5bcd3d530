import { type ApiObject, Chart, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { AuthorizationPolicy, Sidecar, type SidecarSpec } from '../l1.ts';
import { ExtensionProviders } from '../observability/extension-provider.ts';
import { MutualTls, type MtlsMode, type MtlsPlace, type MtlsTarget } from '../security/mutual-tls.ts';
import { bySelector, byWaypoint, statusPort, type PolicyPlace, type PolicyTarget } from '../security/policy-place.ts';
import { dnsLabel, metadataKeys } from '../values/name.ts';
import { standInNoNamespace } from './patches.ts';
import { isHttpPort, type ResolvedPort } from './service-port.ts';
import type { ServiceMesh } from './service-mesh.ts';

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
   * of the same name. What comes from gateways goes through it too.
   *
   * @default - none
   */
  readonly waypoint?: string | undefined;
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
  readonly waypoint: string | undefined;
  readonly enrolls: 'all' | 'declared';
  readonly sees: readonly string[];
  readonly emits: 'everything' | 'traffic';
  /** Whether workloads here let in only those who were granted access. */
  readonly isClosed: boolean;
  readonly #services = new Map<string, string>();
  readonly #ports: ResolvedPort[] = [];
  readonly #morePorts = new Set<number>();

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
    this.waypoint = props.waypoint;
    this.enrolls = props.enrolls ?? 'all';
    this.sees = props.sees ?? [];
    this.emits = props.emits ?? 'everything';
    // Where no proxy stands, nothing would enforce it.
    this.isClosed = (props.access ?? mesh.access) !== undefined && this.dataPlane !== 'none' && this.emits === 'everything';
    for (const host of this.sees) {
      if (!/^[^/\s]+\/[^/\s]+$/.test(host)) throw new Error(`${this.node.path}: sees takes "namespace/host", as in "payments/*", got ${JSON.stringify(host)}`);
    }
    metadataKeys(this.node.path, 'annotation', props.annotations ?? {});
    const labels = namespaceLabels(this.node.path, this.dataPlane, props);
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
  register(service: string, declaredBy: string, ports: readonly ResolvedPort[], morePorts: readonly number[]): void {
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
    this.#ports.push(...ports);
    for (const port of morePorts) this.#morePorts.add(port);
  }

  /** Ports, as the proxies here see them, at which no service has requests of its callers. One that carries HTTP elsewhere is not among them. */
  get otherPorts(): readonly number[] {
    const seen = ({ port, targetPort }: ResolvedPort): number => (this.waypoint === undefined ? targetPort : port);
    const http = new Set(this.#ports.filter(isHttpPort).map(seen));
    const others = [...this.#ports.filter(port => !isHttpPort(port)).map(seen), ...(this.waypoint === undefined ? this.#morePorts : [])];
    return [...new Set(others)].filter(port => !http.has(port)).sort((a, b) => a - b);
  }

  policyPlace(declaredBy: string): PolicyPlace {
    const { mesh, waypoint, dataPlane } = this;
    refuseUnenforced(declaredBy, this);
    return {
      scope: this,
      prefix: '',
      mesh,
      attach: make => { make(waypoint === undefined ? bySelector() : byWaypoint(waypoint)); },
      enforcedBy: dataPlane === 'ambient' && waypoint === undefined ? 'ztunnel' : 'proxy',
      isClosed: this.isClosed,
      ztunnels: () => [],
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
    if (this.waypoint === undefined) return;
    new AuthorizationPolicy(this, 'from-waypoint', {
      metadata: { name: 'allow-from-waypoint' },
      spec: { action: 'ALLOW', rules: [{ from: [{ source: { principals: [`${this.mesh.trustDomain}/ns/${this.name}/sa/${this.waypoint}`] } }] }] },
    });
    new AuthorizationPolicy(this, 'waypoint-access', {
      metadata: { name: 'waypoint-deny-by-default' },
      spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: this.waypoint }] },
    });
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
function namespaceLabels(where: string, dataPlane: DataPlane, props: MeshNamespaceProps): Record<string, string> {
  const { revision, waypoint, enrolls = 'all', labels = {} } = props;
  if (revision !== undefined) dnsLabel(where, 'revision', revision);
  if (waypoint !== undefined) dnsLabel(where, 'waypoint', waypoint);
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
  const own: Record<string, string> = { ...enrolled, ...(waypoint === undefined ? {} : { 'istio.io/use-waypoint': waypoint, 'istio.io/ingress-use-waypoint': 'true' }) };
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
