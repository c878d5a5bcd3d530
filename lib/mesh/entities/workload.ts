import { boolean, field, list, number, text, textMap, texts, type Fields } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';

/** A container of a workload. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly protocol: string }[];
  readonly env: ReadonlyMap<string, string>;
  readonly runAsUser: number | undefined;
  /** Capabilities of Linux that it has beyond the usual ones. */
  readonly capabilities: readonly string[];
  readonly privileged: boolean;
}

/** What runs: a Pod, or the template of what makes pods. */
export interface Workload extends Entity {
  /** Labels of its pods. */
  readonly podLabels: ReadonlyMap<string, string>;
  readonly podAnnotations: ReadonlyMap<string, string>;
  readonly containers: readonly Container[];
  readonly initContainers: readonly Container[];
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly nodeName: string;
  readonly runAsUser: number | undefined;
  /** How many pods there are to be. @default 1 */
  readonly replicas: number;
  /** The addresses of a Pod that runs. */
  readonly ips: readonly string[];
  /** Where the pod's spec stands in the object. */
  readonly podPath: string;
}

/** The port of a workload that a target port means, by number or by the name that a container gives it; undefined where none has the name. */
export function workloadPort({ containers }: Workload, targetPort: number | string): number | undefined {
  return typeof targetPort === 'number' ? targetPort : containers.flatMap(({ ports }) => ports).find(({ name }) => name === targetPort)?.port;
}

/** Whether a workload is a proxy by itself, as gateways are: its application is the proxy. */
export function runsGateway({ podLabels, podAnnotations, containers }: Workload): boolean {
  return podLabels.has('gateway.networking.k8s.io/gateway-name')
    || podAnnotations.get('inject.istio.io/templates') === 'gateway'
    || (containers.length > 0 && containers.every(({ name }) => name === 'istio-proxy'));
}

/** Kinds that make pods, and where the template stands in their spec. */
export const workloadKinds: Readonly<Record<string, string>> = {
  Deployment: 'template', StatefulSet: 'template', DaemonSet: 'template', ReplicaSet: 'template', ReplicationController: 'template', Job: 'template',
  CronJob: 'jobTemplate.spec.template',
};

export function workloadOf(entity: Entity): Workload {
  const spec = specOf(entity.manifest);
  if (entity.kind === 'Pod') return read(entity, spec, entity.labels, entity.annotations, 'spec');
  const path = workloadKinds[entity.kind] ?? 'template';
  const template = path.split('.').reduce<unknown>((value, name) => field(value, name), spec);
  const metadata = field(template, 'metadata');
  return read(entity, field(template, 'spec'), textMap(field(metadata, 'labels')), textMap(field(metadata, 'annotations')), `spec.${path}.spec`);
}

function read(
  entity: Entity, pod: unknown, podLabels: ReadonlyMap<string, string>, podAnnotations: ReadonlyMap<string, string>, podPath: string,
): Workload {
  return {
    ...entity,
    podLabels,
    podAnnotations,
    containers: list(field(pod, 'containers')).map(containerOf),
    initContainers: list(field(pod, 'initContainers')).map(containerOf),
    serviceAccount: text(field(pod, 'serviceAccountName')) ?? 'default',
    hostNetwork: boolean(field(pod, 'hostNetwork')) ?? false,
    nodeName: text(field(pod, 'nodeName')) ?? '',
    runAsUser: number(field(field(pod, 'securityContext'), 'runAsUser')),
    replicas: number(specOf(entity.manifest).replicas) ?? 1,
    ips: podIps(entity),
    podPath,
  };
}

function podIps({ manifest }: Entity): readonly string[] {
  const status = manifest.object.status;
  const own = text(field(status, 'podIP'));
  return [...new Set([...(own === undefined ? [] : [own]), ...list(field(status, 'podIPs')).map(item => text(field(item, 'ip')) ?? '')])].filter(ip => ip !== '');
}

function containerOf(value: unknown): Container {
  return {
    name: text(field(value, 'name')) ?? '',
    image: text(field(value, 'image')) ?? '',
    ports: list(field(value, 'ports')).map(port => ({
      name: text(field(port, 'name')) ?? '',
      port: number(field(port, 'containerPort')) ?? 0,
      protocol: text(field(port, 'protocol')) ?? 'TCP',
    })),
    env: new Map(list(field(value, 'env')).map((item): [string, string] => [text(field(item as Fields, 'name')) ?? '', text(field(item as Fields, 'value')) ?? ''])),
    runAsUser: number(field(field(value, 'securityContext'), 'runAsUser')),
    capabilities: texts(field(field(field(value, 'securityContext'), 'capabilities'), 'add')),
    privileged: boolean(field(field(value, 'securityContext'), 'privileged')) ?? false,
  };
}
