import { checkValues, type MeshConfigValues } from '../install/values.ts';
import { portNumber } from '../values/numbers.ts';
import type { DataPlane, MeshNamespace } from './mesh-namespace.ts';
import { usedWaypoint, useWaypointLabels } from './used-waypoint.ts';

/** How the pods of one version are in the mesh, where that is not as the namespace says. */
export interface Injection {
  /** Whether they are in the mesh at all. @default true */
  readonly enabled?: boolean | undefined;
  /** The revision or tag that injects them, in a namespace that enrolls what is declared. @default - that of the namespace */
  readonly revision?: string | undefined;
  /** The waypoint for requests to the addresses of its pods, in an ambient namespace: a name, `namespace/name`, or `none`. @default - that of the namespace */
  readonly waypoint?: string | undefined;
  /** Ports on which requests come past the proxy. @default - none */
  readonly excludeInboundPorts?: readonly number[] | undefined;
  /** The only ports on which requests come through the proxy. @default - all */
  readonly includeInboundPorts?: readonly number[] | undefined;
  /** Ports to which requests go past the proxy. @default - none */
  readonly excludeOutboundPorts?: readonly number[] | undefined;
  /** Ports to which requests go through the proxy, whatever the ranges say. @default - none */
  readonly includeOutboundPorts?: readonly number[] | undefined;
  /** Addresses to which requests go past the proxy, as CIDR. @default - none */
  readonly excludeOutboundRanges?: readonly string[] | undefined;
  /** The only addresses to which requests go through the proxy, as CIDR. @default - all */
  readonly includeOutboundRanges?: readonly string[] | undefined;
  /** Whether the proxy is an init container that stays, so that it starts before the application and stops after it. @default - as the control plane decides */
  readonly native?: boolean | undefined;
  /** Whether the application starts only when the proxy is ready. @default - as the mesh config says: no */
  readonly holdUntilReady?: boolean | undefined;
  /** What the proxy asks for, as quantities of Kubernetes. @default - as the installation says */
  readonly resources?: ProxyResources | undefined;
  /** How much the proxy logs. @default warning */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warning' | 'error' | 'critical' | 'off' | undefined;
  /** Settings of the proxy, by the names of `meshConfig.defaultConfig`. @default - as the mesh config says */
  readonly config?: MeshConfigValues['defaultConfig'] | undefined;
}

/** What a proxy asks for, and the most that it gets. */
export interface ProxyResources {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly cpuLimit?: string | undefined;
  readonly memoryLimit?: string | undefined;
}

/** Labels and annotations of pods. */
export interface InjectedMetadata {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is said of pods. */
interface Injected {
  readonly injection?: Injection | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The labels and annotations of pods by which they are in the mesh.
 *
 * @throws when they contradict the namespace or each other, or a value is none
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/
 */
export function injectedMetadata(where: string, namespace: MeshNamespace, { injection = {}, annotations = {} }: Injected): InjectedMetadata {
  const injected = metadataOf(where, namespace, injection);
  const other = Object.entries(injected.annotations).find(([key, value]) => Object.hasOwn(annotations, key) && annotations[key] !== value);
  if (other) throw new Error(`${where}: annotation ${other[0]} is "${annotations[other[0]]}", but injection makes it "${other[1]}"; say it in one place`);
  return injected;
}

function metadataOf(where: string, namespace: MeshNamespace, injection: Injection): InjectedMetadata {
  const { enabled = true, revision, waypoint, ...settings } = injection;
  const { dataPlane } = namespace;
  const said = Object.entries(settings).filter(([, value]) => value !== undefined).map(([name]) => name);
  refuseContradictions(where, namespace, injection, said);
  const ofWaypoint = waypoint === undefined ? {} : waypointLabels(where, namespace, waypoint);
  if (dataPlane === 'none') return { labels: {}, annotations: {} };
  if (!enabled) return { labels: left[dataPlane], annotations: {} };
  const declared = namespace.enrolls === 'declared';
  if (dataPlane === 'ambient') return { labels: { ...(declared ? { 'istio.io/dataplane-mode': 'ambient' } : {}), ...ofWaypoint }, annotations: {} };
  const by = revision ?? namespace.revision;
  return {
    labels: declared ? { 'sidecar.istio.io/inject': 'true', ...(by === undefined ? {} : { 'istio.io/rev': by }) } : {},
    annotations: annotationsOf(where, settings),
  };
}

/** Whether the pods of a service are kept out of the mesh. @throws when those of some versions are */
export function keptOut(where: string, versions: Readonly<Record<string, { readonly injection?: Injection | undefined }>>): boolean {
  const all = Object.keys(versions);
  const out = all.filter(version => (versions[version] as { readonly injection?: Injection } | undefined)?.injection?.enabled === false);
  if (out.length > 0 && out.length < all.length) throw new Error(`${where}: ${out.join(', ')} is kept out of the mesh and the other versions are not, so that its callers would meet two kinds; say the same of all versions`);
  return out.length > 0;
}

function waypointLabels(where: string, namespace: MeshNamespace, asked: string): Readonly<Record<string, string>> {
  const waypoint = usedWaypoint(where, asked, namespace.name);
  if (waypoint) namespace.mesh.waypoints.use({ waypoint, namespace, traffic: 'workload', declaredBy: where });
  return useWaypointLabels(waypoint, namespace.name);
}

/** What keeps the pods of a namespace out of its data plane. */
const left: Readonly<Record<Exclude<DataPlane, 'none'>, Readonly<Record<string, string>>>> = {
  sidecar: { 'sidecar.istio.io/inject': 'false' },
  ambient: { 'istio.io/dataplane-mode': 'none' },
};

function refuseContradictions(where: string, namespace: MeshNamespace, { enabled, revision, waypoint, native, holdUntilReady }: Injection, said: readonly string[]): void {
  const { dataPlane, enrolls, name } = namespace;
  if (waypoint !== undefined && (dataPlane !== 'ambient' || enabled === false)) throw new Error(`${where}: waypoint "${waypoint}" serves ambient workloads, but ${enabled === false ? 'injection is not enabled' : `the dataPlane of namespace ${name} is "${dataPlane}"`}; leave one of them out`);
  const sidecar = [...(revision === undefined ? [] : ['revision']), ...said];
  if (dataPlane === 'none' && (enabled ?? sidecar.length > 0)) {
    throw new Error(`${where}: injection says ${enabled ? 'enabled' : sidecar.join(', ')}, but namespace ${name} is not in the mesh (dataPlane "none"), and Istio follows the namespace; change its dataPlane`);
  }
  if (enabled === false && sidecar.length > 0) throw new Error(`${where}: injection is not enabled, so nothing reads ${sidecar.join(', ')}; leave one of them out`);
  if (dataPlane === 'ambient' && sidecar.length > 0) {
    throw new Error(`${where}: ${sidecar.join(', ')} ${sidecar.length === 1 ? 'is' : 'are'} of a sidecar, but namespace ${name} is ambient; leave ${sidecar.length === 1 ? 'it' : 'them'} out, or take dataPlane "sidecar"`);
  }
  if (revision !== undefined && enrolls === 'all' && revision !== namespace.revision) {
    throw new Error(`${where}: revision "${revision}" is ignored, for namespace ${name} injects all its pods by ${namespace.revision === undefined ? 'the default revision' : `"${namespace.revision}"`}; say enrolls: 'declared' for the namespace, or the revision there`);
  }
  if (native === true && holdUntilReady === false) throw new Error(`${where}: a native sidecar starts before the application, so holdUntilReady cannot be false; leave one of them out`);
}

function annotationsOf(where: string, settings: Omit<Injection, 'enabled' | 'revision' | 'waypoint'>): Record<string, string> {
  const { native, holdUntilReady, resources = {}, logLevel, config = {} } = settings;
  if (config.holdApplicationUntilProxyStarts !== undefined && holdUntilReady !== undefined && config.holdApplicationUntilProxyStarts !== holdUntilReady) {
    throw new Error(`${where}: holdUntilReady is ${holdUntilReady}, but config.holdApplicationUntilProxyStarts is ${config.holdApplicationUntilProxyStarts}; say it in one place`);
  }
  checkValues(where, 'injection.config', 'Istio', config, ['meshConfig', 'defaultConfig']);
  const proxyConfig = { ...config, ...(holdUntilReady === undefined ? {} : { holdApplicationUntilProxyStarts: holdUntilReady }) };
  const lists = {
    'traffic.sidecar.istio.io/excludeInboundPorts': ports(where, 'excludeInboundPorts', settings.excludeInboundPorts),
    'traffic.sidecar.istio.io/includeInboundPorts': ports(where, 'includeInboundPorts', settings.includeInboundPorts),
    'traffic.sidecar.istio.io/excludeOutboundPorts': ports(where, 'excludeOutboundPorts', settings.excludeOutboundPorts),
    'traffic.sidecar.istio.io/includeOutboundPorts': ports(where, 'includeOutboundPorts', settings.includeOutboundPorts),
    'traffic.sidecar.istio.io/excludeOutboundIPRanges': ranges(where, 'excludeOutboundRanges', settings.excludeOutboundRanges),
    'traffic.sidecar.istio.io/includeOutboundIPRanges': ranges(where, 'includeOutboundRanges', settings.includeOutboundRanges),
  };
  const bothWays = ([['excludeInboundPorts', 'includeInboundPorts'], ['excludeOutboundPorts', 'includeOutboundPorts']] as const)
    .flatMap(([out, into]) => (settings[out] ?? []).filter(port => settings[into]?.includes(port)).map(port => `${port} in ${out} and ${into}`));
  if (bothWays.length > 0) throw new Error(`${where}: a port cannot be past and through the proxy: ${bothWays.join(', ')}; remove it from one`);
  const own: Record<string, string | undefined> = {
    ...lists,
    'sidecar.istio.io/nativeSidecar': native === undefined ? undefined : String(native),
    'sidecar.istio.io/logLevel': logLevel,
    'sidecar.istio.io/proxyCPU': quantity(where, 'cpu', resources.cpu),
    'sidecar.istio.io/proxyMemory': quantity(where, 'memory', resources.memory),
    'sidecar.istio.io/proxyCPULimit': quantity(where, 'cpuLimit', resources.cpuLimit),
    'sidecar.istio.io/proxyMemoryLimit': quantity(where, 'memoryLimit', resources.memoryLimit),
    'proxy.istio.io/config': Object.keys(proxyConfig).length === 0 ? undefined : JSON.stringify(proxyConfig),
  };
  return Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function ports(where: string, prop: string, given: readonly number[] | undefined): string | undefined {
  return given?.map(port => portNumber(where, prop, port)).join(',');
}

function ranges(where: string, prop: string, given: readonly string[] | undefined): string | undefined {
  const wrong = given?.find(range => !/^(?:(?:\d{1,3}\.){3}\d{1,3}\/(?:[12]?\d|3[0-2])|[0-9a-fA-F:]+:[0-9a-fA-F:.]*\/(?:\d{1,2}|1[01]\d|12[0-8]))$/.test(range));
  if (wrong !== undefined) throw new Error(`${where}: ${prop} takes addresses as CIDR, such as "10.0.0.0/8", got ${JSON.stringify(wrong)}`);
  return given?.join(',');
}

/** Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
function quantity(where: string, prop: string, given: string | undefined): string | undefined {
  if (given === undefined || /^\d+(?:\.\d+)?(?:m|[kMGTPE]i?)?$/.test(given)) return given;
  throw new Error(`${where}: resources.${prop} must be a quantity of Kubernetes such as "100m" or "128Mi", got ${JSON.stringify(given)}`);
}
