// A service that is stopped under load; what it had counted in the end goes to stderr.
import { setTimeout } from 'node:timers/promises';
import { defineService } from '../../lib/runtime/contract/index.ts';
import { meshRuntime } from '../../lib/runtime/index.ts';

const contract = defineService({
  name: 'stopping',
  port: Number(process.env.STOPPING_PORT),
  routes: ['/work/{id}'],
  metrics: { port: Number(process.env.STOPPING_PORT) + 1, process: false },
  tracing: { samplingPercent: 100 },
});
const runtime = await meshRuntime(contract, { drainMillis: 200 });
runtime.onStop(async () => { process.stderr.write(await runtime.metrics.text()); });
await runtime.serve(runtime.handler(async (_request, response) => {
  await setTimeout(20);
  runtime.log.info('answered');
  response.end('done');
}));
