import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { dnsLabel, metadataKeys } from '../values/name.ts';
import type { ContractWorkload } from './contract-workload.ts';
import type { InjectedMetadata, Injection } from './injection.ts';
import { letPatchesEscape } from './patches.ts';
import type { ResolvedPort } from './service-port.ts';

/** How one version of a service runs. What is not said here is left to Kubernetes: nothing else is in the YAML. */
export interface VersionProps {
  /** The container image. */
  readonly image: string;
  /** @default - as Kubernetes does: always for `latest`, else if not present */
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** @default - as Kubernetes does: 1, or what an autoscaler sets */
  readonly replicas?: number | undefined;
  /** @default - none */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Empty folders that live as long as the pod: name to mount path.
   *
   * @default - none
   */
  readonly emptyDirs?: Readonly<Record<string, string>> | undefined;
  /** Annotations of the pods. @default - none; with a contract, those by which Prometheus finds its metrics */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** How the pods are in the mesh. @default - as the namespace says */
  readonly injection?: Injection | undefined;
}

/** What a version takes from its service. */
export interface WorkloadProps extends VersionProps {
  readonly service: string;
  readonly version: string;
  readonly ports: readonly ResolvedPort[];
  readonly account: kplus.ServiceAccount;
  /** The labels and annotations by which its pods are in the mesh. */
  readonly injected: InjectedMetadata;
  /** What the contract of the service says, if it has one. */
  readonly contract?: ContractWorkload | undefined;
}

/**
 * What cdk8s-plus adds that nobody said, by JSON pointer. A default of someone's taste has no place in a reviewed
 * file; the API server fills in Kubernetes' own.
 */
const notAskedFor = [
  '/spec/minReadySeconds',
  '/spec/progressDeadlineSeconds',
  '/spec/strategy',
  '/spec/template/metadata/labels/cdk8s.io~1metadata.addr',
  '/spec/template/spec/automountServiceAccountToken',
  '/spec/template/spec/dnsPolicy',
  '/spec/template/spec/hostNetwork',
  '/spec/template/spec/restartPolicy',
  '/spec/template/spec/securityContext',
  '/spec/template/spec/setHostnameAsFQDN',
  '/spec/template/spec/terminationGracePeriodSeconds',
  '/spec/template/spec/containers/0/resources',
  '/spec/template/spec/containers/0/securityContext',
] as const;

/**
 * The Deployment of one version, with the labels that Istio's telemetry and subsets read.
 *
 * @see https://istio.io/latest/docs/ops/deployment/application-requirements/
 */
export function versionDeployment(scope: Construct, id: string, props: WorkloadProps): kplus.Deployment {
  const { service, version, image, imagePullPolicy, replicas, env = {}, emptyDirs = {}, injected, ports, account, contract } = props;
  const labels = { app: service, version };
  const annotations = { ...contract?.annotations, ...props.annotations, ...injected.annotations };
  // Two ports of the Service may lead to one of the container.
  const containerPorts = ports.filter(({ targetPort }, i) => ports.findIndex(port => port.targetPort === targetPort) === i);
  const deployment = new kplus.Deployment(scope, id, {
    metadata: { name: `${service}-${version}`, labels },
    podMetadata: { labels: { ...labels, ...injected.labels }, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    select: false,
    // Their own class does not fit their own interface under exactOptionalPropertyTypes.
    serviceAccount: account as kplus.IServiceAccount,
    ...(replicas === undefined ? {} : { replicas }),
    containers: [{
      name: service,
      image,
      ...(imagePullPolicy ? { imagePullPolicy: kplus.ImagePullPolicy[pullPolicy[imagePullPolicy]] } : {}),
      // Several ports of a container need names of at most 15 characters.
      ports: [
        ...containerPorts.map(({ targetPort, protocol }) => (containerPorts.length === 1 && !contract ? { number: targetPort } : { number: targetPort, name: `${protocol}-${targetPort}` })),
        ...(contract?.ports ?? []),
      ],
      envVariables: { ...contract?.env, ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)])) },
      ...(contract ? { liveness: contract.liveness, readiness: contract.readiness } : {}),
      volumeMounts: Object.entries(emptyDirs).map(([name, path]) => ({ path, volume: kplus.Volume.fromEmptyDir(scope, `${id}-${name}`, name) })),
    }],
  });
  deployment.select(kplus.LabelSelector.of({ labels }));
  const unwanted = [
    ...notAskedFor,
    ...(replicas === undefined ? ['/spec/replicas'] : []),
    ...(imagePullPolicy === undefined ? ['/spec/template/spec/containers/0/imagePullPolicy'] : []),
    ...(contract ? ['liveness', 'readiness'].flatMap(probe => ['failureThreshold', 'httpGet/scheme'].map(field => `/spec/template/spec/containers/0/${probe}Probe/${field}`)) : []),
  ];
  const object = ApiObject.of(deployment);
  letPatchesEscape(object);
  object.addJsonPatch(...unwanted.map(path => JsonPatch.remove(path)));
  return deployment;
}

/** Refuses what Kubernetes would refuse, when it is too late: once the YAML is applied. */
export function checkVersion(where: string, version: string, props: VersionProps): void {
  const at = `versions.${dnsLabel(where, 'a version', version)}`;
  const { image, replicas, env = {}, emptyDirs = {}, annotations = {} } = (props as VersionProps | undefined) ?? ({} as Partial<VersionProps>);
  if (typeof image !== 'string' || image.trim() === '') throw new Error(`${where}: ${at} needs the image of its container, got ${JSON.stringify(image) ?? 'none'}`);
  if (replicas !== undefined && !(Number.isInteger(replicas) && replicas >= 0)) throw new Error(`${where}: ${at}.replicas must be a whole number of at least 0, got ${String(replicas)}`);
  for (const [name, value] of Object.entries(env)) {
    if (!/^[ -<>-~]+$/.test(name)) throw new Error(`${where}: ${at}.env: a variable's name is printable ASCII without "=", got ${JSON.stringify(name)}`);
    if (typeof value !== 'string') throw new Error(`${where}: ${at}.env: ${name} must be text, got ${JSON.stringify(value)}; put it in quotes`);
  }
  const mounts = Object.entries(emptyDirs);
  for (const [i, [name, path]] of mounts.entries()) {
    dnsLabel(where, `${at}.emptyDirs: the name of a folder`, name);
    if (!/^\/[^:]*$/.test(path)) throw new Error(`${where}: ${at}.emptyDirs: ${name} is mounted at a path that begins with "/" and has no ":", got ${JSON.stringify(path)}`);
    if (mounts.findIndex(([, other]) => other === path) !== i) throw new Error(`${where}: ${at}.emptyDirs: two folders are mounted at ${path}; give each its own`);
  }
  metadataKeys(where, 'annotation', annotations);
}

const pullPolicy = { Always: 'ALWAYS', IfNotPresent: 'IF_NOT_PRESENT', Never: 'NEVER' } as const;
