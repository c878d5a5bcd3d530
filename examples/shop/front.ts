// node:http: a page of a product, and a token for whoever logs in.
import { meshRuntime } from 'meshwright/runtime';
import { Keys } from 'meshwright/runtime/jwt';
import { front } from './contracts.ts';

const catalog = process.env.CATALOG_URL ?? 'http://catalog:9081';

// SHOP_KEYS is a folder that `meshwright keys` keeps; without it, keys are gone with the process.
const runtime = await meshRuntime(front, { keys: process.env.SHOP_KEYS ? Keys.folder(process.env.SHOP_KEYS) : Keys.generated() });

await runtime.serve(runtime.handler(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (request.method === 'POST' && url.pathname === '/login') {
    response.end(runtime.tokens.generateJwt('alice', { role: 'clerk' }));
    return;
  }
  const id = /^\/products\/([\w-]+)$/.exec(url.pathname)?.[1];
  if (id === undefined) {
    response.writeHead(404).end();
    return;
  }
  runtime.log.info({ id }, 'product asked for');
  const answer = await runtime.fetch(`${catalog}/items/${id}`);
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}));
