import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceContract } from '../contract/index.ts';
import { listen, type Listening } from '../http/server.ts';
import { cpuProfile } from './cpu.ts';
import { type HeapSampler, sampleHeap } from './heap.ts';

export interface ProfilesServerProps {
  /** @default - that of the contract */
  readonly port?: number | undefined;
  /** A profile shows the names and files of a program. Wider than this only where a scraper must reach it, and nobody else can. @default 127.0.0.1 */
  readonly host?: string | undefined;
}

/**
 * Profiles on demand, in the form of pprof, at the paths that Go serves them at: `go tool pprof`, Grafana Alloy and
 * Pyroscope read them. Off unless the contract enables them.
 *
 * @example
 * const profiles = new Profiles(reviews);
 * await profiles.serve();
 */
export class Profiles {
  readonly #contract: Pick<ServiceContract, 'name' | 'profiling'>;
  /** The one that is being made. */
  #busy = false;
  #heap: HeapSampler | undefined;

  constructor(contract: Pick<ServiceContract, 'name' | 'profiling'>) {
    this.#contract = contract;
    if (contract.profiling.enabled) this.#heap = sampleHeap();
  }

  /** `<path>/profile?seconds=N` and `<path>/heap`, to mount in a server of your own: whoever reaches it reads them. */
  readonly page = (request: IncomingMessage, response: ServerResponse): void => {
    const { path, enabled } = this.#contract.profiling;
    const url = urlOf(request);
    const make = { [`${path}/profile`]: (signal: AbortSignal) => this.#cpu(url, signal), [`${path}/heap`]: () => this.#heapProfile() }[url.pathname];
    if (!enabled || !make) return answer(response, 404, 'there is no such profile');
    if (request.method !== 'GET') return answer(response.setHeader('allow', 'GET'), 405, 'profiles are only read');
    if (this.#busy) return answer(response, 409, 'another profile is being made; ask again when it is done');
    this.#busy = true;
    const gone = new AbortController();
    response.once('close', () => { gone.abort(); });
    make(gone.signal)
      .then(
        bytes => response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-disposition': `attachment; filename="${url.pathname.split('/').at(-1) ?? ''}.pb.gz"` }).end(bytes),
        (error: unknown) => { answer(response, error instanceof BadRequest ? 400 : 500, error instanceof Error ? error.message : String(error)); },
      )
      .finally(() => { this.#busy = false; });
  };

  /**
   * Serves the profiles on a port of their own.
   *
   * @throws ListenError when the port is taken
   * @throws Error when the contract does not enable profiles
   */
  async serve({ port = this.#contract.profiling.port, host = '127.0.0.1' }: ProfilesServerProps = {}): Promise<Listening> {
    const { name, profiling } = this.#contract;
    if (!profiling.enabled) throw new Error(`profiles of ${name} are off; enable them in its contract, with profiling: {}`);
    return listen({ what: `profiles of ${name}`, port, host, handler: this.page });
  }

  /** Stops watching allocations: from here on there is no heap profile. */
  close(): void {
    this.#heap?.stop();
    this.#heap = undefined;
  }

  async #cpu(url: URL, signal: AbortSignal): Promise<Buffer> {
    const { maxSeconds } = this.#contract.profiling;
    const given = url.searchParams.get('seconds') ?? String(Math.min(30, maxSeconds));
    const seconds = /^\d{1,9}(\.\d{1,9})?$/.test(given) ? Number(given) : NaN;
    if (!(seconds > 0 && seconds <= maxSeconds)) throw new BadRequest(`seconds must be a number above 0, at most ${maxSeconds}, got ${JSON.stringify(given.slice(0, 40))}`);
    return cpuProfile(seconds, signal);
  }

  async #heapProfile(): Promise<Buffer> {
    if (!this.#heap) throw new Error('allocations are no longer watched');
    return this.#heap.profile();
  }
}

/** A request may ask for anything, such as `//`, which is no URL. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://localhost';
  return new URL(URL.canParse(url, base) ? url : '/', base);
}

class BadRequest extends Error {}

function answer(response: ServerResponse, status: number, sentence: string): void {
  // Who has gone away is told nothing.
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}
