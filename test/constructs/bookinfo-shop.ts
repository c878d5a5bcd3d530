import { Testing } from 'cdk8s';
import { MeshApp, MeshService, type MeshNamespace, type MeshNamespaceProps, ServiceMesh, type ServiceMeshProps } from '../../lib/index.ts';

/** A mesh with one namespace, the smallest that most points need. */
export function shopMesh(props: ServiceMeshProps = {}, namespace: MeshNamespaceProps = {}): { app: MeshApp; mesh: ServiceMesh; shop: MeshNamespace } {
  const app = new MeshApp({ name: 'test', outdir: Testing.app().outdir });
  const mesh = new ServiceMesh(app, 'mesh', props);
  return { app, mesh, shop: mesh.namespace('shop', namespace) };
}

/** A service called reviews, with versions v1, v2 and v3. */
export function reviewsOf(shop: MeshNamespace): MeshService<'v1' | 'v2' | 'v3'> {
  return new MeshService(shop, 'reviews', { port: 9080, versions: { v1: { image: 'reviews:1' }, v2: { image: 'reviews:2' }, v3: { image: 'reviews:3' } } });
}

/** A service called ratings, with one version. */
export function ratingsOf(shop: MeshNamespace): MeshService<'v1'> {
  return new MeshService(shop, 'ratings', { port: 9080, versions: { v1: { image: 'ratings:1' } } });
}

/** An object of the output. */
export interface Emitted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: unknown;
}
