import { IncomingMessage, ServerResponse } from 'node:http';
import { stdSerializers } from 'pino';

/**
 * A value as a log shows it: what an error, a request or a response says of itself, which its own fields do not tell;
 * anything else as it is.
 */
export function plain(value: object): unknown {
  if (value instanceof Error) return stdSerializers.err(value);
  if (value instanceof IncomingMessage) return stdSerializers.req(value);
  if (value instanceof ServerResponse) return stdSerializers.res(value as ServerResponse);
  if ('toJSON' in value && typeof value.toJSON === 'function') return (value as { toJSON(): unknown }).toJSON();
  if (Object.hasOwn(value, 'raw')) return ofFastify(value as { readonly raw: unknown });
  return value;
}

/** Fastify's own requests and replies are made around those of node:http. */
function ofFastify(value: { readonly raw: unknown }): unknown {
  return value.raw instanceof IncomingMessage || value.raw instanceof ServerResponse ? plain(value.raw) : value;
}
