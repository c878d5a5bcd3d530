// Lets requests in to the product page, whatever host they ask for.
import { IngressGateway, MeshService, Path } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, services } = bookinfo();
const productpage = MeshService.deployed(services, 'productpage', { port: 9080 });

const gateway = new IngressGateway(services, 'bookinfo-gateway', { hosts: 'any', routesFrom: 'any', port: 8080, selector: { istio: 'ingressgateway' } });
gateway.exposes(productpage, {
  paths: [Path.exact('/productpage'), Path.prefix('/static'), Path.exact('/login'), Path.exact('/logout'), Path.prefix('/api/v1/products')],
  port: 9080,
});

app.synth();
