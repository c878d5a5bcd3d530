import { createHash } from 'node:crypto';
import { Lazy, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { dnsLabel, freeId, serviceName } from '../values/name.ts';
import { collectorImage, collectorMemory, healthPort, mayReadPods, memoryGoal } from './collector-pod.ts';
import { ExtensionProviders } from './extension-provider.ts';
import { lineFieldsOf } from './line-fields.ts';
import { LogsDestination } from './logs-destination.ts';
import type { OtlpReceiver } from './otlp-receiver.ts';
import { podLogsFile, stateFolder } from './pod-logs-file.ts';
import type { SecretKey } from './receiver.ts';

export interface PodLogsProps {
  /** Who takes the lines: a collector of this app, or the base URL of an OTLP/HTTP receiver, for Loki `http://loki.observability:3100/otlp`. */
  readonly to: OtlpReceiver | string;
  /** Headers that a URL asks for, such as a tenant; what is secret is the key of a Secret. @default - none */
  readonly headers?: Readonly<Record<string, string | SecretKey>> | undefined;
  /** Whose pods are read. @default - those of the namespaces of the mesh that are in a data plane */
  readonly namespaces?: readonly (MeshNamespace | string)[] | undefined;
  /** Namespaces that are left out. @default - none */
  readonly withoutNamespaces?: readonly (MeshNamespace | string)[] | undefined;
  /** Containers that are left out, by name. @default - none beside those of Istio */
  readonly withoutContainers?: readonly string[] | undefined;
  /** Whether what proxies write is read too. @default - where `AccessLogs` go to their standard output; what goes over OTLP is there already */
  readonly proxies?: boolean | undefined;
  /** What it runs; the distribution must have the receiver filelog, the exporter otlphttp, the extension file_storage and the processors memory_limiter, batch, k8sattributes and transform. @default otel/opentelemetry-collector-k8s:0.127.0 */
  readonly image?: string | undefined;
  /** The memory of a pod, in MiB: at four fifths of it the collector waits with reading. @default 256 */
  readonly memoryMebibytes?: number | undefined;
}

/**
 * The logs of services: an OpenTelemetry Collector on each node reads what containers write and passes it on over OTLP, with the
 * trace, request, severity, pod and service of each line, as the access logs of proxies carry them.
 *
 * Lines that cannot be sent wait on the node, and where it left off is kept there, so that a collector that starts again loses none.
 *
 * @example
 * new PodLogs(observability, 'pod-logs', { to: collector });
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver
 */
export class PodLogs extends Construct {
  readonly #namespace: MeshNamespace;
  readonly #props: PodLogsProps;
  readonly #destination: LogsDestination;

  /** @throws when a name is none, the destination takes no logs, or a header would be a secret in plain sight */
  constructor(namespace: MeshNamespace, id: string, props: PodLogsProps) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    this.#namespace = namespace;
    this.#props = props;
    const name = serviceName(where, 'the id of a collector', id);
    const memory = collectorMemory(where, props.memoryMebibytes ?? 256);
    this.#destination = new LogsDestination(this, props.to, props.headers ?? {});
    for (const each of [...props.namespaces ?? [], ...props.withoutNamespaces ?? []]) if (typeof each === 'string') dnsLabel(where, 'a namespace', each);
    for (const container of props.withoutContainers ?? []) dnsLabel(where, 'a container', container);
    const file = (): string => Yaml.stringify(podLogsFile({ ...this.#read(name), fields: lineFieldsOf(this, this.#namespaces).fields, destination: this.#destination, memory }));
    const labels = { app: name };
    mayReadPods(this, namespace, name);
    new k8s.KubeConfigMap(this, 'config', { metadata: { name, labels }, data: Lazy.any({ produce: () => ({ 'collector.yaml': file() }) }) as Record<string, string> });
    new k8s.KubeDaemonSet(this, 'daemon-set', {
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: {
            // It reads files and sends them out of the mesh: a proxy of its own would serve nothing.
            labels: { ...labels, 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
            // A pod reads its file once: another file needs other pods.
            annotations: Lazy.any({ produce: () => ({ 'meshwright.dev/config': createHash('sha256').update(file()).digest('hex').slice(0, 16) }) }) as Record<string, string>,
          },
          spec: this.#pod(name, props.image ?? collectorImage, memory),
        },
      },
    });
    // Nobody has anything to ask of it but the kubelet of its node, which no policy keeps out.
    new k8s.KubeNetworkPolicy(this, 'nobody-in', { metadata: { name, labels }, spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'] } });
    this.node.addValidation({ validate: () => [...this.#problems(), ...this.#destination.problems()] });
  }

  /**
   * What the kubelet writes belongs to root and nobody else may read it: so this runs as root, with none of root's powers, and sees
   * of the node what it reads, read-only, and a folder of its own.
   */
  #pod(name: string, image: string, memory: number): k8s.PodSpec {
    return {
      serviceAccountName: name,
      securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: 'RuntimeDefault' } },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
      containers: [{
        name,
        image,
        args: ['--config=/etc/otelcol/collector.yaml'],
        env: [memoryGoal(memory), { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }, ...this.#destination.env],
        ports: [{ name: 'health', containerPort: healthPort }],
        resources: {
          requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString(`${memory}Mi`) },
          limits: { memory: k8s.Quantity.fromString(`${memory}Mi`) },
        },
        livenessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(healthPort) } },
        readinessProbe: { httpGet: { path: '/', port: k8s.IntOrString.fromNumber(healthPort) } },
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        volumeMounts: [
          { name: 'config', mountPath: '/etc/otelcol', readOnly: true },
          { name: 'pod-logs', mountPath: '/var/log/pods', readOnly: true },
          { name: 'state', mountPath: stateFolder },
        ],
      }],
      volumes: [
        { name: 'config', configMap: { name } },
        { name: 'pod-logs', hostPath: { path: '/var/log/pods', type: 'Directory' } },
        { name: 'state', hostPath: { path: `/var/lib/meshwright/${this.#namespace.name}-${name}`, type: 'DirectoryOrCreate' } },
      ],
    };
  }

  /** Known at the end: a namespace or a service may be added after this. */
  get #namespaces(): readonly string[] {
    const { namespaces = this.#namespace.mesh.namespaces.filter(({ dataPlane }) => dataPlane !== 'none'), withoutNamespaces = [] } = this.#props;
    const without = new Set(withoutNamespaces.map(nameOf));
    return [...new Set(namespaces.map(nameOf))].filter(each => !without.has(each)).sort();
  }

  /** What is read, and what is not: its own lines and those of who takes them would come round for ever. */
  #read(name: string): { readonly namespaces: readonly string[]; readonly withoutContainers: readonly string[]; readonly withoutPods: readonly string[] } {
    const { withoutContainers = [], proxies = ExtensionProviders.of(this).all.some(({ envoyFileAccessLog }) => envoyFileAccessLog !== undefined) } = this.#props;
    const { collector } = this.#destination;
    return {
      namespaces: this.#namespaces,
      withoutContainers: [...(proxies ? [] : ['istio-proxy']), 'istio-init', 'istio-validation', ...withoutContainers],
      withoutPods: [`${this.#namespace.name}_${name}-*_*/${name}`, ...(collector ? [`${collector.namespace.name}_${collector.name}-*_*/collector`] : [])],
    };
  }

  #problems(): readonly string[] {
    const problems: string[] = [...lineFieldsOf(this, this.#namespaces).contradictions];
    if (this.#namespaces.length === 0) problems.push('reads no namespace; take one into the mesh, or name those to read by namespaces');
    const namespace = this.#namespace.node.tryFindChild('namespace');
    const standard = namespace instanceof k8s.KubeNamespace ? namespace.metadata.getLabel('pod-security.kubernetes.io/enforce') : undefined;
    if (standard === 'baseline' || standard === 'restricted') {
      problems.push(`reads files of the node, and namespace ${this.#namespace.name} lets in no pod that does (pod-security.kubernetes.io/enforce: ${standard}); put it into a namespace of its own with "privileged"`);
    }
    return problems;
  }
}

function nameOf(namespace: MeshNamespace | string): string {
  return typeof namespace === 'string' ? namespace : namespace.name;
}
