import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { MeshAlerts, type MeshAlertsProps } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { testWithTool } from '../../tools.ts';
import { shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';
import { promtoolCheck, promtoolTest, ruleGroups, type Fed } from './promtool.ts';

const golden = goldens(import.meta.url);
const testWithPromtool = testWithTool('promtool');

function alerts(props: MeshAlertsProps = {}) {
  const { mesh, shop } = shopMesh();
  new MeshAlerts(shop, 'mesh-alerts', props);
  return mesh;
}

test('alerts of the mesh', () => {
  golden('mesh-alerts.yaml', emitted(alerts({ team: 'platform', labels: { release: 'prometheus' } }), 'PrometheusRule'));
});

test('an alert can be left out', () => {
  const names = ruleGroups(alerts({ without: ['IstioDuplicateDomains'] })).flatMap(({ rules }) => rules.map(({ alert }) => alert));
  expect(names).toContain('IstiodAbsent');
  expect(names).not.toContain('IstioDuplicateDomains');
});

const istiod: Fed = { series: 'istio_build{component="pilot",tag="1.31.0"}', values: '1x2000' };
const busy = (extra: string): string => `istio_requests_total{reporter="source",destination_service_name="cart",destination_service_namespace="shop",${extra}}`;
const slow = (le: string): string => `istio_request_duration_milliseconds_bucket{reporter="source",destination_service_name="cart",destination_service_namespace="shop",le="${le}"}`;
const cart = { destination_service_name: 'cart', destination_service_namespace: 'shop' };

/** A breakdown of each kind, when it must be told, and how. */
const breakdowns: readonly (readonly [alert: string, fed: readonly Fed[], after: string, labels: Readonly<Record<string, string>>])[] = [
  ['IstiodAbsent', [{ series: 'up{job="other"}', values: '1x60' }], '10m', { component: 'pilot', severity: 'critical' }],
  ['IstioConfigRejected', [{ series: 'pilot_total_xds_rejects{type="lds",pod="a"}', values: '_x20 1x20' }], '25m', { type: 'lds', severity: 'critical' }],
  ['IstioPushErrors', [{ series: 'pilot_xds_pushes{type="cds_senderr",pod="a"}', values: '0+1x60' }], '20m', { type: 'cds_senderr', severity: 'warning' }],
  ['IstioPushSlow', [{ series: 'pilot_proxy_convergence_time_bucket{le="10"}', values: '0+1x60' }, { series: 'pilot_proxy_convergence_time_bucket{le="30"}', values: '0+9x60' }, { series: 'pilot_proxy_convergence_time_bucket{le="+Inf"}', values: '0+9x60' }], '30m', { severity: 'warning' }],
  ['IstioConfigInvalid', [{ series: 'galley_validation_failed{group="networking.istio.io",resource="virtualservices",reason="invalid_resource"}', values: '0x20 1x20' }], '22m', { group: 'networking.istio.io', resource: 'virtualservices', reason: 'invalid_resource', severity: 'info' }],
  ['IstioValidationFails', [{ series: 'galley_validation_http_error{status="500"}', values: '0+1x60' }], '20m', { status: '500', severity: 'warning' }],
  ['IstioDuplicateDomains', [{ series: 'pilot_vservice_dup_domain', values: '2x60' }], '20m', { severity: 'warning' }],
  ['IstioJwksUnreachable', [{ series: 'pilot_jwks_resolver_network_fetch_fail_total{pod="a"}', values: '0+1x60' }], '30m', { pod: 'a', severity: 'warning' }],
  ['SidecarInjectionFails', [{ series: 'sidecar_injection_failure_total{pod="a"}', values: '0x10 1x10' }], '13m', { pod: 'a', severity: 'critical' }],
  ['IstioCniNotReady', [{ series: 'istio_cni_install_ready{node="n1"}', values: '0x60' }], '20m', { node: 'n1', severity: 'critical' }],
  ['ZtunnelPodsPending', [{ series: 'workload_manager_pending_proxy_count{pod="ztunnel-1"}', values: '3x60' }], '20m', { pod: 'ztunnel-1', severity: 'warning' }],
  ['IstioVersionSkew', [{ series: 'pilot_xds{version="1.29.0"}', values: '4x2000' }], '26h', { version: '1.29.0', severity: 'warning' }],
  ['IstioCaCertificateExpires', [{ series: 'citadel_server_root_cert_expiry_timestamp{pod="a"}', values: '1728000x60' }], '20m', { pod: 'a', severity: 'warning' }],
  ['IstioWorkloadCertificateExpires', [{ series: 'istio_agent_cert_expiry_seconds{namespace="shop",pod="cart-1"}', values: '3600-60x60' }], '20m', { namespace: 'shop', pod: 'cart-1', severity: 'critical' }],
  ['IstioCertificateSigningFails', [{ series: 'citadel_server_authentication_failure_count{pod="a"}', values: '0+1x60' }], '30m', { pod: 'a', severity: 'warning' }],
  ['MeshErrors', [{ series: busy('response_code="200"'), values: '0+60x60' }, { series: busy('response_code="503"'), values: '0+60x60' }], '20m', { ...cart, severity: 'critical' }],
  ['MeshLatency', [{ series: busy('response_code="200"'), values: '0+60x60' }, { series: slow('5000'), values: '0+30x60' }, { series: slow('10000'), values: '0+60x60' }, { series: slow('+Inf'), values: '0+60x60' }], '30m', { ...cart, severity: 'warning' }],
];

/** Everything at work as it should be. */
const health: readonly Fed[] = [
  istiod,
  ...['pilot_total_xds_rejects{type="lds"}', 'galley_validation_failed{reason="x"}', 'sidecar_injection_failure_total{pod="a"}', 'pilot_jwks_resolver_network_fetch_fail_total{pod="a"}', 'pilot_xds_pushes{type="cds_senderr"}'].map(series => ({ series, values: '7x2000' })),
  { series: 'pilot_xds_pushes{type="cds"}', values: '0+9x2000' },
  { series: 'pilot_xds{version="1.31.0"}', values: '9x2000' },
  { series: 'pilot_vservice_dup_domain', values: '0x2000' },
  { series: 'istio_cni_install_ready{node="n1"}', values: '1x2000' },
  { series: 'workload_manager_pending_proxy_count{pod="ztunnel-1"}', values: '0x2000' },
  { series: 'citadel_server_root_cert_expiry_timestamp{pod="a"}', values: '315360000x2000' },
  { series: 'istio_agent_cert_expiry_seconds{namespace="shop",pod="cart-1"}', values: '86400x2000' },
  { series: busy('response_code="200"'), values: '0+600x2000' },
  { series: busy('response_code="503"'), values: '0+6x2000' },
  { series: slow('5000'), values: '0+600x2000' },
  { series: slow('+Inf'), values: '0+601x2000' },
];

describe('alerts that the real promtool runs', () => {
  testWithPromtool('are well-formed', () => {
    expect(promtoolCheck(alerts())).toMatch(/SUCCESS: \d+ rules found/);
  });

  test('have a breakdown each', () => {
    const names = new Set(ruleGroups(alerts()).flatMap(({ rules }) => rules.map(({ alert }) => alert)));
    expect(breakdowns.map(([alert]) => alert).sort()).toEqual([...names].sort());
  });

  for (const [alert, fed, after, labels] of breakdowns) {
    testWithPromtool(`tell of ${alert}`, () => {
      promtoolTest(alerts(), alert === 'IstiodAbsent' ? fed : [istiod, ...fed], [{ after, alert, labels: [labels] }]);
    });
  }

  testWithPromtool('are silent in health', () => {
    promtoolTest(alerts(), health, breakdowns.flatMap(([alert]) => ['1h', '30h'].map(after => ({ after, alert, labels: [] }))));
  });

  testWithPromtool('are silent on a service with hardly a request', () => {
    promtoolTest(alerts(), [istiod, { series: busy('response_code="503"'), values: '0+1x60' }], [{ after: '30m', alert: 'MeshErrors', labels: [] }]);
  });
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, MeshAlertsProps, string])[] = [
    ['a share of errors that is none', { errorPercent: 0 }, 'mesh/shop/mesh-alerts: errorPercent must be between 0 and 100, both excluded, got 0'],
    ['an alert that does not exist', { without: ['Fire'] }, 'there is no alert "Fire" to leave out'],
    ['a rate below nothing', { minimumRate: -1 }, 'minimumRate must be 0 or more, got -1'],
    ['a time that is none', { versionSkew: Duration.millis(0) }, 'for of IstioVersionSkew must be a whole number of milliseconds, at least 1, got 0 ms'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => alerts(props)).toThrow(message);
  });
});
