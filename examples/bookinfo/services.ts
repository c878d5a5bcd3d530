import { MeshApp, type MeshAppProps, MeshService, ServiceMesh, type DeployedServiceProps, type MeshNamespace } from 'meshwright';

/** Bookinfo as Istio's own manifests deploy it: here, only its traffic is said. */
export interface Bookinfo {
  readonly app: MeshApp;
  readonly mesh: ServiceMesh;
  /** The namespace `default`. */
  readonly services: MeshNamespace;
  readonly productpage: () => MeshService<'v1'>;
  readonly details: () => MeshService<'v1' | 'v2'>;
  readonly reviews: (props?: Partial<DeployedServiceProps<'v1' | 'v2' | 'v3'>>) => MeshService<'v1' | 'v2' | 'v3'>;
  readonly ratings: () => MeshService<'v1' | 'v2' | 'v2-mysql' | 'v2-mysql-vm'>;
}

/** A new app; of the services, those that are asked for are in it, each with the subsets of destination-rule-all.yaml. */
export function bookinfo(props: MeshAppProps = {}): Bookinfo {
  const app = new MeshApp({ name: 'bookinfo', ...props });
  const mesh = new ServiceMesh(app, 'mesh');
  const services = mesh.namespace('default', { emits: 'traffic' });
  const port = 9080;
  return {
    app,
    mesh,
    services,
    productpage: () => MeshService.deployed(services, 'productpage', { port, versions: ['v1'] }),
    details: () => MeshService.deployed(services, 'details', { port, versions: ['v1', 'v2'] }),
    reviews: props => MeshService.deployed(services, 'reviews', { port, versions: ['v1', 'v2', 'v3'], ...props }),
    ratings: () => MeshService.deployed(services, 'ratings', { port, versions: ['v1', 'v2', 'v2-mysql', 'v2-mysql-vm'] }),
  };
}
