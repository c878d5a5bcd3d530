import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceContract } from '../../runtime/contract/index.ts';
import { AuthorizationPolicy } from '../l1.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { domainName, freeId } from '../values/name.ts';
import { webAddress } from '../values/web-address.ts';

export interface ProfilesProps {
  /** Whose profiles are read: services whose contract enables profiling. */
  readonly services: readonly MeshService[];
  /** The URL of Pyroscope, which keeps the profiles. */
  readonly pyroscope: string;
  /** The ServiceAccount of Grafana Alloy, in the namespace of this construct. @default alloy */
  readonly serviceAccount?: string | undefined;
  /**
   * Where Alloy finds the certificates that a sidecar of its own writes (`proxy.istio.io/config` with `OUTPUT_CERTS`): a scrape
   * goes to a pod, not to a service, so that the proxy would send it in plain text.
   *
   * @default /etc/istio-output-certs
   */
  readonly certificates?: string | undefined;
}

/**
 * The file of Grafana Alloy that reads CPU and heap profiles of services and sends them to Pyroscope, and what lets it: the profiling
 * port listens beyond loopback, to Alloy's identity alone.
 *
 * @example
 * new Profiles(observability, 'profiles', { services: [cart], pyroscope: 'http://pyroscope.observability:4040' });
 *
 * @see https://grafana.com/docs/alloy/latest/reference/components/pyroscope/pyroscope.scrape/
 */
export class Profiles extends Construct {
  /** @throws when a service offers no profiles, its namespace is not in the mesh, or the address is no URL */
  constructor(namespace: MeshNamespace, id: string, props: ProfilesProps) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    const { services, pyroscope, certificates = '/etc/istio-output-certs' } = props;
    const account = domainName(where, 'serviceAccount', props.serviceAccount ?? 'alloy');
    webAddress(where, 'pyroscope', pyroscope, { as: 'an http or https URL without a password', password: 'which would stand in a ConfigMap; put a proxy that knows it in between' });
    if (services.length === 0) throw new Error(`${where}: needs a service whose profiles are read, got none`);
    const profiled = services.map(service => ({ service, contract: this.#profiled(service) }));
    new kplus.k8s.KubeConfigMap(this, 'alloy', {
      metadata: { name: id },
      data: { 'config.alloy': [...profiled.map(each => scrape(each.service, each.contract, certificates)), `pyroscope.write "store" {\n  endpoint {\n    url = ${JSON.stringify(pyroscope)}\n  }\n}\n`].join('\n') },
    });
    for (const { service, contract } of profiled) {
      for (const version of service.versions) {
        for (const container of service.deployment(version).containers) container.env.addVariable('MESHWRIGHT_PROFILING_HOST', kplus.EnvValue.fromValue('0.0.0.0'));
      }
      new AuthorizationPolicy(service, freeId(service, 'profiles'), {
        metadata: { name: `${service.name}-profiles`, namespace: service.namespaceName },
        spec: {
          selector: { matchLabels: { app: service.name } },
          action: 'ALLOW',
          rules: [{ from: [{ source: { principals: [`${namespace.mesh.trustDomain}/ns/${namespace.name}/sa/${account}`] } }], to: [{ operation: { ports: [String(contract.profiling.port)] } }] }],
        },
      });
    }
  }

  #profiled(service: MeshService): ServiceContract {
    const { contract } = service;
    const where = this.node.path;
    if (!contract?.profiling.enabled) throw new Error(`${where}: ${service.node.path} offers no profiles; give its contract profiling: {}`);
    if (service.namespace.dataPlane === 'none') throw new Error(`${where}: no proxy guards the profiles of ${service.node.path}, which show what is in its memory; take its namespace into the mesh`);
    return contract;
  }
}

/** The blocks that find the pods of one service and read them. */
function scrape({ name, namespaceName, namespace }: MeshService, { profiling }: ServiceContract, certificates: string): string {
  const id = `${namespaceName}_${name}`.replaceAll(/\W/g, '_');
  const secured = namespace.dataPlane === 'sidecar';
  const rule = (lines: readonly string[]): string => `  rule {\n${lines.map(line => `    ${line}\n`).join('')}  }\n`;
  return [
    `discovery.kubernetes "${id}" {\n  role = "pod"\n  namespaces {\n    names = [${JSON.stringify(namespaceName)}]\n  }\n  selectors {\n    role  = "pod"\n    label = ${JSON.stringify(`app=${name}`)}\n  }\n}\n`,
    `discovery.relabel "${id}" {\n  targets = discovery.kubernetes.${id}.targets\n`,
    rule(['source_labels = ["__meta_kubernetes_pod_container_port_name"]', 'regex         = "profiling"', 'action        = "keep"']),
    ...([['namespace', '__meta_kubernetes_namespace'], ['pod', '__meta_kubernetes_pod_name'], ['version', '__meta_kubernetes_pod_label_version']] as const)
      .map(([label, source]) => rule([`source_labels = ["${source}"]`, `target_label  = "${label}"`])),
    rule(['target_label = "service_name"', `replacement  = ${JSON.stringify(name)}`]),
    '}\n',
    `pyroscope.scrape "${id}" {\n  targets    = discovery.relabel.${id}.output\n  forward_to = [pyroscope.write.store.receiver]\n`,
    ...(secured ? [
      '  scheme     = "https"\n',
      // The certificate of a workload carries an identity, not the address of its pod.
      `  tls_config {\n    ca_file              = ${JSON.stringify(`${certificates}/root-cert.pem`)}\n    cert_file            = ${JSON.stringify(`${certificates}/cert-chain.pem`)}\n    key_file             = ${JSON.stringify(`${certificates}/key.pem`)}\n    insecure_skip_verify = true\n  }\n`,
    ] : []),
    '  profiling_config {\n',
    `    profile.process_cpu {\n      enabled = true\n      path    = ${JSON.stringify(`${profiling.path}/profile`)}\n      delta   = true\n    }\n`,
    `    profile.memory {\n      enabled = true\n      path    = ${JSON.stringify(`${profiling.path}/heap`)}\n    }\n`,
    ...['goroutine', 'block', 'mutex', 'godeltaprof_memory', 'godeltaprof_mutex', 'godeltaprof_block', 'fgprof'].map(kind => `    profile.${kind} {\n      enabled = false\n    }\n`),
    '  }\n}\n',
  ].join('');
}
