// Express: an item with what is left of it; restocking needs a token of the shop.
import express from 'express';
import { meshRuntime } from 'meshwright/runtime';
import { catalog } from './contracts.ts';

const stock = process.env.STOCK_URL ?? 'http://stock:9082';
const names = new Map([['1', 'Lamp'], ['2', 'Chair'], ['3', 'Table']]);

const runtime = await meshRuntime(catalog);
const middleware = runtime.express();
const app = express();
app.use(middleware);

app.get('/items/:id', async (request, response) => {
  const { id } = request.params;
  const name = names.get(id);
  if (name === undefined) {
    response.sendStatus(404);
    return;
  }
  const left = await runtime.tracing.withSpan('ask stock', { attributes: { item: id } }, async () => {
    const answer = await runtime.fetch(`${stock}/stock/${id}`);
    return (await answer.json() as { left: number }).left;
  });
  runtime.log.info({ id, left }, 'item read');
  response.json({ id, name, left });
});

app.post('/items/:id/restock', async (request, response) => {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  try {
    const { sub } = await runtime.tokens.verifyJwt(token);
    runtime.metrics.own.restocked_items.inc({ item: request.params.id });
    runtime.log.info({ by: sub }, 'restocked');
    response.sendStatus(204);
  } catch (error) {
    // What is wrong with a token is for the log; the caller learns its code.
    runtime.log.warn({ err: error }, 'restock refused');
    response.status(401).json({ code: (error as { code?: string }).code });
  }
});

app.use(middleware.errors);
await runtime.serve(app);
