import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import { freeId, metadataKeys } from '../values/name.ts';
import { AppMetrics } from './app-metrics.ts';
import { contractDashboard } from './dashboards/contract.ts';
import { controlPlaneDashboard } from './dashboards/control-plane.ts';
import { type Dashboard, dashboardJson, queriesOf } from './dashboards/dashboard.ts';
import { latencyRecordings } from './dashboards/latency-recordings.ts';
import { meshDashboard } from './dashboards/mesh.ts';
import { performanceDashboard } from './dashboards/performance.ts';
import { serviceDashboard } from './dashboards/service.ts';
import { workloadDashboard } from './dashboards/workload.ts';
import { ztunnelDashboard } from './dashboards/ztunnel.ts';
import { PrometheusRules } from './prometheus-rules.ts';

export interface MeshDashboardsProps {
  /** Services that get a board of their own: each must have a contract, which says what it measures. @default - none */
  readonly services?: readonly MeshService[] | undefined;
  /** Whether some workloads are ambient, so that there is a ztunnel to look at. @default - true */
  readonly ztunnel?: boolean | undefined;
  /** Labels by which the sidecar of Grafana finds a ConfigMap. @default - grafana_dashboard: "1" */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The annotation that names the folder in Grafana, and its value. @default - grafana_folder: Istio */
  readonly folder?: string | undefined;
  /** Labels by which Prometheus finds the recordings that the board of performance reads. @default - none */
  readonly ruleLabels?: Readonly<Record<string, string>> | undefined;
}

/**
 * Boards for Grafana, a ConfigMap each: the mesh, services, workloads, performance, the control plane, ztunnel, and one for each
 * service with a contract. A query that names a metric or label that nothing emits fails the synth.
 *
 * @example
 * new MeshDashboards(observability, 'dashboards', { services: [cart] });
 *
 * @see https://grafana.com/docs/grafana/latest/dashboards/
 */
export class MeshDashboards extends Construct {
  readonly dashboards: readonly Dashboard[];

  /** @throws when a service has no contract, or is given twice */
  constructor(scope: Construct, id: string, props: MeshDashboardsProps = {}) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { services = [], ztunnel = true, labels = { grafana_dashboard: '1' }, folder = 'Istio', ruleLabels } = props;
    metadataKeys(where, 'label', labels);
    const twice = services.find((service, i) => services.indexOf(service) !== i);
    if (twice) throw new Error(`${where}: ${twice.node.path} is given twice; leave one out`);
    const ofServices = services.map(service => {
      // From JavaScript it may be anything.
      if (typeof service !== 'object') throw new Error(`${where}: services takes the constructs of services, got ${JSON.stringify(service)}; give the MeshService`);
      if (!service.contract) throw new Error(`${where}: ${service.node.path} has no contract, so it is not known what it measures; make it with MeshService.fromContract, or look at it on the board "${serviceDashboard.title}"`);
      return contractDashboard(service.contract, service.namespaceName);
    });
    this.dashboards = [meshDashboard, serviceDashboard, workloadDashboard, performanceDashboard, controlPlaneDashboard, ...(ztunnel ? [ztunnelDashboard] : []), ...ofServices];
    new PrometheusRules(this, 'latency', { name: 'mesh-latency', groups: [latencyRecordings], labels: ruleLabels });
    for (const dashboard of this.dashboards) {
      const name = dashboard.uid.replace(/^meshwright-/, 'dashboard-');
      new k8s.KubeConfigMap(this, name, { metadata: { name, labels, annotations: { grafana_folder: folder } }, data: { [`${name}.json`]: dashboardJson(dashboard) } });
    }
    this.node.addValidation({ validate: () => this.dashboards.flatMap(dashboard => this.#problems(dashboard)) });
  }

  #problems(dashboard: Dashboard): readonly string[] {
    const metrics = AppMetrics.of(this);
    return queriesOf(dashboard).flatMap(({ panel, query }) => metrics.problems(`${this.node.path}: board "${dashboard.title}", ${panel}`, query));
  }
}
