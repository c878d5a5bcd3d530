import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, Sidecar } from '../l1.ts';
import { MutualTls, type MtlsMode, type MtlsPlace, type MtlsTarget } from '../security/mutual-tls.ts';
import { bySelector, everyWaypoint, statusPort, type MeshIdentity, type PolicyPlace, type PolicyTarget } from '../security/policy-place.ts';
import type { MeshCluster } from '../install/multi-cluster.ts';
import { dnsLabel, domainName } from '../values/name.ts';
import { MeshNamespace, type MeshNamespaceProps } from './mesh-namespace.ts';
import { placeOn } from './placement.ts';
import { Waypoints } from './waypoints.ts';

/** Policy for the whole mesh. */
export interface ServiceMeshProps {
  /**
   * Which connections workloads accept.
   *
   * @default - Istio's own: PERMISSIVE, and no PeerAuthentication is emitted
   */
  readonly mtls?: MtlsMode | undefined;
  /**
   * Whether a request needs a grant.
   *
   * @default - Istio's own: allow, until a first ALLOW policy selects a workload
   */
  readonly access?: 'deny-by-default' | undefined;
  /**
   * Where workloads may send requests that no service of the mesh takes.
   *
   * @default - Istio's own: ALLOW_ANY
   */
  readonly outbound?: 'REGISTRY_ONLY' | 'ALLOW_ANY' | undefined;
  /** The namespace whose policies hold for the mesh. @default istio-system */
  readonly rootNamespace?: string | undefined;
  /** The first part of every identity. @default cluster.local */
  readonly trustDomain?: string | undefined;
  /** Names that the trust domain has beside its own, as after a move: who has an identity of one is taken for who has it of the other. @default - none */
  readonly trustDomainAliases?: readonly string[] | undefined;
  /** Further trust domains whose identities it knows: those of meshes that it trusts. @default - none */
  readonly trustDomains?: readonly string[] | undefined;
  /** External authorizers that its mesh config defines (`extensionProviders`), by name. @default - none */
  readonly authorizers?: readonly string[] | undefined;
  /** The DNS domain of the cluster. @default cluster.local */
  readonly clusterDomain?: string | undefined;
  /**
   * Whether clients use mutual TLS by themselves where the server takes it (`meshConfig.enableAutoMtls`).
   *
   * @default true
   */
  readonly autoMtls?: boolean | undefined;
  /** The cluster that this is for, of several: its YAML goes to the folder of that cluster. @default - the only one */
  readonly cluster?: MeshCluster | undefined;
}

/**
 * A mesh: its namespaces, and the policy that holds in all of them.
 *
 * @example
 * new ServiceMesh(app, 'mesh', { mtls: 'STRICT', access: 'deny-by-default', outbound: 'REGISTRY_ONLY' });
 */
export class ServiceMesh extends Construct implements MtlsTarget, PolicyTarget, MeshIdentity {
  readonly mtls: MtlsMode | undefined;
  readonly access: 'deny-by-default' | undefined;
  readonly outbound: 'REGISTRY_ONLY' | 'ALLOW_ANY' | undefined;
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  readonly trustDomains: readonly string[];
  readonly authorizers: readonly string[];
  readonly clusterDomain: string;
  readonly autoMtls: boolean;
  /** Its waypoints and who uses them. */
  readonly waypoints = new Waypoints();
  readonly #namespaces = new Map<string, MeshNamespace>();
  #root: Chart | undefined;

  /** @throws when the root namespace is no DNS label, or a domain is none */
  constructor(scope: Construct, id: string, props: ServiceMeshProps = {}) {
    super(scope, id);
    if (props.cluster) placeOn(this, props.cluster.name);
    this.mtls = props.mtls;
    this.access = props.access;
    this.outbound = props.outbound;
    this.rootNamespace = dnsLabel(this.node.path, 'rootNamespace', props.rootNamespace ?? 'istio-system');
    this.trustDomain = domainName(this.node.path, 'trustDomain', props.trustDomain ?? 'cluster.local');
    this.trustDomainAliases = [...new Set((props.trustDomainAliases ?? []).map(domain => domainName(this.node.path, 'an alias of the trust domain', domain)))];
    if (this.trustDomainAliases.includes(this.trustDomain)) throw new Error(`${this.node.path}: the trust domain "${this.trustDomain}" is its own alias; remove it from trustDomainAliases`);
    this.trustDomains = [...new Set([this.trustDomain, ...this.trustDomainAliases, ...(props.trustDomains ?? []).map(domain => domainName(this.node.path, 'a trust domain', domain))])];
    this.authorizers = [...(props.authorizers ?? [])];
    this.clusterDomain = domainName(this.node.path, 'clusterDomain', props.clusterDomain ?? 'cluster.local');
    this.autoMtls = props.autoMtls ?? true;
    this.node.addValidation({ validate: () => this.waypoints.refused(this.namespaces) });
    if (props.mtls) new MutualTls(this, 'mtls', { mode: props.mtls });
    if (props.access) new AuthorizationPolicy(this.root, 'access', { metadata: { name: 'deny-by-default' }, spec: {} });
    if (props.outbound) {
      new Sidecar(this.root, 'outbound', {
        metadata: { name: 'default' },
        spec: { outboundTrafficPolicy: { mode: props.outbound } },
      });
    }
  }

  /** The chart of the root namespace: what holds for the whole mesh. Its Namespace belongs to the installation. */
  get root(): Chart {
    this.#root ??= new Chart(this, this.rootNamespace, { namespace: this.rootNamespace, disableResourceNameHashes: true });
    return this.#root;
  }

  /** Its namespaces, in the order in which they were added. */
  get namespaces(): readonly MeshNamespace[] {
    return [...this.#namespaces.values()];
  }

  /**
   * Adds a namespace to the mesh: a Chart, so a file of its own.
   *
   * @throws when the name is no DNS label, or the mesh has the namespace already
   */
  namespace(name: string, props: MeshNamespaceProps = {}): MeshNamespace {
    const known = this.#namespaces.get(name);
    if (known) throw new Error(`${this.node.path}: namespace "${name}" is in the mesh already, as ${known.node.path}; keep the construct and use it again`);
    const namespace = new MeshNamespace(this, name, props);
    this.#namespaces.set(name, namespace);
    return namespace;
  }

  mtlsPlace(): MtlsPlace {
    const local = this.clusterDomain.split('.').at(-1) ?? this.clusterDomain;
    return { scope: this.root, name: 'default', app: undefined, clientHosts: `*.${local}`, autoMtls: this.autoMtls };
  }

  /** Sidecars and gateways take what stands in the root namespace; waypoints only what names their class. */
  policyPlace(): PolicyPlace {
    const namespaces = (): readonly MeshNamespace[] => [...this.#namespaces.values()];
    return {
      scope: this.root,
      prefix: '',
      mesh: this,
      attach: make => {
        make(bySelector());
        this.waypoints.onceUsed(() => { make(everyWaypoint); });
      },
      enforcedBy: 'proxy',
      isClosed: this.access !== undefined,
      ztunnels: () => namespaces().filter(({ dataPlane }) => dataPlane === 'ambient').map(({ name }) => name),
      ports: undefined,
      otherPorts: () => [...new Set([statusPort, ...namespaces().flatMap(namespace => namespace.otherPorts)])],
      otherHosts: () => [],
      within: [],
    };
  }
}
