import { analyze } from './analyze.ts';
import { istioTraffic } from './istio-traffic.ts';
import { istioTrafficSimulation } from './istio-traffic-simulation.ts';
import { schema } from './schema.ts';
import type { Outcome } from './suite.ts';
import { validation } from './validation.ts';

/** Every suite of oracles, by the name of its folder. */
export const suites: Readonly<Record<string, (oracles: string) => Outcome>> = {
  analyze, schema, validation,
  'istio-traffic': istioTraffic,
  'istio-traffic/simulation': istioTrafficSimulation,
};
