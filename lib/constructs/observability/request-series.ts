import type { MeshService } from '../platform/mesh-service.ts';
import { isHttpPort } from '../platform/service-port.ts';

/** Whose count of a request is taken: every proxy on its way has one. */
export type Reporter = 'source' | 'destination' | 'waypoint';

/** The counters of a service's requests, as selectors of PromQL. */
export interface RequestSeries {
  /** All of them. */
  readonly all: string;
  readonly failed: string;
  /** Those whose time is known; without those that failed, where the metric tells them apart. */
  readonly timed: string;
  /** Those of them that took no longer. @throws when no bucket ends there */
  timedWithin(where: string, milliseconds: number): string;
}

/**
 * The upper bounds of the buckets of `istio_request_duration_milliseconds`.
 *
 * Source: https://istio.io/latest/docs/reference/config/annotations/ (sidecar.istio.io/statsHistogramBuckets)
 */
const istioBuckets: readonly number[] = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000];

/**
 * What counts as failed: for HTTP any 5xx; for gRPC the statuses for which the server answers, not the caller.
 *
 * Source: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/#grpc-status
 */
const grpcFailures = '2|4|12|13|14|15';

/**
 * The requests of a service as proxies count them.
 *
 * @throws when no proxy counts them: no port carries requests, or no waypoint stands before ambient workloads
 */
export function meshSeries(where: string, service: MeshService, reporter: Reporter | undefined): RequestSeries {
  const { namespace: { dataPlane }, waypoint } = service;
  if (!service.ports.some(isHttpPort)) throw new Error(`${where}: no port of ${service.node.path} carries requests that a proxy could count; give one the protocol http, http2 or grpc`);
  if (dataPlane === 'none' || (dataPlane === 'ambient' && waypoint === undefined)) {
    const way = dataPlane === 'none' ? 'take the namespace into the mesh' : 'give it or its namespace a waypoint';
    throw new Error(`${where}: no proxy counts the requests of ${service.node.path}; ${way}, or measure a route of its contract`);
  }
  const by = reporter ?? (dataPlane === 'ambient' ? 'waypoint' : 'source');
  const grpc = service.ports.filter(isHttpPort).every(({ protocol }) => protocol === 'grpc');
  const whose = `reporter="${by}",destination_service_name="${service.name}",destination_service_namespace="${service.namespaceName}"`;
  const [failed, succeeded] = grpc ? [`grpc_response_status=~"${grpcFailures}"`, `grpc_response_status!~"${grpcFailures}"`] : ['response_code=~"5.."', 'response_code!~"5.."'];
  return {
    all: `istio_requests_total{${whose}}`,
    failed: `istio_requests_total{${whose},${failed}}`,
    timed: `istio_request_duration_milliseconds_count{${whose},${succeeded}}`,
    timedWithin: (place, milliseconds) =>
      `istio_request_duration_milliseconds_bucket{${whose},${succeeded},${endsAt(place, milliseconds, istioBuckets, 'the histogram of Istio')}}`,
  };
}

/** The requests of one route of a service, or of all, as the service itself counts them. @throws when it has no contract, or one without that route */
export function contractSeries(where: string, service: MeshService, route: string | undefined): RequestSeries {
  const { contract } = service;
  if (!contract) throw new Error(`${where}: ${service.node.path} has no contract, so only its proxies are known to count requests; make it with MeshService.fromContract, or leave route and countedBy out`);
  const { requests, responseTime } = contract.metrics;
  if (route !== undefined && !contract.routes.includes(route)) {
    throw new Error(`${where}: the contract of ${contract.name} has no route ${JSON.stringify(route)}; its routes are ${contract.routes.join(', ') || 'none'}`);
  }
  const whose = `namespace="${service.namespaceName}"${route === undefined ? '' : `,endpoint="${route}"`}`;
  return {
    all: `${requests.name}{${whose}}`,
    failed: `${requests.name}{${whose},status=~"5.."}`,
    timed: `${responseTime.name}_count{${whose}}`,
    timedWithin: (place, milliseconds) => `${responseTime.name}_bucket{${whose},${endsAt(place, milliseconds / 1000, responseTime.buckets, responseTime.name)}}`,
  };
}

/** A test for the bucket that ends at a bound. Prometheus 3 writes whole numbers with ".0". */
function endsAt(where: string, bound: number, buckets: readonly number[], of: string): string {
  if (buckets.includes(bound)) return Number.isInteger(bound) ? `le=~"${bound}|${bound}\\\\.0"` : `le="${bound}"`;
  const near = [buckets.findLast(bucket => bucket < bound), buckets.find(bucket => bucket > bound)].filter(bucket => bucket !== undefined);
  throw new Error(`${where}: no bucket of ${of} ends at ${bound}, so it could only be guessed how many requests were faster; take ${near.join(' or ')}`);
}
