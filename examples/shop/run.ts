// `npm run shop` runs the three services on this machine until Ctrl+C.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { catalog, front, stock } from './contracts.ts';

const at = (service: { readonly ports: readonly { readonly targetPort: number }[] }): string => `http://127.0.0.1:${service.ports[0]?.targetPort}`;
const env = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  ...process.env,
  CATALOG_URL: at(catalog),
  STOCK_URL: at(stock),
  SHOP_JWKS: `${at(front)}/.well-known/jwks.json`,
};

const services = ['stock', 'catalog', 'front'].map(name =>
  spawn(process.execPath, ['--import=tsx', join(import.meta.dirname, `${name}.ts`)], { env, stdio: 'inherit' }));

console.error(`
  curl ${at(front)}/products/1
  TOKEN=$(curl -s -X POST ${at(front)}/login); curl -i -X POST -H "authorization: Bearer $TOKEN" ${at(catalog)}/items/1/restock
  curl http://127.0.0.1:${front.metrics.port}/metrics

Spans go to ${env.OTEL_EXPORTER_OTLP_ENDPOINT}, if something listens there.
`);

// Ctrl+C reaches the services by themselves; a SIGTERM to this process is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => { for (const service of services) service.kill('SIGTERM'); });
for (const service of services) {
  service.once('exit', code => {
    process.exitCode ||= code ?? 1;
    // One alone is no shop.
    for (const other of services) other.kill('SIGTERM');
  });
}
