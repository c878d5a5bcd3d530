import { keyOf, manifestOf, parseYaml, type Identity, type Manifest } from '../manifest/index.ts';
import { entityOf, inIstioOrder, type Entity } from './entities/entity.ts';
import type { MeshConfig } from './entities/mesh-config.ts';
import type { Workload } from './entities/workload.ts';
import type { Selector } from './entities/selector.ts';
import { selects } from './entities/selector.ts';
import type { Service } from './entities/service.ts';
import * as indexes from './indexes.ts';
import { Keyed, type Change, type IndexDefinition } from './keyed.ts';
import { keyOfKind, kindByKey, routeKindNames, workloadKindNames, type KindName, type Kinds } from './kinds.ts';
import { LayeredMap } from './layered-map.ts';
import { HostIndex } from './queries/host-index.ts';
import type { HostOwner } from './queries/known-host.ts';
import { configuredMesh, touchesMeshConfig } from './queries/mesh-config.ts';
import { selecting } from './selector-index.ts';
import { Store, type Duplicate } from './store.ts';

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
  readonly remove?: Iterable<Identity> | undefined;
}

/** What a mesh differs in from the one that it was made of. */
export interface Difference {
  /** The mesh before. */
  readonly from: symbol;
  readonly changes: readonly Change[];
  /** What may be answered otherwise now, in the words of `Mesh.reads`; undefined where everything may. */
  readonly touched: ReadonlySet<string> | undefined;
}

/**
 * What a set of Kubernetes objects means together as a service mesh. It does not change; what is asked of it is made
 * when it is first asked for, and kept.
 */
export class Mesh {
  /** This mesh and no other. */
  readonly id = Symbol('mesh');
  readonly config: MeshConfig;
  readonly meshNetworks: unknown;
  readonly istioVersion: string;
  readonly now: Date;
  /** Undefined where the mesh was made from objects. */
  readonly difference: Difference | undefined;
  /** Who answers to which host: Services before ServiceEntries, older before newer. */
  readonly hosts: HostIndex<HostOwner> = new HostIndex(key => this.at(indexes.hostOwners, key));
  /** DestinationRules by host. */
  readonly destinationRulesByHost: HostIndex<Kinds['DestinationRule']> = new HostIndex(key => this.at(indexes.destinationRulesOfHost, key));
  /** VirtualServices by host. */
  readonly virtualServicesByHost: HostIndex<Kinds['VirtualService']> = new HostIndex(key => this.at(indexes.virtualServicesOfHost, key));
  readonly #store: Store;
  readonly #options: MeshOptions;
  readonly #tables: Map<string, Table>;
  readonly #indexes: Map<IndexDefinition, Keyed>;
  readonly #derived: Map<string, Derived>;
  /** By the labels of the pods, which belong to one workload. */
  readonly #servicesOf = new WeakMap<ReadonlyMap<string, string>, { readonly namespace: string; readonly services: readonly Service[] }>();
  /** By a selector, which belongs to one object. */
  readonly #selectedBy = new WeakMap<Selector, { readonly namespace: string; readonly workloads: readonly Workload[] }>();
  readonly #answers = new Map<unknown, WeakMap<object, unknown>>();
  #reading: string[] | undefined;

  /** Reads a mesh from its objects; of an object given twice, the later one holds. */
  static from(manifests: Iterable<Manifest>, options: MeshOptions = {}): Mesh {
    const store = Store.from(manifests, { defaultNamespace: options.defaultNamespace ?? 'default' });
    return new Mesh(store, configuredMesh(store, options), { ...options, now: options.now ?? new Date() }, new Map(), new Map(), new Map(), undefined);
  }

  private constructor(
    store: Store, config: MeshConfig, options: MeshOptions, tables: Map<string, Table>, keyed: Map<IndexDefinition, Keyed>,
    derived: Map<string, Derived>, difference: Difference | undefined,
  ) {
    this.#store = store;
    this.#options = options;
    this.#tables = tables;
    this.#indexes = keyed;
    this.#derived = derived;
    this.difference = difference;
    this.config = config;
    this.meshNetworks = options.meshNetworks;
    this.istioVersion = options.istioVersion ?? '1.31';
    this.now = options.now ?? new Date();
  }

  /** A mesh with some objects taken away, then some put in or replaced. It shares whatever the change does not touch, and costs what it touches. */
  with({ put = [], remove = [] }: MeshChange): Mesh {
    const { store, changes } = this.#store.with(put, remove);
    const config = changes.some(touchesMeshConfig) ? configuredMesh(store, this.#options) : this.config;
    const sameConfig = config.clusterDomain === this.config.clusterDomain && JSON.stringify(config.raw) === JSON.stringify(this.config.raw);
    // Entities are read with the config, so with another one nothing of theirs can be kept.
    if (!sameConfig) return new Mesh(store, config, this.#options, new Map(), new Map(), new Map(), { from: this.id, changes: [], touched: undefined });

    const entities = changes.map(({ kind, key, before, after }) => ({ kind, key, before: before && this.#table(kind).get(key), after: after && this.#read(kind, after) }));
    const touched = new Set<string>(entities.length === 0 ? [] : ['every']);
    const tables = new Map(this.#tables);
    for (const kind of new Set(entities.map(change => change.kind))) {
      const own = entities.filter(change => change.kind === kind);
      const table = this.#table(kind).with(new Map(own.map(({ key, after }) => [key, after])));
      if ((table.size === 0) !== (this.#table(kind).size === 0)) touched.add(`any ${kind}`);
      touched.add(`kind ${kind}`);
      tables.set(kind, table);
    }
    const keyed = new Map<IndexDefinition, Keyed>();
    for (const [definition, index] of this.#indexes) {
      const after = index.with(entities);
      keyed.set(definition, after);
      for (const change of entities) {
        for (const key of index.keysOf(change)) {
          touched.add(`${definition.name} ${key}`);
          if ((index.at(key).length === 0) !== (after.at(key).length === 0)) touched.add(`any ${definition.name} ${key}`);
        }
      }
    }
    for (const { key } of entities) {
      touched.add(`object ${key}`);
      if (this.#store.duplicates.has(key)) touched.add(`duplicates ${key}`);
    }
    const derived = new Map([...this.#derived].filter(([, { reads }]) => !reads.some(read => touched.has(read))));
    return new Mesh(store, this.config, this.#options, tables, keyed, derived, { from: this.id, changes: entities, touched });
  }

  /** Runs something, and says what it asked of the mesh, perhaps repeatedly: while a change touches none of that, it would run the same. */
  reads(run: () => void): readonly string[] {
    const outer = this.#reading;
    const reading: string[] = [];
    this.#reading = reading;
    try {
      run();
    } finally {
      this.#reading = outer;
      outer?.push(...reading);
    }
    return reading;
  }

  /** The objects that an index has under a key, in Istio's order. */
  at<Value extends Entity>(definition: IndexDefinition<Value>, key: string): readonly Value[] {
    this.#reading?.push(`${definition.name} ${key}`);
    return this.#index(definition).at(key) as readonly Value[];
  }

  /** Whether an index has anything under a key. Who asks this alone is touched by the first object there and the last, not by each. */
  hasAt(definition: IndexDefinition, key: string): boolean {
    this.#reading?.push(`any ${definition.name} ${key}`);
    return this.#index(definition).at(key).length > 0;
  }

  /** The labels whose names are keys of an index, in their order: workloads have many labels, and few names of labels stand in selectors. */
  labelsNamedIn(definition: IndexDefinition, labels: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
    const names = this.#reading ? undefined : this.#index(definition).fewKeys(labels.size)?.filter(name => labels.has(name));
    const [only] = names ?? [];
    if (names && names.length < 2) return only === undefined ? [] : [[only, labels.get(only) ?? '']];
    return [...labels].filter(([name]) => this.hasAt(definition, name));
  }

  /** What a query answers about an object, kept for those who ask again. While what is asked is remembered, it is asked each time. */
  about<On extends object, Result>(query: (mesh: Mesh, on: On) => Result, on: On): Result {
    if (this.#reading) return query(this, on);
    let answers = this.#answers.get(query);
    if (!answers) this.#answers.set(query, answers = new WeakMap());
    const known = answers.get(on) as Result | undefined;
    if (known !== undefined) return known;
    const answer = query(this, on);
    answers.set(on, answer);
    return answer;
  }

  /** Something that is made of the mesh once, and kept while nothing changes of what it was made of. */
  derived<Result>(name: string, make: () => Result): Result {
    let known = this.#derived.get(name);
    if (!known) {
      let value: Result | undefined;
      const reads = [...new Set(this.reads(() => { value = make(); }))];
      this.#derived.set(name, known = { reads, value });
    } else {
      for (const read of known.reads) this.#reading?.push(read);
    }
    return known.value as Result;
  }

  /** Every object of a kind, in Istio's order. */
  entities(group: string, kind: string): readonly Entity[] {
    return this.#list(`${group}/${kind}`);
  }

  /** Every object of a kind that has a meaning to a mesh, in Istio's order. */
  every<Name extends KindName>(name: Name): readonly Kinds[Name][] {
    return this.#list(keyOfKind[name]) as readonly Kinds[Name][];
  }

  /** Whether there is an object of one of these kinds. */
  has(...names: readonly KindName[]): boolean {
    for (const name of names) {
      const kind = keyOfKind[name];
      this.#reading?.push(`any ${kind}`);
      if ((this.#store.kinds.get(kind)?.size ?? 0) > 0) return true;
    }
    return false;
  }

  /** An object as it stands in the mesh. */
  get(identity: Identity): Entity | undefined {
    const key = keyOf(identity);
    this.#reading?.push(`object ${key}`);
    return this.#table(`${identity.group}/${identity.kind}`).get(key);
  }

  /** How many objects there are. */
  get size(): number {
    return [...this.#store.kinds.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Every object, of any kind. */
  get all(): readonly Entity[] {
    this.#reading?.push('every');
    return [...this.#store.kinds.keys()].sort().flatMap(kind => this.#table(kind).list);
  }

  /** The kinds that there are objects of, as `group/Kind`. */
  get kinds(): readonly string[] {
    this.#reading?.push('every');
    return [...this.#store.kinds.keys()];
  }

  /** The objects that lost against one of the same name that was given later. */
  duplicatesOf(entity: Entity): readonly Duplicate[] {
    // A change takes duplicates away and never makes one.
    if (this.#store.duplicates.size === 0) return [];
    const key = keyOf(entity);
    this.#reading?.push(`duplicates ${key}`);
    return this.#store.duplicates.get(key) ?? [];
  }

  get namespaces(): readonly Kinds['Namespace'][] { return this.every('Namespace'); }
  get services(): readonly Kinds['Service'][] { return this.every('Service'); }
  get pods(): readonly Kinds['Pod'][] { return this.every('Pod'); }
  get deployments(): readonly Kinds['Deployment'][] { return this.every('Deployment'); }
  get configMaps(): readonly Kinds['ConfigMap'][] { return this.every('ConfigMap'); }
  get secrets(): readonly Kinds['Secret'][] { return this.every('Secret'); }
  get serviceAccounts(): readonly Kinds['ServiceAccount'][] { return this.every('ServiceAccount'); }
  get nodes(): readonly Kinds['Node'][] { return this.every('Node'); }
  get customResourceDefinitions(): readonly Kinds['CustomResourceDefinition'][] { return this.every('CustomResourceDefinition'); }
  get mutatingWebhooks(): readonly Kinds['MutatingWebhookConfiguration'][] { return this.every('MutatingWebhookConfiguration'); }
  get validatingWebhooks(): readonly Kinds['ValidatingWebhookConfiguration'][] { return this.every('ValidatingWebhookConfiguration'); }
  get virtualServices(): readonly Kinds['VirtualService'][] { return this.every('VirtualService'); }
  get destinationRules(): readonly Kinds['DestinationRule'][] { return this.every('DestinationRule'); }
  get gateways(): readonly Kinds['Gateway'][] { return this.every('Gateway'); }
  get serviceEntries(): readonly Kinds['ServiceEntry'][] { return this.every('ServiceEntry'); }
  get workloadEntries(): readonly Kinds['WorkloadEntry'][] { return this.every('WorkloadEntry'); }
  get workloadGroups(): readonly Kinds['WorkloadGroup'][] { return this.every('WorkloadGroup'); }
  get sidecars(): readonly Kinds['Sidecar'][] { return this.every('Sidecar'); }
  get envoyFilters(): readonly Kinds['EnvoyFilter'][] { return this.every('EnvoyFilter'); }
  get peerAuthentications(): readonly Kinds['PeerAuthentication'][] { return this.every('PeerAuthentication'); }
  get requestAuthentications(): readonly Kinds['RequestAuthentication'][] { return this.every('RequestAuthentication'); }
  get authorizationPolicies(): readonly Kinds['AuthorizationPolicy'][] { return this.every('AuthorizationPolicy'); }
  get telemetries(): readonly Kinds['Telemetry'][] { return this.every('Telemetry'); }
  get wasmPlugins(): readonly Kinds['WasmPlugin'][] { return this.every('WasmPlugin'); }
  get kubernetesGateways(): readonly Kinds['KubernetesGateway'][] { return this.every('KubernetesGateway'); }
  get referenceGrants(): readonly Kinds['ReferenceGrant'][] { return this.every('ReferenceGrant'); }

  /** HTTPRoutes, GRPCRoutes, TLSRoutes, TCPRoutes and UDPRoutes. */
  get kubernetesRoutes(): readonly Kinds['HTTPRoute'][] {
    return this.derived('kubernetes routes', () => routeKindNames.flatMap(kind => this.every(kind)));
  }

  /** Everything that runs: Pods, and the templates of what makes pods. */
  get workloads(): readonly Workload[] {
    return this.derived('workloads', () => workloadKindNames.flatMap(kind => this.every(kind)));
  }

  /** Whether anything that runs is among the objects; a repository of configuration alone has nothing. */
  get hasWorkloads(): boolean {
    return this.has(...workloadKindNames);
  }

  /** The networks of the mesh, and the object that says them. */
  get networks(): { readonly networks: unknown; readonly on: Entity } {
    const [on] = this.at(indexes.configMapByName, 'istio');
    if (this.meshNetworks === undefined && on) return { networks: parseYaml(on.data.get('meshNetworks') ?? ''), on };
    return { networks: this.meshNetworks, on: entityOf(manifestOf({ apiVersion: 'mesh.istio.io/v1alpha1', kind: 'MeshNetworks', metadata: { name: 'meshnetworks', namespace: this.config.rootNamespace } }), { defaultNamespace: '' }) };
  }

  /** The workloads that run gateways. */
  get gatewayWorkloads(): readonly Workload[] {
    return this.at(indexes.gatewayWorkloads, '');
  }

  namespace(name: string): Kinds['Namespace'] | undefined {
    return this.at(indexes.namespaceByName, name)[0];
  }

  /** Whether a namespace is known: there is a Namespace, or something stands in it. */
  knowsNamespace(name: string): boolean {
    return this.namespace(name) !== undefined || this.at(indexes.anythingByNamespace, name).length > 0;
  }

  service(namespace: string, name: string): Service | undefined {
    return this.at(indexes.serviceByName, `${namespace}/${name}`)[0];
  }

  /** A Gateway by `namespace/name`. */
  gateway(fullName: string): Kinds['Gateway'] | undefined {
    return this.at(indexes.gatewayByName, fullName)[0];
  }

  kubernetesGateway(namespace: string, name: string): Kinds['KubernetesGateway'] | undefined {
    return this.at(indexes.kubernetesGatewayByName, `${namespace}/${name}`)[0];
  }

  secret(namespace: string, name: string): Kinds['Secret'] | undefined {
    return this.at(indexes.secretByName, `${namespace}/${name}`)[0];
  }

  /** The workloads of one namespace. */
  workloadsIn(namespace: string): readonly Workload[] {
    return this.at(indexes.workloadsOf, namespace);
  }

  /** The workloads that a selector takes, in one namespace or in all. An empty selector takes all. */
  workloadsSelectedBy(selector: Selector, namespace?: string): readonly Workload[] {
    if (selector.size === 0) return namespace === undefined ? this.workloads : this.workloadsIn(namespace);
    // While what is asked is remembered, less must be asked: other workloads of the namespace change nothing here.
    const known = namespace === undefined || this.#reading ? undefined : this.#selectedOfFew(selector, namespace);
    if (known) return known;
    // One label is looked up, the rarest; what is found is compared with all.
    let fewest: readonly Workload[] | undefined;
    for (const [key, text] of selector) {
      const label = `${key}=${text}`;
      const list = namespace === undefined ? this.at(indexes.workloadsByLabelAnywhere, label) : this.at(indexes.workloadsByLabel, `${namespace} ${label}`);
      if (!fewest || list.length < fewest.length) fewest = list;
    }
    return (fewest ?? []).filter(({ podLabels }) => selects(selector, podLabels));
  }

  /** Those of a namespace with few workloads, which are looked through sooner than an index of all their labels is made. */
  #selectedOfFew(selector: Selector, namespace: string): readonly Workload[] | undefined {
    const known = this.#selectedBy.get(selector);
    if (known?.namespace === namespace) return known.workloads;
    const own = this.workloadsIn(namespace);
    const [first] = selector;
    if (own.length > few || !first) return undefined;
    const [key, text] = first;
    const workloads = own.filter(({ podLabels }) => podLabels.get(key) === text && selects(selector, podLabels));
    this.#selectedBy.set(selector, { namespace, workloads });
    return workloads;
  }

  /** The Services that select a workload. */
  servicesOf({ namespace, podLabels }: Pick<Workload, 'namespace' | 'podLabels'>): readonly Service[] {
    // Many rules ask this of the same workload. While what is asked is remembered, the index must be asked each time.
    const known = this.#reading ? undefined : this.#servicesOf.get(podLabels);
    if (known?.namespace === namespace) return known.services;
    const services = selecting(this, indexes.servicesSelecting, namespace, podLabels);
    this.#servicesOf.set(podLabels, { namespace, services });
    return services;
  }

  /** The workloads that a Service selects. */
  workloadsOf({ namespace, selector }: Service): readonly Workload[] {
    return selector.size === 0 ? [] : this.workloadsSelectedBy(selector, namespace);
  }

  #list(kind: string): readonly Entity[] {
    this.#reading?.push(`kind ${kind}`);
    return this.#table(kind).list;
  }

  #table(kind: string): Table {
    let table = this.#tables.get(kind);
    if (!table) {
      const entities = new Map<string, Entity>();
      for (const [key, manifest] of this.#store.kinds.get(kind)?.entries() ?? []) entities.set(key, this.#read(kind, manifest));
      this.#tables.set(kind, table = new Table(LayeredMap.of(entities)));
    }
    return table;
  }

  #read(kind: string, manifest: Manifest): Entity {
    const entity = entityOf(manifest, this.#store.reading);
    return kindByKey.get(kind)?.read(entity, this.config) ?? entity;
  }

  #index(definition: IndexDefinition): Keyed {
    let index = this.#indexes.get(definition);
    if (!index) this.#indexes.set(definition, index = this.#made(definition));
    return index;
  }

  #made(definition: IndexDefinition): Keyed {
    const kinds = definition.of === 'every' ? [...this.#store.kinds.keys()].sort() : definition.of.map(name => keyOfKind[name]);
    return Keyed.from(definition, this.config, kinds.map(kind => this.#table(kind).list));
  }
}

/** How many workloads of a namespace are few. */
const few = 40;

/** Something made of the mesh, and what was asked for it. */
interface Derived {
  readonly reads: readonly string[];
  readonly value: unknown;
}

/** The objects of one kind. */
class Table {
  readonly #entities: LayeredMap<string, Entity>;
  #list: readonly Entity[] | undefined;

  constructor(entities: LayeredMap<string, Entity>) {
    this.#entities = entities;
  }

  get size(): number {
    return this.#entities.size;
  }

  /** In Istio's order. */
  get list(): readonly Entity[] {
    return this.#list ??= [...this.#entities.values()].sort(inIstioOrder);
  }

  get(key: string): Entity | undefined {
    return this.#entities.get(key);
  }

  with(changes: ReadonlyMap<string, Entity | undefined>): Table {
    return new Table(this.#entities.with(changes));
  }
}
