import type { IncomingMessage } from 'node:http';
import { frameworkRoute } from './framework-route.ts';

/** What is read of an Express request. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly route?: { readonly path: unknown } | undefined;
}

const followed = new WeakMap<ExpressRequest, Follower>();

/**
 * Follows a request through the routers of an Express app; what this gives tells the template of the route that was found.
 * Express itself forgets where a router is mounted once an error leaves it, and says `/tenants/acme` of a router that is
 * mounted at `/tenants/:tenant`.
 */
export function followRoute(request: ExpressRequest): () => string | undefined {
  let follower = followed.get(request);
  if (!follower) followed.set(request, follower = new Follower(request));
  const { route } = follower;
  return route;
}

class Follower {
  /** The template of each mount, by the path that Express gives it. */
  readonly #mounts = new Map<string, string>();
  readonly #request: ExpressRequest;
  #baseUrl: string | undefined;
  #route: ExpressRequest['route'];
  #template: string | undefined;

  constructor(request: ExpressRequest) {
    this.#request = request;
    this.#baseUrl = request.baseUrl;
    Object.defineProperties(request, {
      baseUrl: { configurable: true, enumerable: true, get: () => this.#baseUrl, set: (to: string | undefined) => { this.#mount(to); } },
      route: { configurable: true, enumerable: true, get: () => this.#route, set: (to: ExpressRequest['route']) => { this.#found(to); } },
    });
  }

  readonly route = (): string | undefined => this.#template;

  #mount(to: string | undefined): void {
    const { length } = this.#baseUrl ?? '';
    if (to !== undefined && to.length > length) this.#mounts.set(to, this.#mountedAt() + withNames(to.slice(length), this.#request.params ?? {}));
    this.#baseUrl = to;
  }

  #found(to: ExpressRequest['route']): void {
    this.#route = to;
    if (typeof to?.path === 'string') this.#template = frameworkRoute(this.#mountedAt() + to.path);
  }

  #mountedAt(): string {
    const { baseUrl = '' } = this.#request;
    return this.#mounts.get(baseUrl) ?? baseUrl;
  }
}

/** A path with the names of its parameters where their values are: each stands for one segment, the last goes first. */
function withNames(path: string, params: Readonly<Record<string, unknown>>): string {
  const left = Object.entries(params);
  const segments = path.split('/').reverse().map(segment => {
    const at = left.findLastIndex(([, value]) => value === segment || value === decoded(segment));
    return at === -1 ? segment : `:${left.splice(at, 1)[0]?.[0] ?? ''}`;
  });
  return segments.reverse().join('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
