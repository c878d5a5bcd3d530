import { manifestOf, parseYaml, type Manifest } from '../manifest/index.ts';
import { configMapOf, type ConfigMap } from './entities/config-map.ts';
import { destinationRuleOf, type DestinationRule } from './entities/destination-rule.ts';
import { entityOf, type Entity } from './entities/entity.ts';
import { gatewayOf, type Gateway } from './entities/gateway.ts';
import {
  kubernetesGatewayOf, kubernetesRouteOf, referenceGrantOf, type KubernetesGateway, type KubernetesRoute, type ReferenceGrant,
} from './entities/gateway-api.ts';
import type { MeshConfig } from './entities/mesh-config.ts';
import { namespaceOf, type NamespaceEntity } from './entities/namespace.ts';
import {
  authorizationPolicyOf, envoyFilterOf, peerAuthenticationOf, policyOf, requestAuthenticationOf, telemetryOf, type AuthorizationPolicy, type EnvoyFilter,
  type PeerAuthentication, type Policy, type RequestAuthentication, type Telemetry,
} from './entities/policies.ts';
import { secretOf, type Secret } from './entities/secret.ts';
import {
  serviceEntryOf, workloadEntryOf, workloadGroupOf, type ServiceEntry, type WorkloadEntry, type WorkloadGroup,
} from './entities/service-entry.ts';
import { serviceOf, type Service } from './entities/service.ts';
import { sidecarOf, type Sidecar } from './entities/sidecar.ts';
import { virtualServiceOf, type VirtualService } from './entities/virtual-service.ts';
import { webhookConfigurationOf, type WebhookConfiguration } from './entities/webhook-configuration.ts';
import { workloadKinds, workloadOf, type Workload } from './entities/workload.ts';
import { runsGateway } from './queries/gateway-workloads.ts';
import { HostIndex } from './queries/host-index.ts';
import type { HostOwner } from './queries/known-host.ts';
import { configuredMesh } from './queries/mesh-config.ts';
import { LabelIndex, SelectorIndex } from './queries/selecting.ts';
import { Store, type Kind } from './store.ts';

/** What a mesh is read with. */
export interface MeshOptions {
  /** The mesh config. @default - what is found among the objects, else Istio's defaults */
  readonly meshConfig?: unknown;
  /** The networks of the mesh (`meshNetworks`). @default - none */
  readonly meshNetworks?: unknown;
  /** @default - what an installation among the objects says, else cluster.local */
  readonly clusterDomain?: string | undefined;
  /** The version of Istio, as `1.31`. @default - the newest that is known */
  readonly istioVersion?: string | undefined;
  /** The namespace of objects that say none. @default default */
  readonly defaultNamespace?: string | undefined;
  /** When certificates are to be in date. @default - when the mesh is made */
  readonly now?: Date | undefined;
}

/** A change of some objects. */
export interface MeshChange {
  readonly put?: Iterable<Manifest> | undefined;
  readonly remove?: Iterable<Entity> | undefined;
}

/**
 * What a set of Kubernetes objects means together as a service mesh. It does not change; what is asked of it is made
 * when it is first asked for, and kept.
 */
export class Mesh {
  readonly config: MeshConfig;
  readonly meshNetworks: unknown;
  readonly istioVersion: string;
  readonly now: Date;
  readonly #store: Store;
  readonly #options: MeshOptions;
  readonly #made = new Map<string, unknown>();

  /** Reads a mesh from its objects; of an object given twice, the later one holds. */
  static from(manifests: Iterable<Manifest>, options: MeshOptions = {}): Mesh {
    return new Mesh(Store.from(manifests, { defaultNamespace: options.defaultNamespace ?? 'default' }), { ...options, now: options.now ?? new Date() });
  }

  private constructor(store: Store, options: MeshOptions, before?: Mesh) {
    this.#store = store;
    this.#options = options;
    const config = configuredMesh(store, options);
    // The same config is the same object, so that what was made with it is shared.
    this.config = before && JSON.stringify(before.config.raw) === JSON.stringify(config.raw) && before.config.clusterDomain === config.clusterDomain ? before.config : config;
    this.meshNetworks = options.meshNetworks;
    this.istioVersion = options.istioVersion ?? '1.31';
    this.now = options.now ?? new Date();
  }

  /** A mesh with some objects put in or replaced and some taken away. It shares whatever the change does not touch. */
  with({ put = [], remove = [] }: MeshChange): Mesh {
    return new Mesh(this.#store.with(put, remove), this.#options, this);
  }

  /** Every object of a kind, in Istio's order. */
  entities(group: string, kind: string): readonly Entity[] {
    return this.#store.entities(group, kind);
  }

  /** Every object, of any kind. */
  get all(): readonly Entity[] {
    return this.#make('all', () => [...this.#store.kinds.keys()].sort().flatMap(name => this.#store.entities(name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1))));
  }

  /** The group and kind of every object that there is, as `group/Kind`. */
  get kinds(): ReadonlyMap<string, Kind> {
    return this.#store.kinds;
  }

  /** Objects that were given more than once. */
  get duplicates(): Store['duplicates'] {
    return this.#store.duplicates;
  }

  get namespaces(): readonly NamespaceEntity[] { return this.#list('', 'Namespace', namespaceOf); }
  get services(): readonly Service[] { return this.#list('', 'Service', serviceOf); }
  get pods(): readonly Workload[] { return this.#list('', 'Pod', workloadOf); }
  get deployments(): readonly Workload[] { return this.#list('apps', 'Deployment', workloadOf); }
  get configMaps(): readonly ConfigMap[] { return this.#list('', 'ConfigMap', configMapOf); }
  get secrets(): readonly Secret[] { return this.#list('', 'Secret', secretOf); }
  get serviceAccounts(): readonly Entity[] { return this.entities('', 'ServiceAccount'); }
  get nodes(): readonly Entity[] { return this.entities('', 'Node'); }
  get customResourceDefinitions(): readonly Entity[] { return this.entities('apiextensions.k8s.io', 'CustomResourceDefinition'); }
  get mutatingWebhooks(): readonly WebhookConfiguration[] { return this.#list('admissionregistration.k8s.io', 'MutatingWebhookConfiguration', webhookConfigurationOf); }
  get validatingWebhooks(): readonly WebhookConfiguration[] { return this.#list('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', webhookConfigurationOf); }
  get virtualServices(): readonly VirtualService[] { return this.#list('networking.istio.io', 'VirtualService', virtualServiceOf); }
  get destinationRules(): readonly DestinationRule[] { return this.#list('networking.istio.io', 'DestinationRule', destinationRuleOf); }
  get gateways(): readonly Gateway[] { return this.#list('networking.istio.io', 'Gateway', gatewayOf); }
  get serviceEntries(): readonly ServiceEntry[] { return this.#list('networking.istio.io', 'ServiceEntry', serviceEntryOf); }
  get workloadEntries(): readonly WorkloadEntry[] { return this.#list('networking.istio.io', 'WorkloadEntry', workloadEntryOf); }
  get workloadGroups(): readonly WorkloadGroup[] { return this.#list('networking.istio.io', 'WorkloadGroup', workloadGroupOf); }
  get sidecars(): readonly Sidecar[] { return this.#list('networking.istio.io', 'Sidecar', sidecarOf); }
  get envoyFilters(): readonly EnvoyFilter[] { return this.#list('networking.istio.io', 'EnvoyFilter', envoyFilterOf); }
  get peerAuthentications(): readonly PeerAuthentication[] { return this.#list('security.istio.io', 'PeerAuthentication', peerAuthenticationOf); }
  get requestAuthentications(): readonly RequestAuthentication[] { return this.#list('security.istio.io', 'RequestAuthentication', requestAuthenticationOf); }
  get authorizationPolicies(): readonly AuthorizationPolicy[] { return this.#list('security.istio.io', 'AuthorizationPolicy', authorizationPolicyOf); }
  get telemetries(): readonly Telemetry[] { return this.#list('telemetry.istio.io', 'Telemetry', telemetryOf); }
  get wasmPlugins(): readonly Policy[] { return this.#list('extensions.istio.io', 'WasmPlugin', policyOf); }
  get kubernetesGateways(): readonly KubernetesGateway[] { return this.#list('gateway.networking.k8s.io', 'Gateway', kubernetesGatewayOf); }
  get referenceGrants(): readonly ReferenceGrant[] { return this.#list('gateway.networking.k8s.io', 'ReferenceGrant', referenceGrantOf); }

  /** HTTPRoutes, GRPCRoutes, TLSRoutes, TCPRoutes and UDPRoutes. */
  get kubernetesRoutes(): readonly KubernetesRoute[] {
    return this.#make('routes', () => ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].flatMap(kind => this.#list('gateway.networking.k8s.io', kind, kubernetesRouteOf)));
  }

  /** Everything that runs: Pods, and the templates of what makes pods. */
  get workloads(): readonly Workload[] {
    return this.#make('workloads', () => [
      ...Object.keys(workloadKinds).flatMap(kind => this.#list(kind === 'ReplicationController' ? '' : kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps', kind, workloadOf)),
      ...this.pods,
    ]);
  }

  /** The networks of the mesh, and the object that says them. */
  get networks(): { readonly networks: unknown; readonly on: Entity } {
    return this.#make('networks', () => {
      const on = this.configMaps.find(({ name }) => name === 'istio');
      if (this.meshNetworks === undefined && on) return { networks: parseYaml(on.data.get('meshNetworks') ?? ''), on };
      return { networks: this.meshNetworks, on: entityOf(manifestOf({ apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshNetworks', metadata: { name: 'meshnetworks', namespace: this.config.rootNamespace } }), { defaultNamespace: '' }) };
    });
  }

  /** The workloads that run gateways. */
  get gatewayWorkloads(): readonly Workload[] {
    return this.#make('gateway workloads', () => this.workloads.filter(runsGateway));
  }

  namespace(name: string): NamespaceEntity | undefined {
    return this.#index('namespaces', () => this.namespaces, ({ name: own }) => own).get(name)?.[0];
  }

  /** Whether a namespace is known: there is a Namespace, or something stands in it. */
  knowsNamespace(name: string): boolean {
    return this.#make('known namespaces', () => new Set([...this.namespaces.map(({ name: own }) => own), ...this.all.map(({ namespace }) => namespace)])).has(name);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#index('services', () => this.services, service => `${service.namespace}/${service.name}`).get(`${namespace}/${name}`)?.[0];
  }

  gateway(fullName: string): Gateway | undefined {
    return this.#index('gateways', () => this.gateways, gateway => `${gateway.namespace}/${gateway.name}`).get(fullName)?.[0];
  }

  kubernetesGateway(namespace: string, name: string): KubernetesGateway | undefined {
    return this.#index('kubernetes gateways', () => this.kubernetesGateways, gateway => `${gateway.namespace}/${gateway.name}`).get(`${namespace}/${name}`)?.[0];
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#index('secrets', () => this.secrets, secret => `${secret.namespace}/${secret.name}`).get(`${namespace}/${name}`)?.[0];
  }

  /** The namespaces that workloads are in, and the workloads of each by label. */
  get workloadsByNamespace(): ReadonlyMap<string, LabelIndex<Workload>> {
    return this.#make('workloads by namespace', () => grouped(this.workloads, ({ namespace }) => namespace, list => new LabelIndex(list, ({ podLabels }) => podLabels)));
  }

  /** The workloads that a selector takes, in one namespace or in all. An empty selector takes all. */
  workloadsSelectedBy(selector: ReadonlyMap<string, string>, namespace?: string): readonly Workload[] {
    if (namespace !== undefined) return this.workloadsByNamespace.get(namespace)?.select(selector) ?? [];
    return this.#make('workloads by label', () => new LabelIndex(this.workloads, ({ podLabels }) => podLabels)).select(selector);
  }

  /** The Services that select a workload. */
  servicesOf(workload: Workload): readonly Service[] {
    const index = this.#make('services by selector', () => grouped(this.services, ({ namespace }) => namespace, list => new SelectorIndex(list, ({ selector }) => selector)));
    return index.get(workload.namespace)?.selecting(workload.podLabels) ?? [];
  }

  /** The workloads that a Service selects. */
  workloadsOf(service: Service): readonly Workload[] {
    return service.selector.size === 0 ? [] : this.workloadsSelectedBy(service.selector, service.namespace);
  }

  /** Who answers to which host: Services before ServiceEntries, older before newer. */
  get hosts(): HostIndex<HostOwner> {
    return this.#make('hosts', () => {
      const index = new HostIndex<HostOwner>();
      for (const service of this.services) index.add(service.host, service);
      for (const entry of this.serviceEntries) for (const host of entry.hosts) index.add(host, entry);
      return index;
    });
  }

  /** DestinationRules by host. */
  get destinationRulesByHost(): HostIndex<DestinationRule> {
    return this.#make('destination rules', () => {
      const index = new HostIndex<DestinationRule>();
      for (const rule of this.destinationRules) index.add(rule.fullHost, rule);
      return index;
    });
  }

  /** VirtualServices by host. */
  get virtualServicesByHost(): HostIndex<VirtualService> {
    return this.#make('virtual services', () => {
      const index = new HostIndex<VirtualService>();
      for (const service of this.virtualServices) for (const host of service.fullHosts) index.add(host, service);
      return index;
    });
  }

  #list<Result extends Entity>(group: string, kind: string, make: (entity: Entity, config: MeshConfig) => Result): readonly Result[] {
    const manifests = this.#store.kind(group, kind);
    let known = lists.get(manifests);
    if (known?.config !== this.config) {
      known = { config: this.config, list: this.#store.entities(group, kind).map(entity => make(entity, this.config)) };
      lists.set(manifests, known);
    }
    return known.list as readonly Result[];
  }

  #index<Value>(name: string, values: () => readonly Value[], key: (value: Value) => string): ReadonlyMap<string, readonly Value[]> {
    return this.#make(name, () => grouped(values(), key, list => list));
  }

  #make<Result>(name: string, make: () => Result): Result {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name) as Result;
  }
}

/** What was made of the manifests of a kind, and with which config. */
const lists = new WeakMap<Kind, { readonly config: MeshConfig; readonly list: readonly Entity[] }>();

function grouped<Value, Result>(values: readonly Value[], key: (value: Value) => string, make: (list: Value[]) => Result): ReadonlyMap<string, Result> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const name = key(value);
    const list = groups.get(name);
    if (list) list.push(value);
    else groups.set(name, [value]);
  }
  return new Map([...groups].map(([name, list]) => [name, make(list)]));
}

