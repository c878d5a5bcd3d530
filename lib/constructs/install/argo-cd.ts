import type { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { Application } from '../l1.ts';
import { releasedCharts, type ArgoCdProps } from './back-end.ts';
import { chartReleases, type ChartRelease } from './chart-releases.ts';
import { privilegedNamespace } from './namespaces.ts';
import type { InstallationPlan } from './plan.ts';

/**
 * An Application for each chart, in waves. Argo CD waits between them where it looks at the health of Applications; where
 * it does not, retries come to the same end.
 *
 * Source: https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function emitApplications(chart: Chart, plan: InstallationPlan, props: ArgoCdProps): void {
  for (const release of chartReleases(plan)) emitApplication(chart, plan, release, props);
}

function emitApplication(scope: Construct, plan: InstallationPlan, release: ChartRelease, props: ArgoCdProps): void {
  const { namespace = 'argocd', project = 'default', charts = releasedCharts, automated = true } = props;
  const { cluster } = plan;
  const destination = props.destination ?? (cluster ? { name: cluster.name } : { server: 'https://kubernetes.default.svc' });
  const isBase = release.chart === 'base';
  const holdsNamespace = isBase || (release.namespace !== plan.namespace && release.chart !== 'gateway');
  const { labels, annotations } = namespaceMetadata(plan, release);
  new Application(scope, release.name, {
    metadata: {
      // Several clusters may have their Applications in one place.
      name: cluster ? `${cluster.name}-${release.name}` : release.name,
      namespace,
      annotations: { 'argocd.argoproj.io/sync-wave': String(release.wave) },
      // Without this, an Application that is removed leaves what it installed. CRDs must stay: all configuration would go with them.
      ...(isBase ? {} : { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
    },
    spec: {
      project,
      destination: { ...destination, namespace: release.namespace },
      source: {
        // Argo CD writes OCI registries without their scheme.
        repoURL: charts.replace(/^oci:\/\//, ''),
        chart: release.chart,
        targetRevision: release.version,
        helm: { releaseName: release.name, valuesObject: release.values },
      },
      syncPolicy: {
        ...(automated ? { automated: { prune: !isBase, selfHeal: true } } : {}),
        ...(holdsNamespace && Object.keys({ ...labels, ...annotations }).length > 0 ? { managedNamespaceMetadata: { labels, annotations } } : {}),
        retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
        syncOptions: ['CreateNamespace=true', 'ServerSideApply=true', 'RespectIgnoreDifferences=true'],
      },
      ...(writesWebhooks(release) ? { ignoreDifferences: webhookDifferences } : {}),
    },
  });
}

/** istiod writes its certificate, and whether it answers, into its own webhooks. */
const webhookDifferences = [
  { group: 'admissionregistration.k8s.io', kind: 'ValidatingWebhookConfiguration', jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle', '.webhooks[]?.failurePolicy'] },
  { group: 'admissionregistration.k8s.io', kind: 'MutatingWebhookConfiguration', jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'] },
];

function writesWebhooks({ chart }: ChartRelease): boolean {
  return chart === 'base' || chart === 'istiod';
}

function namespaceMetadata({ namespace, namespaceLabels, namespaceAnnotations, cni, ztunnel }: InstallationPlan, release: ChartRelease): { labels?: Record<string, string>; annotations?: Record<string, string> } {
  const privileged = [cni, ztunnel].some(agent => agent?.namespace === release.namespace);
  const labels = { ...(release.namespace === namespace ? namespaceLabels : {}), ...(privileged ? privilegedNamespace : {}) };
  const annotations = release.namespace === namespace ? { ...namespaceAnnotations } : {};
  return { ...(Object.keys(labels).length > 0 ? { labels } : {}), ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
}
