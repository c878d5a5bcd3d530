import { analyze } from './analyze.ts';
import { gatewayApi } from './gateway-api.ts';
import { istioAuthz } from './istio-authz.ts';
import { istioTraffic } from './istio-traffic.ts';
import { istioTrafficRouteFields } from './istio-traffic-route-fields.ts';
import { istioTrafficSimulation } from './istio-traffic-simulation.ts';
import { schema } from './schema.ts';
import type { Outcome } from './suite.ts';
import { validation } from './validation.ts';

/** Every suite of oracles, by the name of its folder. */
export const suites: Readonly<Record<string, (oracles: string) => Outcome>> = {
  analyze, schema, validation,
  'gateway-api': gatewayApi,
  'istio-authz': istioAuthz,
  'istio-traffic': istioTraffic,
  'istio-traffic/simulation': istioTrafficSimulation,
  'istio-traffic/route-fields': istioTrafficRouteFields,
};
