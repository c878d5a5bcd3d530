import { createHash } from 'node:crypto';
import { Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { AuthorizationPolicy } from '../l1.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { freeId, serviceName } from '../values/name.ts';
import { webAddress } from '../values/web-address.ts';
import { alikeLogs } from './alike-logs.ts';
import { collectorImage, collectorMemory, healthPort, mayReadPods, memoryGoal, memoryLimiter, podAttributes } from './collector-pod.ts';
import type { OtlpReceiver, OtlpSignal } from './otlp-receiver.ts';

export interface OpenTelemetryCollectorProps {
  /** Where spans go, over OTLP/HTTP: the base URL of Tempo, Jaeger or any other back end, such as `http://tempo.observability:4318`. @default - spans are not taken */
  readonly traces?: string | undefined;
  /** Where logs go, over OTLP/HTTP: for Loki `http://loki.observability:3100/otlp`. @default - logs are not taken */
  readonly logs?: string | undefined;
  /** How many pods share the work. @default 2 */
  readonly replicas?: number | undefined;
  /** What it runs; the distribution must have the exporters otlphttp and the processors memory_limiter, batch, k8sattributes and transform. @default otel/opentelemetry-collector-k8s:0.127.0 */
  readonly image?: string | undefined;
  /** The memory of a pod, in MiB: at four fifths of it the collector refuses what comes in instead of dying. @default 512 */
  readonly memoryMebibytes?: number | undefined;
}

const grpcPort = 4317;
const httpPort = 4318;

/**
 * An OpenTelemetry Collector that takes spans and access logs of the proxies, and spans of services, over OTLP and passes them on,
 * with the pod and namespace that each came from.
 *
 * @example
 * const collector = new OpenTelemetryCollector(observability, 'collector', { traces: 'http://tempo.observability:4318', logs: 'http://loki.observability:3100/otlp' });
 * new MeshTracing(mesh, 'tracing', { collector });
 * new AccessLogs(mesh, 'logs', { to: collector });
 *
 * @see https://opentelemetry.io/docs/collector/
 */
export class OpenTelemetryCollector extends Construct implements OtlpReceiver {
  readonly host: string;
  readonly grpcPort = grpcPort;
  readonly httpPort = httpPort;
  readonly takes: readonly OtlpSignal[];
  readonly namespace: MeshNamespace;
  /** The name of its Service and of what runs it. */
  readonly name: string;

  /** @throws when it is to take nothing, or an address is no URL of http or https */
  constructor(namespace: MeshNamespace, id: string, props: OpenTelemetryCollectorProps) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    const name = serviceName(where, 'the id of a collector', id);
    const { replicas = 2, image = collectorImage } = props;
    const memoryMebibytes = collectorMemory(where, props.memoryMebibytes ?? 512);
    if (props.traces === undefined && props.logs === undefined) throw new Error(`${where}: takes neither spans nor logs; say where traces or logs go`);
    if (!(Number.isInteger(replicas) && replicas >= 1)) throw new Error(`${where}: replicas must be a whole number, at least 1, got ${String(replicas)}`);
    this.takes = [...(props.traces === undefined ? [] : ['spans' as const]), ...(props.logs === undefined ? [] : ['logs' as const])];
    this.namespace = namespace;
    this.name = name;
    this.host = `${name}.${namespace.name}.svc.${namespace.mesh.clusterDomain}`;
    const metadata = { name, labels: { app: name } };
    const file = Yaml.stringify(pipelines(where, props, memoryMebibytes));
    mayReadPods(this, namespace, name);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { 'collector.yaml': file } });
    new k8s.KubeDeployment(this, 'deployment', {
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: metadata.labels },
        template: {
          // A pod reads its file once: another file needs other pods.
          metadata: { labels: metadata.labels, annotations: { 'meshwright.dev/config': createHash('sha256').update(file).digest('hex').slice(0, 16) } },
          spec: {
            serviceAccountName: name,
            securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{
              name: 'collector',
              image,
              args: ['--config=/etc/otelcol/collector.yaml'],
              env: [memoryGoal(memoryMebibytes)],
              ports: [{ name: 'grpc-otlp', containerPort: grpcPort }, { name: 'http-otlp', containerPort: httpPort }, { name: 'health', containerPort: healthPort }],
              resources: {
                requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString(`${memoryMebibytes}Mi`) },
                limits: { memory: k8s.Quantity.fromString(`${memoryMebibytes}Mi`) },
              },
              livenessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(healthPort) } },
              readinessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(healthPort) } },
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ name: 'config', mountPath: '/etc/otelcol', readOnly: true }],
            }],
            volumes: [{ name: 'config', configMap: { name } }],
          },
        },
      },
    });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        selector: metadata.labels,
        ports: [
          { name: 'grpc-otlp', appProtocol: 'grpc', port: grpcPort, targetPort: k8s.IntOrString.fromString('grpc-otlp') },
          { name: 'http-otlp', appProtocol: 'http', port: httpPort, targetPort: k8s.IntOrString.fromString('http-otlp') },
        ],
      },
    });
    if (!namespace.isClosed) return;
    // Every workload of the mesh sends here; where nobody gets in without a grant, nothing would arrive.
    new AuthorizationPolicy(this, 'access', {
      metadata: { name },
      spec: {
        selector: { matchLabels: metadata.labels },
        action: 'ALLOW',
        rules: [{ from: [{ source: { principals: [`${namespace.mesh.trustDomain}/*`] } }], to: [{ operation: { ports: [String(grpcPort), String(httpPort)] } }] }],
      },
    });
  }
}

/**
 * The file of the collector.
 *
 * Source: https://opentelemetry.io/docs/collector/configuration/
 */
function pipelines(where: string, { traces, logs }: OpenTelemetryCollectorProps, memory: number): object {
  const steps = { traces: [], logs: ['transform/logs'] };
  const out = (to: string | undefined, what: string): object => (to === undefined ? {} : { [`otlphttp/${what}`]: { endpoint: endpoint(where, what, to) } });
  const pipeline = (to: string | undefined, what: 'traces' | 'logs'): object => (to === undefined ? {} : { [what]: { receivers: ['otlp'], processors: ['memory_limiter', 'k8sattributes', ...steps[what], 'batch'], exporters: [`otlphttp/${what}`] } });
  return {
    extensions: { health_check: { endpoint: `0.0.0.0:${healthPort}` } },
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${grpcPort}` }, http: { endpoint: `0.0.0.0:${httpPort}` } } } },
    processors: {
      memory_limiter: memoryLimiter(memory),
      k8sattributes: {
        extract: podAttributes,
        // Lines that a collector of a node passes on come from its connection, and are of another pod.
        pod_association: [{ sources: [{ from: 'resource_attribute', name: 'k8s.pod.uid' }] }, { sources: [{ from: 'resource_attribute', name: 'k8s.pod.ip' }] }, { sources: [{ from: 'connection' }] }],
      },
      ...(logs === undefined ? {} : { 'transform/logs': alikeLogs }),
      batch: {},
    },
    exporters: { ...out(traces, 'traces'), ...out(logs, 'logs') },
    service: { extensions: ['health_check'], pipelines: { ...pipeline(traces, 'traces'), ...pipeline(logs, 'logs') } },
  };
}

function endpoint(where: string, what: string, url: string): string {
  const words = { as: 'the http or https URL of an OTLP receiver', password: 'which would stand in a ConfigMap; put a proxy that knows it in between' };
  return webAddress(where, what, url, words).replace(/\/+$/, '');
}
