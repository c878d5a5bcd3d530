// Fastify: how many are left.
import fastify from 'fastify';
import { meshRuntime } from 'meshwright/runtime';
import { stock } from './contracts.ts';

const runtime = await meshRuntime(stock);
const app = fastify();
await app.register(runtime.fastify());

app.get<{ Params: { id: string } }>('/stock/:id', request => {
  runtime.log.info({ id: request.params.id }, 'stock counted');
  return { left: 7 };
});

await app.ready();
await runtime.serve(app.server);
