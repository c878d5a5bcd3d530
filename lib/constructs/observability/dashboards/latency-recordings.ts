import { Duration } from 'cdk8s';
import type { RuleGroup } from '../prometheus-rules.ts';
import { asCalled } from './red.ts';

const service = 'destination_service_name, destination_service_namespace';
const quantile = (by: string): string => `histogram_quantile(0.95, sum by (le, ${by}) (rate(istio_request_duration_milliseconds_bucket{${asCalled}}[5m])))`;
const requests = (test: string): string => `sum by (${service}, destination_version) (rate(istio_requests_total{${asCalled}${test}}[5m]))`;
const mean = (reporter: string): string => `sum by (${service}) (rate(istio_request_duration_milliseconds_sum{reporter="${reporter}"}[5m])) / sum by (${service}) (rate(istio_request_duration_milliseconds_count{reporter="${reporter}"}[5m]))`;

/** Latency by hop and by version, worked out once for all who look. */
export const latencyRecordings: RuleGroup = {
  name: 'mesh-latency',
  interval: Duration.seconds(30),
  rules: [
    { record: 'mesh:request_duration_milliseconds:p95_by_hop', query: quantile(`source_workload, source_workload_namespace, ${service}`) },
    { record: 'mesh:request_duration_milliseconds:p95_by_version', query: quantile(`${service}, destination_version`) },
    { record: 'mesh:request_failures:ratio_by_version', query: `${requests(',response_code=~"5.."')} / ${requests('')} or 0 * ${requests('')}` },
    { record: 'mesh:request_duration_milliseconds:mean_beyond_service', query: `clamp_min((${mean('source')}) - (${mean('destination')}), 0)` },
  ],
};
