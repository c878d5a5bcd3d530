// What the three services of the shop promise. The chart and the services read the same objects.
import { defineService, type ServiceProps } from 'meshwright/runtime/contract';

// On one machine the services share it, so their ports differ; SHOP_PORTS moves them all.
const ports = Number(process.env.SHOP_PORTS ?? 9080);

// What the shop has in common.
const tracing: ServiceProps['tracing'] = {
  propagation: process.env.SHOP_PROPAGATION === 'b3' ? 'b3' : 'w3c',
  samplingPercent: 100,
  collector: 'http://otel-collector.observability:4318',
};
const token = { issuer: 'https://shop.example.com', audience: 'shop' };

/** What shoppers talk to: node:http. It issues the shop's tokens. */
export const front = defineService({
  name: 'shop-front',
  version: '1.0.0',
  port: ports,
  routes: ['/products/{id}', '/login'],
  metrics: { port: ports + 100 },
  tracing,
  token,
  profiling: { port: ports + 200 },
});

/** What there is to buy: Express. Whoever restocks must show a token. */
export const catalog = defineService({
  name: 'catalog',
  version: '1.0.0',
  port: ports + 1,
  routes: ['/items/{id}', '/items/{id}/restock'],
  metrics: { port: ports + 101, own: { restocked_items: { kind: 'counter', help: 'Items put back on the shelf.', labels: ['item'] } } },
  tracing,
  // In the mesh the way to the front is encrypted by the mesh.
  token: { ...token, jwksUri: process.env.SHOP_JWKS ?? `http://shop-front:${ports}/.well-known/jwks.json`, plainHttp: true },
});

/** How many are left: Fastify. */
export const stock = defineService({
  name: 'stock',
  version: '1.0.0',
  port: ports + 2,
  routes: ['/stock/{id}'],
  metrics: { port: ports + 102 },
  tracing,
});
