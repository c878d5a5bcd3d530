import type { Duration } from 'cdk8s';
import type { HeaderChanges } from '../values/headers.ts';
import type { RequestTest } from '../values/match.ts';
import type { PathMatch } from '../values/path.ts';
import { overlap } from '../values/path.ts';
import type { Rewrite } from '../values/rewrite.ts';
import type { Delegation, DirectResponse, Redirection } from '../values/to.ts';
import type { Cors } from './cors.ts';
import { everyRequest, intersection, isWithin, areApart, type RequestSet } from './request-set.ts';
import type { Retries } from './retries.ts';
import { inOrder, type RouteOrder } from './route-order.ts';

/** Where a part of the requests is sent. */
export interface Target {
  /** @default - the service itself */
  readonly host?: string | undefined;
  readonly version?: string | undefined;
  readonly port?: number | undefined;
}

/** A part of the requests of a route, in percent, and where it is sent. */
export interface Share extends Target {
  readonly percent: number;
  readonly requestHeaders?: HeaderChanges | undefined;
  readonly responseHeaders?: HeaderChanges | undefined;
}

/** What becomes of the requests of a route; `split` is as the service divides those that nothing else is said of. */
export type Action =
  | { readonly to: 'split' }
  | { readonly to: 'shares'; readonly shares: readonly Share[] }
  | Redirection | DirectResponse | Delegation;

/** What is said of the requests of a route beside where they go. */
export interface RouteSettings {
  readonly name?: string | undefined;
  readonly timeout?: Duration | undefined;
  readonly retries?: Retries | undefined;
  readonly requestHeaders?: HeaderChanges | undefined;
  readonly responseHeaders?: HeaderChanges | undefined;
  readonly rewrite?: Rewrite | undefined;
  readonly cors?: Cors | undefined;
}

/** Requests that look alike, and what becomes of them. */
export interface Route extends RouteSettings {
  readonly matches: RequestSet;
  readonly action: Action;
  /** The construct that declared it. */
  readonly declaredBy: string;
}

/** Failures that some requests meet on purpose. */
export interface FaultPlan {
  readonly delay?: { readonly time: Duration; readonly percent: number } | undefined;
  readonly abort?: { readonly status: number | string; readonly percent: number } | undefined;
}

/** A copy of some requests, whose answer nobody waits for. */
export interface MirrorPlan {
  readonly target: Target;
  readonly percent: number;
}

/** What is laid over the routes, for the requests that it takes. */
export interface Overlay {
  readonly matches: RequestSet;
  readonly fault?: FaultPlan | undefined;
  readonly mirror?: MirrorPlan | undefined;
  /** Whether routes that it takes whole stay behind it as they were. */
  readonly keepsRoutes?: boolean | undefined;
  readonly declaredBy: string;
}

/** A route with all that is laid over it. */
export interface LaidRoute extends Route {
  readonly fault: (FaultPlan & { readonly declaredBy: string }) | undefined;
  readonly mirrors: readonly MirrorPlan[];
  /** Whether it is there to be read, though no request reaches it. */
  readonly isKept?: boolean | undefined;
}

/** A gateway through which a service can be reached from outside the mesh. */
export interface Exposure {
  /** `namespace/name` of the gateway. */
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
 * Everything that intents declare about the HTTP requests of one service, in no dialect yet. Intents add to it until
 * the app is synthesized; then it is printed.
 */
export class Routing {
  readonly order: RouteOrder;
  readonly #routes: Route[] = [];
  readonly #overlays: Overlay[] = [];
  #split: Split | undefined;
  #last: Route | undefined;
  #retriedBy: string | undefined;

  constructor(order: RouteOrder = 'by-specificity') {
    this.order = order;
  }

  /** Declares how requests are divided; two constructs cannot both do so. */
  divide(split: Split): void {
    const other = this.#split ?? (this.#last?.action.to === 'split' ? undefined : this.#last);
    if (other) {
      throw new Error(`${split.declaredBy}: the requests of this service are divided by ${other.declaredBy} already; remove one of the two`);
    }
    this.#split = split;
  }

  /** Declares what becomes of the requests that look alike. */
  add(route: Route): void {
    if (route.retries && route.retries.attempts > 0) this.retried(route.declaredBy);
    if (!isWithin(everyRequest, route.matches)) {
      this.#routes.push(route);
      return;
    }
    if (this.#last) throw new Error(`${route.declaredBy}: ${this.#last.declaredBy} takes every request as well; join the two, or give one of them a match`);
    if (this.#split && route.action.to !== 'split') {
      throw new Error(`${route.declaredBy}: the requests of this service are divided by ${this.#split.declaredBy} already; leave "to" out, or remove one of the two`);
    }
    this.#last = route;
  }

  /** Notes that requests are tried again. Envoy does not try again what a fault has aborted, and a delay counts against no try. */
  retried(declaredBy: string): void {
    this.#retriedBy ??= declaredBy;
    this.#refuseFaultWithRetries();
  }

  /** Lays a fault or a mirror over the routes. */
  lay(overlay: Overlay): void {
    this.#overlays.push(overlay);
    this.#refuseFaultWithRetries();
  }

  /** The split that holds for what no route says more of. */
  get split(): Split | undefined {
    if (this.#split || this.#last?.action.to !== 'shares') return this.#split;
    return { shares: this.#last.action.shares, declaredBy: this.#last.declaredBy };
  }

  /**
   * The routes as they are tried, for the requests that `limits` let through. At a gateway, all requests of a service
   * come to one port of it, whatever port the gateway itself listens on.
   */
  routes(limits: RequestSet, port?: number): readonly LaidRoute[] {
    const last: Route = this.#last ?? { matches: everyRequest, action: { to: 'split' }, declaredBy: this.#split?.declaredBy ?? '' };
    const routes = [...inOrder(this.#routes, this.order), last].map((route): LaidRoute => ({ ...route, fault: undefined, mirrors: [] }));
    return this.#overlays
      .reduce(laid, routes)
      .map(route => ({ ...route, matches: within(port === undefined ? route : { ...route, matches: atPort(route.matches, port) }, limits) }))
      .filter(route => route.matches.length > 0);
  }

  /** What is wrong with routes that only gateways could take, where none of those exposes the service. */
  stranded(gateways: ReadonlySet<string>): string[] {
    const impossible = (test: RequestTest): boolean => (test.on === 'claim' && gateways.size === 0) || (test.on === 'place' && test.place !== 'mesh' && !gateways.has(test.place));
    return [...this.#routes, ...this.#overlays]
      .filter(({ matches }) => matches.every(alternative => alternative.some(impossible)))
      .map(({ declaredBy }) => `${declaredBy} can never match: no gateway that it asks for exposes the service; expose it there, or leave the gateway or the claim out`);
  }

  /** The constructs whose requests are told apart by claims of their tokens. */
  claimsAskedBy(): readonly string[] {
    return [...this.#routes, ...this.#overlays].filter(({ matches }) => matches.flat().some(({ on }) => on === 'claim')).map(({ declaredBy }) => declaredBy);
  }

  #refuseFaultWithRetries(): void {
    const fault = this.#overlays.find(overlay => overlay.fault);
    if (!fault || this.#retriedBy === undefined) return;
    throw new Error(`${fault.declaredBy}: ${this.#retriedBy} has requests of the same service tried again, and Envoy does not try again what a fault aborts, so neither would show what it is for; remove one of the two`);
  }
}

/** Lays one fault or mirror over routes: whole ones where it takes all of their requests, else over the part that it takes, which is then tried first. */
function laid(routes: readonly LaidRoute[], overlay: Overlay): readonly LaidRoute[] {
  return routes.flatMap((route): LaidRoute[] => {
    if (route.action.to === 'redirect' || route.action.to === 'response' || areApart(route.matches, overlay.matches)) return [route];
    const covered = withOverlay(route, overlay);
    if (isWithin(route.matches, overlay.matches)) return overlay.keepsRoutes === true ? [covered, { ...route, isKept: true }] : [covered];
    const both = intersection(route.matches, overlay.matches);
    if (!both) throw new Error(`${overlay.declaredBy}: nobody can tell which requests it shares with ${route.declaredBy}, because regular expressions cannot be joined; write the match of one of the two without`);
    return both.length === 0 ? [route] : [{ ...covered, matches: both }, route];
  });
}

function withOverlay(route: LaidRoute, { fault, mirror, declaredBy }: Overlay): LaidRoute {
  const mirrors = mirror ? [...route.mirrors, mirror] : route.mirrors;
  if (!fault) return { ...route, mirrors };
  const twice = route.fault && ((route.fault.delay && fault.delay && 'delay') ?? (route.fault.abort && fault.abort && 'abort'));
  if (route.fault && twice) throw new Error(`${declaredBy}: it and ${route.fault.declaredBy} both ${twice} the same requests; remove one of the two`);
  return { ...route, mirrors, fault: { ...route.fault, ...fault, declaredBy } };
}

function within(route: LaidRoute, limits: RequestSet): RequestSet {
  const both = intersection(route.matches, limits);
  if (both) return both;
  throw new Error(`${route.declaredBy}: its paths cannot be joined with those under which a gateway exposes the service; limit the route with Match.inMesh(), write it without a regular expression, or expose every path`);
}

function atPort(matches: RequestSet, port: number): RequestSet {
  return matches
    .filter(alternative => alternative.every(test => test.on !== 'port' || test.port === port))
    .map(alternative => alternative.filter(test => test.on !== 'port'));
}

/** Whether two exposures could both claim a request. */
export function claimSameRequests(a: Exposure, b: Exposure): boolean {
  if (a.gateway !== b.gateway || !a.hosts.some(host => b.hosts.includes(host))) return false;
  if (a.paths.length === 0 || b.paths.length === 0) return true;
  return a.paths.some(path => b.paths.some(other => overlap(path, other)));
}
