import type { HeaderMatch } from '../values/match.ts';
import { overlap, type PathMatch } from '../values/path.ts';

/** A part of the requests of a route, in percent, and the version that takes it. */
export interface Share {
  readonly version: string;
  readonly percent: number;
}

/** Requests that look alike, and where they go. An empty `matches` means every request; else one of them must pass. */
export interface Route {
  readonly matches: readonly (readonly HeaderMatch[])[];
  readonly shares: readonly Share[];
}

/** A gateway through which a service can be reached from outside the mesh. */
export interface Exposure {
  /** `namespace/name`, as a VirtualService refers to it. */
  readonly gateway: string;
  readonly hosts: readonly string[];
  /** An empty list means every path. */
  readonly paths: readonly PathMatch[];
  readonly declaredBy: string;
}

/** The way in which all requests that no earlier route takes are divided. */
export interface Split {
  readonly shares: readonly Share[];
  /** The construct that declared it. */
  readonly declaredBy: string;
}

/**
 * Everything that intents declare about the requests of one service, in no dialect yet. Intents add to it until the
 * app is synthesized; then it is printed once, as one VirtualService.
 */
export class Routing {
  readonly #pinned: Route[] = [];
  readonly #exposures: Exposure[] = [];
  #split: Split | undefined;

  /** Declares how requests are divided; two constructs cannot both do so. */
  divide(split: Split): void {
    if (this.#split) {
      throw new Error(`${split.declaredBy}: the requests of this service are divided by ${this.#split.declaredBy} already; remove one of the two`);
    }
    this.#split = split;
  }

  /** Sends requests that look like this to one version, whatever the split. Earlier pins win. */
  pin(match: readonly HeaderMatch[], version: string): void {
    this.#pinned.push({ matches: [match], shares: [{ version, percent: 100 }] });
  }

  /** Declares a gateway through which the service can be reached. */
  expose(exposure: Exposure): void {
    this.#exposures.push(exposure);
  }

  /** The routes in the order in which they are tried; the last takes every request. */
  get routes(): readonly Route[] {
    return [...this.#pinned, { matches: [], shares: this.#split?.shares ?? [] }];
  }

  get exposures(): readonly Exposure[] {
    return this.#exposures;
  }
}

/** Whether two exposures could both claim a request. */
export function claimSameRequests(a: Exposure, b: Exposure): boolean {
  if (a.gateway !== b.gateway || !a.hosts.some(host => b.hosts.includes(host))) return false;
  if (a.paths.length === 0 || b.paths.length === 0) return true;
  return a.paths.some(path => b.paths.some(other => overlap(path, other)));
}
