import { field, list, text } from '../../manifest/index.ts';
import type { MetricMode, TagOverride } from '../entities/metrics-of-telemetry.ts';
import type { Telemetry } from '../entities/policies.ts';
import { isHttp, type Protocol } from '../entities/protocol.ts';
import { selects } from '../entities/selector.ts';
import type { Service } from '../entities/service.ts';
import { runsGateway, type Workload } from '../entities/workload.ts';
import { gatewaysBySelector, virtualServicesOfGateway, virtualServicesToHost } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { calleesOfWorkload, callersOf } from './calls.ts';
import { workloadsOfGateway } from './gateway-workloads.ts';
import { hasSidecar } from './in-mesh.ts';
import { valuesOf } from './label-values.ts';
import { proxyMetrics, telemetriesFor } from './proxy-metrics.ts';

/** How many series the proxies emit that a Telemetry holds for. */
export interface SeriesEffect {
  readonly proxies: number;
  readonly with: number;
  readonly without: number;
}

/** What is counted as one series of a scrape: each bucket of a histogram, its sum and its count are series of their own. */
const seriesPerHistogram = 22;

type Family = 'http' | 'grpc' | 'tcp';

/** How requests and connections are assumed to end, as [response_code, response_flags, grpc_response_status]. */
const outcomes: Readonly<Record<Family, readonly (readonly [string, string, string])[]>> = {
  http: [['200', '-', ''], ['404', '-', ''], ['500', '-', ''], ['503', 'UF', ''], ['0', 'DC', '']],
  grpc: [['200', '-', '0'], ['200', '-', '5'], ['200', '-', '14'], ['200', 'UF', '14'], ['0', 'DC', '']],
  tcp: [['', '-', ''], ['', 'UF', '']],
};

/** The metrics of each, and how many series one combination of labels is. Those that grow while a request goes on do not know how it ends. */
const metricsOfFamily: Readonly<Record<Family, readonly { readonly name: string; readonly series: number; readonly hasCode: boolean }[]>> = {
  http: requestMetrics(),
  grpc: [...requestMetrics(), ...['GRPC_REQUEST_MESSAGES', 'GRPC_RESPONSE_MESSAGES'].map(name => ({ name, series: 1, hasCode: false }))],
  tcp: ['TCP_OPENED_CONNECTIONS', 'TCP_CLOSED_CONNECTIONS', 'TCP_SENT_BYTES', 'TCP_RECEIVED_BYTES'].map(name => ({ name, series: 1, hasCode: false })),
};

/**
 * What a Telemetry does to the number of series that Prometheus reads from the sidecars and gateways that it holds for, by what is known
 * of who calls whom. A Service that nobody is known to call is counted with one caller. Undefined where it holds for no proxy, or is
 * attached to waypoints, whose callers are not counted.
 *
 * Source: https://istio.io/latest/docs/reference/config/metrics/
 */
export function effectOnSeries(mesh: Mesh, telemetry: Telemetry): SeriesEffect | undefined {
  let proxies = 0;
  let before = 0;
  let after = 0;
  for (const workload of heldFor(mesh, telemetry)) {
    const inForce = telemetriesFor(mesh, workload.namespace, workload.podLabels);
    if (!inForce.includes(telemetry)) continue;
    proxies += workload.replicas;
    after += seriesOf(mesh, workload, inForce);
    before += seriesOf(mesh, workload, inForce.filter(other => other !== telemetry));
  }
  return proxies === 0 ? undefined : { proxies, with: after, without: before };
}

/** How many series the pods of a workload emit under some Telemetries. */
export function seriesOf(mesh: Mesh, workload: Workload, telemetries: readonly Telemetry[]): number {
  const emitted = proxyMetrics(mesh, telemetries);
  let sum = 0;
  for (const [mode, traffic] of [['CLIENT', mesh.about(sentBy, workload)], ['SERVER', mesh.about(receivedBy, workload)]] as const) {
    for (const family of ['http', 'grpc', 'tcp'] as const) {
      const own = traffic.filter(each => each.family === family);
      const counted = new Map<string, number>();
      for (const { name, series, hasCode } of metricsOfFamily[family]) {
        const tags = emitted[mode].get(name);
        if (tags && own.length > 0) sum += series * combinations(own, mode, tags, hasCode, counted) * addedValues(tags);
      }
    }
  }
  return sum * workload.replicas;
}

/** Whom a proxy talks to through which Service: what its metrics tell apart. */
interface Traffic {
  readonly family: Family;
  readonly service: Service;
  /** Undefined where nothing is known of it. */
  readonly peer: Workload | undefined;
}

function heldFor(mesh: Mesh, { namespace, selector, targetRefs }: Telemetry): readonly Workload[] {
  if (targetRefs.length > 0) return [];
  const workloads = selector && selector.size > 0 ? mesh.workloadsSelectedBy(selector, namespace) : namespace === mesh.config.rootNamespace ? mesh.workloads : mesh.workloadsIn(namespace);
  return workloads.filter(workload => !isMadeByAnother(mesh, workload) && (runsGateway(workload) || hasSidecar(mesh, workload)));
}

/** Pods of a ReplicaSet, and ReplicaSets of a Deployment, are the same pods once more. */
function isMadeByAnother(mesh: Mesh, { manifest, namespace }: Workload): boolean {
  return list(field(manifest.object.metadata, 'ownerReferences')).some(owner => {
    const [group = '', version = ''] = (text(field(owner, 'apiVersion')) ?? '').split('/');
    return mesh.get({ group, version, kind: text(field(owner, 'kind')) ?? '', namespace, name: text(field(owner, 'name')) ?? '' }) !== undefined;
  });
}

function sentBy(mesh: Mesh, workload: Workload): readonly Traffic[] {
  const services = runsGateway(workload) ? throughGateway(mesh, workload) : calleesOfWorkload(mesh, workload);
  return services.flatMap(service => talk(service, distinct(mesh, mesh.workloadsOf(service))));
}

function receivedBy(mesh: Mesh, workload: Workload): readonly Traffic[] {
  if (runsGateway(workload)) return [];
  return mesh.servicesOf(workload).flatMap(service => talk(service, distinct(mesh, [...callersOf(mesh, service), ...gatewaysTo(mesh, service)])));
}

function talk(service: Service, peers: readonly Workload[]): readonly Traffic[] {
  const families = new Set(service.ports.map(({ protocol }) => familyOf(protocol)).filter(family => family !== undefined));
  return [...families].flatMap(family => (peers.length > 0 ? peers : [undefined]).map(peer => ({ family, service, peer })));
}

function familyOf(protocol: Protocol): Family | undefined {
  if (protocol === 'UDP') return undefined;
  if (protocol === 'GRPC' || protocol === 'GRPC-WEB') return 'grpc';
  return isHttp(protocol) || protocol === 'AUTO' ? 'http' : 'tcp';
}

function distinct(mesh: Mesh, workloads: readonly Workload[]): readonly Workload[] {
  return [...new Set(workloads)].filter(workload => !isMadeByAnother(mesh, workload));
}

function throughGateway(mesh: Mesh, { podLabels }: Workload): readonly Service[] {
  const gateways = [...podLabels].flatMap(([key, value]) => mesh.at(gatewaysBySelector, `${key}=${value}`)).filter(({ selector }) => selects(selector, podLabels));
  const hosts = [...new Set(gateways)].flatMap(({ namespace, name }) => mesh.at(virtualServicesOfGateway, `${namespace}/${name}`))
    .flatMap(({ routes }) => routes.flatMap(({ destinations, mirrors }) => [...destinations, ...mirrors].map(({ fullHost }) => fullHost)));
  return [...new Set(hosts)].flatMap(host => mesh.hosts.at(host)).filter((owner): owner is Service => !('hosts' in owner));
}

function gatewaysTo(mesh: Mesh, { host }: Service): readonly Workload[] {
  return mesh.at(virtualServicesToHost, host).flatMap(({ gateways }) => gateways).flatMap(name => {
    const gateway = mesh.gateway(name);
    return gateway && gateway.selector.size > 0 ? workloadsOfGateway(mesh, gateway).filter(runsGateway) : [];
  });
}

/** How many combinations of values there are of the labels that are left. Metrics with the same labels share the count. */
function combinations(traffic: readonly Traffic[], mode: MetricMode, tags: ReadonlyMap<string, TagOverride>, hasCode: boolean, counted: Map<string, number>): number {
  // A label that is set is no more what it was; the values that it takes are counted apart.
  const labels = Object.entries(varying[mode]).filter(([label]) => !tags.has(label)).map(([, of]) => of);
  const ends = [...(hasCode ? ['response_code', 'grpc_response_status'] : []), 'response_flags'].filter(label => !tags.has(label));
  const key = `${[...tags.keys()].sort().join(' ')} ${String(hasCode)}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  const found = new Set<string>();
  for (const each of traffic) {
    const own = labels.map(of => of(each)).join('\n');
    for (const [code, flags, status] of outcomes[each.family]) {
      found.add(`${own}\n${ends.map(label => (label === 'response_code' ? code : label === 'response_flags' ? flags : status)).join('\n')}`);
    }
  }
  counted.set(key, found.size);
  return found.size;
}

function addedValues(tags: ReadonlyMap<string, TagOverride>): number {
  return [...tags.values()].reduce((product, { operation, value }) => (operation === 'REMOVE' ? product : product * (valuesOf(value)?.count ?? 1)), 1);
}

type LabelOf = (traffic: Traffic) => string;

/** The labels that differ between what one proxy counts: those of itself are the same everywhere. */
const varying: Readonly<Record<MetricMode, Readonly<Record<string, LabelOf>>>> = { CLIENT: labelsOfPeer('destination'), SERVER: labelsOfPeer('source') };

function labelsOfPeer(side: 'source' | 'destination'): Readonly<Record<string, LabelOf>> {
  const label = (name: string): LabelOf => ({ peer }) => peer?.podLabels.get(name) ?? '';
  return {
    destination_service: ({ service }) => service.host,
    destination_service_name: ({ service }) => service.name,
    destination_service_namespace: ({ service }) => service.namespace,
    [`${side}_workload`]: ({ peer }) => peer?.name ?? '',
    [`${side}_workload_namespace`]: ({ peer }) => peer?.namespace ?? '',
    [`${side}_principal`]: ({ peer }) => (peer ? `${peer.namespace}/${peer.serviceAccount}` : ''),
    [`${side}_app`]: label('app'),
    [`${side}_version`]: label('version'),
    [`${side}_canonical_service`]: ({ peer }) => peer?.podLabels.get('service.istio.io/canonical-name') ?? peer?.podLabels.get('app') ?? peer?.name ?? '',
    [`${side}_canonical_revision`]: ({ peer }) => peer?.podLabels.get('service.istio.io/canonical-revision') ?? peer?.podLabels.get('version') ?? '',
  };
}

function requestMetrics() {
  return [{ name: 'REQUEST_COUNT', series: 1, hasCode: true }, ...['REQUEST_DURATION', 'REQUEST_SIZE', 'RESPONSE_SIZE'].map(name => ({ name, series: seriesPerHistogram, hasCode: true }))];
}
