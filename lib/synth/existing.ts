import type { IConstruct } from 'constructs';
import { MeshService } from '../constructs/index.ts';
import { manifestOf, type Manifest } from '../manifest/index.ts';

/** What an app says of services that other teams own, as objects that a check may count on. They are not written. */
export function existingServices(app: IConstruct): Manifest[] {
  return app.node.findAll().filter(construct => construct instanceof MeshService).filter(isExisting).flatMap(objectsOf).map(manifestOf);
}

/** A service of this app's has its Service below it. */
function isExisting(service: MeshService): boolean {
  return service.node.tryFindChild('service') === undefined;
}

function objectsOf({ name, namespaceName: namespace, ports, serviceAccount, versions }: MeshService): Parameters<typeof manifestOf>[0][] {
  const labels = { app: name };
  const workloads = versions.length === 0 ? [labels] : versions.map(version => ({ ...labels, version }));
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector: labels, ports: ports.map(({ port, name: of, protocol, targetPort }) => ({ port, name: of, appProtocol: protocol, targetPort })) } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: serviceAccount, namespace } },
    ...workloads.map((own, i) => ({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: `${name}-${i}`, namespace },
      // That it has a proxy is what calling it through the mesh takes for granted.
      spec: { selector: { matchLabels: own }, template: { metadata: { labels: { ...own, 'sidecar.istio.io/inject': 'true' } }, spec: { serviceAccountName: serviceAccount, containers: [] } } },
    })),
  ];
}
