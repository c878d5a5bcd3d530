import type { Tree } from './values.ts';

/** How much the control plane and the proxies ask for: for a few, some hundred, or some thousand pods. */
export type Size = 'small' | 'medium' | 'large';

/** Whether one of each may be missing without a gap. */
export type Availability = 'single' | 'high';

/** Values of one preset for each component. */
export interface Preset {
  readonly istiod: Tree;
  readonly cni: Tree;
  readonly ztunnel: Tree;
  readonly gateway: Tree;
}

/** What a size asks for. Nothing is said for a size that nobody chose: the charts have requests of their own. */
export function sizePreset(size: Size | undefined): Preset {
  if (size === undefined) return { istiod: {}, cni: {}, ztunnel: {}, gateway: {} };
  const { pilot, proxy, limit, node } = sizes[size];
  const proxyResources = { requests: proxy, limits: limit };
  return {
    istiod: { pilot: { resources: { requests: pilot } }, global: { proxy: { resources: proxyResources }, waypoint: { resources: proxyResources } } },
    cni: { cni: { resources: { requests: sizes.small.node } } },
    ztunnel: { ztunnel: { resources: { requests: node } } },
    gateway: { resources: proxyResources },
  };
}

/**
 * Several of each, on nodes and in zones of their own, and never all of them evicted at once.
 *
 * Source: https://istio.io/latest/docs/ops/best-practices/deployment/
 */
export function availabilityPreset(availability: Availability, istiodLabels: Readonly<Record<string, string>>): Preset {
  if (availability === 'single') return { istiod: {}, cni: {}, ztunnel: {}, gateway: {} };
  return {
    istiod: {
      pilot: { autoscaleEnabled: true, autoscaleMin: 2, autoscaleMax: 5, topologySpreadConstraints: spread(istiodLabels) },
      global: { defaultPodDisruptionBudget: { enabled: true } },
    },
    cni: {},
    ztunnel: {},
    gateway: { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 }, podDisruptionBudget: { minAvailable: 1 } },
  };
}

/** Zones first, then nodes, as far as there are several. */
export function spread(matchLabels: Readonly<Record<string, string>>): Tree[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
    maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { ...matchLabels } },
  }));
}

const sizes = {
  small: { pilot: { cpu: '100m', memory: '512Mi' }, proxy: { cpu: '10m', memory: '64Mi' }, limit: { cpu: '1', memory: '256Mi' }, node: { cpu: '50m', memory: '128Mi' } },
  medium: { pilot: { cpu: '500m', memory: '2Gi' }, proxy: { cpu: '100m', memory: '128Mi' }, limit: { cpu: '2', memory: '1Gi' }, node: { cpu: '200m', memory: '512Mi' } },
  large: { pilot: { cpu: '2', memory: '8Gi' }, proxy: { cpu: '200m', memory: '256Mi' }, limit: { cpu: '4', memory: '2Gi' }, node: { cpu: '500m', memory: '1Gi' } },
} as const;
