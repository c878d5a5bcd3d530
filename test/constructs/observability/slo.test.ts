import { Duration, Testing } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { defineService } from 'meshwright/runtime/contract';
import { MeshApp, MeshService, PrometheusRules, ServiceMesh, Sli, Slo, type SloProps, warnings } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { testWithTool } from '../../tools.ts';
import { reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';
import { promtoolCheck, promtoolTest, ruleGroups } from './promtool.ts';

const golden = goldens(import.meta.url);
const testWithPromtool = testWithTool('promtool');

const cart = defineService({ name: 'cart', port: 9080, routes: ['/carts/{id}'], metrics: { buckets: [0.1, 0.5, 1] } });

function cartOf(shop: ReturnType<typeof shopMesh>['shop']): MeshService<'v1'> {
  return MeshService.fromContract(shop, cart, { versions: { v1: { image: 'cart:1' } } });
}

test('availability and latency of a service become recordings and alerts', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Slo(reviews, 'availability', { objective: 99.9, team: 'books', labels: { release: 'prometheus' } });
  new Slo(reviews, 'latency', { objective: 99, indicator: Sli.latency(Duration.millis(500)), runbook: 'Ratings are the usual cause.' });
  golden('reviews.yaml', emitted(mesh, 'PrometheusRule'));
});

test('one route is measured by the service itself', () => {
  const { mesh, shop } = shopMesh();
  new Slo(cartOf(shop), 'carts', { objective: 99.5, route: '/carts/{id}' });
  golden('route.yaml', emitted(mesh, 'PrometheusRule'));
});

test('ambient workloads are counted by their waypoint, gRPC by its own statuses', () => {
  const { mesh, shop } = shopMesh({}, { dataPlane: 'ambient', waypoint: 'waypoint' });
  const users = new MeshService(shop, 'users', { port: { port: 9000, protocol: 'grpc' }, versions: { v1: { image: 'users:1' } } });
  new Slo(users, 'availability', { objective: 99.9 });
  expect(JSON.stringify(ruleGroups(mesh))).toContain(JSON.stringify('istio_requests_total{reporter="waypoint",destination_service_name="users",destination_service_namespace="shop",grpc_response_status=~"2|4|12|13|14|15"}').slice(1, -1));
});

describe('rules that the real promtool runs', () => {
  const all = 'istio_requests_total{reporter="source",destination_service_name="reviews",destination_service_namespace="shop",response_code="200"}';
  const failed = all.replace('"200"', '"503"');
  const labels = { namespace: 'shop', service: 'reviews', slo: 'reviews-availability' };
  const objective = () => {
    const { mesh, shop } = shopMesh();
    new Slo(reviewsOf(shop), 'availability', { objective: 99.9 });
    return mesh;
  };

  testWithPromtool('are well-formed', () => {
    expect(promtoolCheck(objective())).toMatch(/SUCCESS: \d+ rules found/);
  });

  testWithPromtool('are silent while requests are answered', () => {
    promtoolTest(objective(), [{ series: all, values: '0+600x500' }, { series: failed, values: '0+0x500' }], [
      { after: '8h', alert: 'ErrorBudgetBurnsFast', labels: [] },
      { after: '8h', alert: 'ErrorBudgetBurns', labels: [] },
    ]);
  });

  testWithPromtool('are silent before the first failure ever', () => {
    promtoolTest(objective(), [{ series: all, values: '0+600x200' }], [{ after: '3h', alert: 'ErrorBudgetBurnsFast', labels: [] }]);
  });

  testWithPromtool('fire within minutes of an outage, and stop soon after it', () => {
    promtoolTest(objective(), [
      // Six hours of health, twenty minutes in which half of the requests fail, health again.
      { series: all, values: '0+600x360 216000+300x20 222000+600x200' },
      { series: failed, values: '0+0x360 0+300x20 6000+0x200' },
    ], [
      { after: '6h', alert: 'ErrorBudgetBurnsFast', labels: [] },
      { after: '6h15m', alert: 'ErrorBudgetBurnsFast', labels: [{ ...labels, severity: 'critical' }] },
      { after: '7h30m', alert: 'ErrorBudgetBurnsFast', labels: [] },
    ]);
  });

  testWithPromtool('call a slow burn a warning, not a page', () => {
    // 0.4 % fail: four times what may, for a day and more.
    promtoolTest(objective(), [{ series: all, values: '0+996x1800' }, { series: failed, values: '0+4x1800' }], [
      { after: '29h', alert: 'ErrorBudgetBurnsFast', labels: [] },
      { after: '29h', alert: 'ErrorBudgetBurns', labels: [{ ...labels, severity: 'warning' }] },
    ]);
  });

  testWithPromtool('are silent when one of a few requests fails', () => {
    promtoolTest(objective(), [{ series: all, values: '0+0x60 0+1x5 5+0x600' }, { series: failed, values: '0+0x62 1+0x600' }], [
      { after: '1h4m', alert: 'ErrorBudgetBurnsFast', labels: [] },
      { after: '1h10m', alert: 'ErrorBudgetBurnsFast', labels: [] },
    ]);
  });
});

test('an objective so low that requests cannot fail often enough says which alerts it loses', () => {
  const { app, shop } = shopMesh();
  new Slo(reviewsOf(shop), 'loose', { objective: 90 });
  expect(warnings(app)).toEqual(['mesh/shop/reviews/loose: with an objective of 90 % requests cannot fail 14.4 times as often as allowed; those alerts are left out']);
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, SloProps, string])[] = [
    ['an objective over all', { objective: 100.5 }, 'mesh/shop/cart/o: objective must be between 0 and 100, both excluded (at 100 no request could ever fail), got 100.5'],
    ['an objective of all', { objective: 100 }, 'both excluded'],
    ['a route that is none', { objective: 99, route: '/cart' }, 'the contract of cart has no route "/cart"; its routes are /carts/{id}'],
    ['a route counted by the mesh', { objective: 99, route: '/carts/{id}', countedBy: 'mesh' }, 'the metrics of the mesh know no routes'],
    ['a time without a bucket', { objective: 99, countedBy: 'service', indicator: Sli.latency(Duration.millis(300)) }, 'no bucket of cart_response_time_seconds ends at 0.3, so it could only be guessed how many requests were faster; take 0.1 or 0.5'],
    ['a time without a bucket of Istio', { objective: 99, indicator: Sli.latency(Duration.millis(300)) }, 'no bucket of the histogram of Istio ends at 300, so it could only be guessed how many requests were faster; take 250 or 500'],
    ['a reporter of what no proxy counts', { objective: 99, countedBy: 'service', reporter: 'source' }, 'reporter says whose proxy counts'],
    ['a period too short', { objective: 99, days: 2 }, 'days must be a whole number, at least 4'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    const { shop } = shopMesh();
    expect(() => new Slo(cartOf(shop), 'o', props)).toThrow(message);
  });
  test('a service that no proxy counts', () => {
    const { shop } = shopMesh({}, { dataPlane: 'ambient' });
    expect(() => new Slo(reviewsOf(shop), 'o', { objective: 99 })).toThrow('mesh/shop/reviews/o: no proxy counts the requests of mesh/shop/reviews; give it or its namespace a waypoint, or measure a route of its contract');
  });
  test('a route of a service without a contract', () => {
    const { shop } = shopMesh();
    expect(() => new Slo(reviewsOf(shop), 'o', { objective: 99, route: '/x' })).toThrow('mesh/shop/reviews has no contract');
  });
});

describe('rules of one\'s own', () => {
  const rules = (query: string): (() => unknown) => {
    const app = new MeshApp({ name: 'test', outdir: Testing.app().outdir });
    const shop = new ServiceMesh(app, 'mesh').namespace('shop');
    new PrometheusRules(shop, 'own', {
      groups: [{ name: 'own', rules: [
        { alert: 'OrdersStop', query: 'shop:orders:rate5m == 0', severity: 'warning', summary: 'No orders', runbook: 'Look at the cart.' },
        { record: 'shop:orders:rate5m', query },
      ] }],
      metrics: [{ name: 'shop_orders_total', kind: 'counter', labels: ['currency'] }],
    });
    return () => app.render();
  };
  test('may ask for what other rules record, wherever they stand', () => {
    expect(rules('sum by (currency) (rate(shop_orders_total[5m]))')).not.toThrow();
  });
  test('fail the synth where they ask for what nothing emits', () => {
    expect(rules('sum(rate(shop_order_total[5m]))')).toThrow('rule shop:orders:rate5m: the query asks for metric "shop_order_total", which nothing emits; did you mean "shop_orders_total"?');
  });
  test('fail the synth where a rule needs itself', () => {
    expect(rules('shop:orders:rate5m * 2')).toThrow('the query asks for metric "shop:orders:rate5m", which nothing emits');
  });
});
