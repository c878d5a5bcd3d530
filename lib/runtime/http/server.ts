import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListenProps {
  /** What the port is for, as an error should say it: `metrics of reviews`. */
  readonly what: string;
  readonly port: number;
  readonly host: string;
  readonly handler: RequestListener | Server;
}

/** A server that listens. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly server: Server;
  /** Takes no more connections, lets those that work end, and cuts what is left after the deadline (in milliseconds). */
  close(deadlineMillis?: number): Promise<void>;
}

export type ListenErrorCode = 'ERR_PORT_TAKEN' | 'ERR_LISTEN';

/** A server that could not listen. */
export class ListenError extends Error {
  readonly code: ListenErrorCode;
  readonly port: number;

  constructor(code: ListenErrorCode, port: number, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.code = code;
    this.port = port;
  }
}

/** @throws ListenError when the port is taken or may not be had */
export async function listen({ what, port, host, handler }: ListenProps): Promise<Listening> {
  const server = typeof handler === 'function' ? createServer(handler) : handler;
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      reject(error.code === 'EADDRINUSE'
        ? new ListenError('ERR_PORT_TAKEN', port, `${what}: port ${port} of ${host} is taken; stop what listens there, or give another port`, error)
        : new ListenError('ERR_LISTEN', port, `${what}: cannot listen on port ${port} of ${host}: ${error.message}`, error));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return { host, port: (server.address() as AddressInfo).port, server, close: deadline => close(server, deadline) };
}

async function close(server: Server, deadlineMillis = 10_000): Promise<void> {
  if (!server.listening) return;
  // A connection that is kept alive counts as open until it is closed, so those that fall idle are closed as they do.
  const sweep = setInterval(() => { server.closeIdleConnections(); }, 20);
  const deadline = setTimeout(() => { server.closeAllConnections(); }, deadlineMillis);
  await new Promise<void>(resolve => { server.close(() => { resolve(); }); });
  clearInterval(sweep);
  clearTimeout(deadline);
}
