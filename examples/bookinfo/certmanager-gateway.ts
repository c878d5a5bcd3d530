// Lets the challenges of an ACME authority in to cert-manager.
import { IngressGateway, MeshService, Path } from 'meshwright';
import { bookinfo } from './services.ts';

const { app, mesh } = bookinfo();
const system = mesh.namespace('istio-system', { emits: 'traffic' });
const resolver = MeshService.deployed(system, 'cert-manager-resolver', { port: 8089 });

const gateway = new IngressGateway(system, 'cert-manager-gateway', { hosts: 'any', routesFrom: 'any', selector: { istio: 'ingressgateway' } });
gateway.exposes(resolver, { paths: [Path.prefix('/.well-known/acme-challenge/')], port: 8089 });

app.synth();
