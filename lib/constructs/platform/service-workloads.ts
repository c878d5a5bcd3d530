import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ServiceContract } from '../../runtime/contract/index.ts';
import { contractWorkload } from './contract-workload.ts';
import { injectedMetadata } from './injection.ts';
import type { MeshNamespace } from './mesh-namespace.ts';
import { letPatchesEscape } from './patches.ts';
import type { ResolvedPort } from './service-port.ts';
import type { UsedWaypoint } from './used-waypoint.ts';
import { versionDeployment, type VersionProps } from './workload.ts';

/** What runs a service. */
export interface ServiceWorkloadsProps {
  readonly name: string;
  readonly namespace: MeshNamespace;
  readonly serviceAccount: string;
  readonly ports: readonly ResolvedPort[];
  readonly versions: Readonly<Record<string, VersionProps>>;
  readonly contract: ServiceContract | undefined;
  readonly waypoint: UsedWaypoint | undefined;
}

/** The objects of Kubernetes that run a service: one ServiceAccount, one Service, and a Deployment a version. */
export interface ServiceWorkloads {
  readonly service: kplus.Service;
  readonly deployments: ReadonlyMap<string, kplus.Deployment>;
}

/** Makes what runs a service, with nothing in it that nobody said. */
export function serviceWorkloads(scope: Construct, { name, namespace, serviceAccount, ports, versions, contract, waypoint }: ServiceWorkloadsProps): ServiceWorkloads {
  const labels = { app: name, service: name };
  const account = new kplus.ServiceAccount(scope, 'account', { metadata: { name: serviceAccount, labels: { account: name } } });
  const service = new kplus.Service(scope, 'service', {
    metadata: { name, labels: { ...labels, ...namespace.waypointLabels(waypoint) } },
    ports: ports.map(({ port, name: portName }) => ({ port, name: portName })),
    selector: kplus.Pods.select(scope, 'pods', { labels: { app: name } }),
  });
  for (const made of [account, service]) letPatchesEscape(ApiObject.of(made));
  ApiObject.of(account).addJsonPatch(JsonPatch.remove('/automountServiceAccountToken'));
  ApiObject.of(service).addJsonPatch(
    JsonPatch.remove('/spec/externalIPs'),
    JsonPatch.remove('/spec/type'),
    // cdk8s-plus knows no appProtocol.
    ...ports.map(({ protocol, name: portName, port, targetPort }, i) =>
      JsonPatch.replace(`/spec/ports/${i}`, { appProtocol: protocol, name: portName, port, ...(targetPort === port ? {} : { targetPort }) })),
  );
  const inside = new Construct(scope, 'versions');
  const deployments = Object.entries(versions).map(([version, props]) => [version, versionDeployment(inside, version, {
    ...props,
    service: name,
    version,
    account,
    ports,
    injected: injectedMetadata(`${scope.node.path}: versions.${version}`, namespace, props),
    contract: contract && contractWorkload(contract, namespace.name),
  })] as const);
  return { service, deployments: new Map(deployments) };
}
