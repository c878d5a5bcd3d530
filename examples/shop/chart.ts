// The shop in a mesh: who calls whom, and what the contracts say of ports, probes and environment.
import { IngressGateway, MeshService, Path, ServiceMesh, type MeshApp } from 'meshwright';
import { catalog, front, stock } from './contracts.ts';

export function shop(app: MeshApp): void {
  const mesh = new ServiceMesh(app, 'mesh', { mtls: 'STRICT', access: 'deny-by-default' });
  const namespace = mesh.namespace('shop');
  const versions = (name: string): { v1: { image: string } } => ({ v1: { image: `example.com/${name}:1.0.0` } });

  const stocks = MeshService.fromContract(namespace, stock, { versions: versions('stock') });
  const items = MeshService.fromContract(namespace, catalog, { versions: versions('catalog') });
  const pages = MeshService.fromContract(namespace, front, { versions: versions('shop-front') });

  pages.calls(items, { methods: ['GET'], paths: ['/items/*'] });
  items.calls(stocks, { methods: ['GET'], paths: ['/stock/*'] });
  items.calls(pages, { methods: ['GET'], paths: ['/.well-known/jwks.json'] });
  new IngressGateway(mesh.namespace('istio-ingress'), 'ingress', { hosts: ['shop.example.com'] })
    .exposes(pages, { paths: [Path.prefix('/products/'), Path.exact('/login')] });
}
