import type { Construct } from 'constructs';
import { HelmRelease, HelmRepository, OCIRepository } from '../l1.ts';
import { releasedCharts, type FluxProps } from './back-end.ts';
import { chartReleases, type ChartRelease } from './chart-releases.ts';
import { emitNamespaces } from './namespaces.ts';
import type { InstallationPlan } from './plan.ts';

/**
 * A HelmRelease for each chart, each waiting for those that must be there first, and the repository that they come from.
 *
 * Source: https://fluxcd.io/flux/components/helm/helmreleases/
 */
export function emitHelmReleases(scope: Construct, plan: InstallationPlan, props: FluxProps): void {
  const { namespace = 'flux-system', charts = releasedCharts, interval = '1h' } = props;
  const releases = chartReleases(plan);
  emitNamespaces(scope, plan);
  if (charts.startsWith('oci://')) {
    for (const { chart, version } of ofEachVersion(releases)) {
      new OCIRepository(scope, `source-${chart}-${version}`, { metadata: { name: sourceName(chart, version), namespace }, spec: { interval, url: `${charts.replace(/\/$/, '')}/${chart}`, ref: { tag: version } } });
    }
  } else {
    new HelmRepository(scope, 'source', { metadata: { name: 'istio', namespace }, spec: { interval, url: charts } });
  }
  for (const release of releases) {
    const { name, chart, version, values, after } = release;
    new HelmRelease(scope, name, {
      metadata: { name, namespace },
      spec: {
        interval,
        releaseName: name,
        targetNamespace: release.namespace,
        ...(charts.startsWith('oci://')
          ? { chartRef: { kind: 'OCIRepository', name: sourceName(chart, version) } }
          : { chart: { spec: { chart, version, sourceRef: { kind: 'HelmRepository', name: 'istio' } } } }),
        ...(after.length > 0 ? { dependsOn: after.map(other => ({ name: other })) } : {}),
        install: { ...crds(release), ...(chart === 'gateway' ? { createNamespace: true } : {}), remediation: { retries: 3 } },
        upgrade: { ...crds(release), remediation: { retries: 3 } },
        driftDetection: { mode: 'enabled', ...(chart === 'base' || chart === 'istiod' ? { ignore: webhookDrift } : {}) },
        values,
      },
    });
  }
}

/** The chart has its CRDs as templates, which upgrade; Helm's own folder of them is empty in newer releases. */
function crds({ chart }: ChartRelease): { crds?: 'CreateReplace' } {
  return chart === 'base' ? { crds: 'CreateReplace' } : {};
}

/** istiod writes its certificate, and whether it answers, into its own webhooks; a MutatingWebhookConfiguration of it has up to four. */
const webhookDrift = [
  { target: { kind: 'ValidatingWebhookConfiguration' }, paths: ['/webhooks/0/clientConfig/caBundle', '/webhooks/0/failurePolicy'] },
  { target: { kind: 'MutatingWebhookConfiguration' }, paths: [0, 1, 2, 3].map(i => `/webhooks/${i}/clientConfig/caBundle`) },
];

function sourceName(chart: string, version: string): string {
  return `istio-${chart}-${version.replace(/[^a-z0-9]+/g, '-')}`;
}

function ofEachVersion(releases: readonly ChartRelease[]): ChartRelease[] {
  return [...new Map(releases.map(release => [sourceName(release.chart, release.version), release])).values()];
}
