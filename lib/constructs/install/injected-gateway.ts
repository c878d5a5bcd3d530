import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { networkLabels, networkView, servicePorts } from './gateway.ts';
import type { GatewayPlan } from './plan.ts';
import { isTree, pruned, type Tree } from './values.ts';

/**
 * A gateway as plain objects: a Deployment whose only container istiod fills in, its Service, identity, access to
 * Secrets, and as many of it as asked for.
 *
 * Source: https://istio.io/latest/docs/setup/additional-setup/gateway/#deploying-a-gateway
 */
export function emitInjectedGateway(scope: Construct, gateway: GatewayPlan): void {
  const { name, namespace, revision, selector, values } = gateway;
  const own = new Construct(scope, `gateway-${name}`);
  const labels = { istio: selector, app: name };
  const network = networkLabels(values);
  const metadata = { name, namespace, labels: { ...tree(values.labels), ...network, ...labels } };
  const make = (id: string, apiVersion: string, kind: string, rest: object, of: object = metadata): ApiObject => new ApiObject(own, id, { apiVersion, kind, metadata: of, ...rest });
  make('account', 'v1', 'ServiceAccount', {});
  make('role', 'rbac.authorization.k8s.io/v1', 'Role', { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }] });
  make('role-binding', 'rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  make('deployment', 'apps/v1', 'Deployment', {
    spec: pruned({
      selector: { matchLabels: labels },
      template: {
        metadata: {
          labels: { ...labels, ...network, 'sidecar.istio.io/inject': 'true', 'istio.io/dataplane-mode': 'none', ...(revision === undefined ? {} : { 'istio.io/rev': revision }) },
          annotations: { 'inject.istio.io/templates': 'gateway', 'prometheus.io/port': '15020', 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/stats/prometheus' },
        },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'istio-proxy', image: 'auto', resources: values.resources, env: networkView(values) }].map(pruned),
          topologySpreadConstraints: values.topologySpreadConstraints,
        },
      },
    }),
  });
  const service = tree(values.service);
  make('service', 'v1', 'Service', {
    spec: { type: service.type ?? 'LoadBalancer', selector: labels, ports: servicePorts(values) },
  }, { ...metadata, ...(isTree(service.annotations) ? { annotations: service.annotations } : {}) });
  const { enabled = true, minReplicas = 1, maxReplicas = 5, targetCPUUtilizationPercentage = 80 } = tree(values.autoscaling);
  if (enabled !== false) {
    make('autoscaler', 'autoscaling/v2', 'HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, minReplicas, maxReplicas,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } } }],
      },
    });
  }
  if (isTree(values.podDisruptionBudget)) make('budget', 'policy/v1', 'PodDisruptionBudget', { spec: { ...values.podDisruptionBudget, selector: { matchLabels: labels } } });
}

function tree(value: unknown): Tree {
  return isTree(value) ? value : {};
}
