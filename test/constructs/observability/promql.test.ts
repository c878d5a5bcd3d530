import { describe, expect, test } from 'vitest';
import { defineService } from 'meshwright/runtime/contract';
import { controlPlaneMetrics, processMetrics, trafficMetrics } from '../../../lib/constructs/observability/istio-metrics.ts';
import { contractMetrics, MetricCatalogue } from '../../../lib/constructs/observability/metric-catalogue.ts';
import { checkQuery } from '../../../lib/constructs/observability/promql.ts';

const shop = defineService({ name: 'shop', port: 9080, metrics: { own: { orders: { kind: 'counter', help: 'Orders.', labels: ['currency'] } } } });
const catalogue = new MetricCatalogue([...trafficMetrics, ...controlPlaneMetrics, ...processMetrics, ...contractMetrics(shop)]);

const check = (query: string): readonly string[] => [...checkQuery('app/slo', query, catalogue)].sort();

describe('a query over metrics that exist', () => {
  test.each([
    ['sum(rate(istio_requests_total{reporter="destination",response_code=~"5.."}[5m]))', []],
    ['sum by (destination_service_name) (rate(istio_requests_total[5m])) / 2', ['destination_service_name']],
    ['2 * -(1) * sum by (pod) (up)', ['pod']],
    ['histogram_quantile(0.99, sum by (le, pod) (rate(istio_request_duration_milliseconds_bucket[5m])))', ['pod']],
    ['sum without (pod, job, instance, namespace, container, service, endpoint, node, cluster, app) (rate(shop_orders_total[5m]))', ['currency']],
    ['label_replace(sum by (pod) (up), "name", "$1", "pod", "(.*)-.*")', ['name', 'pod']],
    ['label_join(sum by (pod, namespace) (up), "full", ".", "pod", "namespace")', ['full', 'namespace', 'pod']],
    ['sum by (pod) (rate(istio_requests_total[5m])) * on (pod) group_left (tag) istio_build', ['pod', 'tag']],
    ['count_values("version", sum by (tag) (istio_build))', ['version']],
    ['sum by (pod) (up) or sum by (job) (up)', ['job', 'pod']],
    ['{__name__=~"pilot_xds_.ds_reject"} > 0', ['app', 'cluster', 'container', 'endpoint', 'err', 'instance', 'job', 'namespace', 'node', 'pod', 'service']],
    ['max_over_time(sum(rate(shop_requests_total{status="500"}[1m]))[30m:1m]) and time() > 0 unless vector(1)', []],
  ])('%s', (query, labels) => {
    expect(check(query)).toEqual(labels);
  });
});

describe('a query that would always be empty, or cannot run', () => {
  test.each([
    ['sum(rate(istio_request_total[5m]))', 'asks for metric "istio_request_total", which nothing emits; did you mean "istio_requests_total"?'],
    ['istio_requests_total{response_cod="500"}', 'asks for label "response_cod", which istio_requests_total does not carry; did you mean "response_code"?'],
    ['sum by (version) (istio_requests_total)', 'asks for label "version", which (istio_requests_total) does not carry'],
    ['sum by (pod) (up) * on (job) up', 'asks for label "job", which sum by (pod) (up) does not carry'],
    ['histogram_quantile(0.9, sum(rate(istio_request_bytes_bucket[5m])))', 'takes a quantile of what has no label "le"'],
    ['rate(pilot_xds[5m])', 'takes the rate of "pilot_xds", which is a gauge'],
    ['label_replace(sum by (pod) (up), "a", "$1", "job", ".*")', 'asks for label "job"'],
    ['{job="x"}', 'has a selector that names no metric'],
    ['{__name__=~"nothing_.*"}', 'asks for metrics like "nothing_.*", which nothing emits'],
    ['sum(rate(up[5m])', 'is no PromQL'],
    ['', 'is '],
  ])('%s', (query, message) => {
    expect(() => check(query)).toThrow(message);
    expect(() => check(query)).toThrow(/^app\/slo: the query /);
  });
});
