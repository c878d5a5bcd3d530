import { Lazy, type Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { VirtualService, type VirtualServiceSpec } from '../l1.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import { isHttpPort, type ResolvedPort } from '../platform/service-port.ts';
import { dnsLabel, freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import { DelegatedRouting, droppedUnder } from './delegated-routing.ts';
import { timeoutText, type RouteDefaults } from './http-route.ts';
import { everyRequest, type RequestSet } from './request-set.ts';
import { httpRetry, type Retries } from './retries.ts';
import type { RouteOrder } from './route-order.ts';
import type { Receiver, Requests, Routed } from './routed.ts';
import { httpRoutes } from './virtual-service-spec.ts';

/** The requests that another team's routes leave to this one. */
export interface DelegateProps<Version extends string> {
  /** The service that takes them, where no route says otherwise. */
  readonly service: Routed<Version>;
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The port of the service. @default - its only one, or its first for HTTP */
  readonly port?: number | undefined;
  /** The namespaces whose routes may lead here. @default - all */
  readonly exportTo?: readonly string[] | undefined;
  /** In which order the routes are tried. @default by-specificity */
  readonly order?: RouteOrder | undefined;
  /** How long a request may take. @default - as the route says that leads here */
  readonly timeout?: Duration | undefined;
  /** How often a failed request is tried again. @default - as the route says that leads here */
  readonly retries?: Retries | undefined;
}

/** A route that leads to a delegate. */
interface Root {
  readonly service: Routed;
  readonly matches: RequestSet;
  readonly declaredBy: string;
}

/**
 * The routes of requests that another team's routes leave to this one: a VirtualService without hosts. Route, Fault and Mirror
 * take it as they take a service.
 *
 * @example
 * const photos = new Delegate(photoTeam, 'photos', { service: photoService });
 * new Route(photos, 'large', { match: [Path.prefix('/reviews/photos/large/')], to: 'v2' });
 * new Route(reviews, 'photos', { match: [Path.prefix('/reviews/photos/')], to: To.delegate(photos) });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export class Delegate<Version extends string = string> extends Construct implements Routed<Version> {
  readonly name: string;
  readonly namespaceName: string;
  readonly versions: readonly Version[];
  readonly ports: readonly ResolvedPort[];
  readonly #props: DelegateProps<Version>;
  readonly #routing: DelegatedRouting;
  readonly #port: number | undefined;
  readonly #roots: Root[] = [];
  readonly #receivers: { readonly receiver: Receiver; readonly declaredBy: string }[] = [];

  /** @throws when the service has no such port, or none for HTTP */
  constructor(scope: Construct, id: string, props: DelegateProps<Version>) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { service, port, retries, exportTo } = props;
    this.#props = props;
    this.name = dnsLabel(where, 'the name of a delegate', props.name ?? id);
    this.namespaceName = MeshNamespace.enclosing(this).name;
    this.versions = service.versions;
    this.ports = service.ports;
    this.#port = portOf(where, service, port);
    this.#routing = new DelegatedRouting(props.order);
    for (const name of exportTo ?? []) dnsLabel(where, 'a namespace of exportTo', name);
    this.#defaults();
    if (retries && retries.attempts > 0) this.#routing.retried(where);
    new VirtualService(this, 'virtual-service', { metadata: { name: this.name }, spec: Lazy.any({ produce: () => this.#spec() }) as VirtualServiceSpec });
    this.node.addValidation({ validate: () => this.#roots.flatMap(root => droppedUnder(root, this.#routing.routes(everyRequest))) });
  }

  hostFor(namespaceName: string): string {
    return this.#props.service.hostFor(namespaceName);
  }

  traffic(): Requests {
    return { requests: () => this.#routing };
  }

  requireVersion(where: string, what: string, version: string): void {
    this.#props.service.requireVersion(where, what, version);
  }

  takesRequestsOf(other: Routed, declaredBy: string): void {
    this.#props.service.takesRequestsOf(other, declaredBy);
  }

  sendsTo(receiver: Receiver, declaredBy: string): void {
    this.#receivers.push({ receiver, declaredBy });
    for (const root of this.#roots) root.service.sendsTo(receiver, declaredBy);
  }

  /** Notes a route that leads here: whoever may call its service may come where these routes lead. */
  delegatedFrom(root: Root): void {
    if (root.service instanceof Delegate) throw new Error(`${root.declaredBy}: ${root.service.node.path} is delegated to itself, and Istio drops a delegate that delegates again; send its requests to a service`);
    const { service, exportTo } = this.#props;
    if (exportTo && ![this.namespaceName, ...exportTo].includes(root.service.namespaceName)) {
      throw new Error(`${root.declaredBy}: ${this.node.path} is not shown to namespace ${root.service.namespaceName}, so its routes would be missing there; add it to exportTo of the delegate`);
    }
    this.#roots.push(root);
    if (service !== root.service) service.takesRequestsOf(root.service, root.declaredBy);
    for (const { receiver, declaredBy } of this.#receivers) root.service.sendsTo(receiver, declaredBy);
  }

  #spec(): VirtualServiceSpec {
    const { exportTo } = this.#props;
    return {
      ...(exportTo ? { exportTo: ['.', ...exportTo.filter(name => name !== this.namespaceName)] } : {}),
      http: httpRoutes(this.#routing, everyRequest, this.#defaults()),
    };
  }

  #defaults(): RouteDefaults {
    const { timeout, retries } = this.#props;
    const where = this.node.path;
    return {
      host: this.hostFor(this.namespaceName),
      port: this.#port,
      timeout: timeout && timeoutText(where, timeout),
      retries: retries && httpRetry(where, retries),
      split: this.#routing.split?.shares ?? [],
    };
  }
}

/** The port to name: the one that is asked for, or one for HTTP where there are several. */
function portOf(where: string, { name, ports }: Routed, asked: number | undefined): number | undefined {
  if (asked !== undefined) portNumber(where, 'port', asked);
  const found = ports.find(port => isHttpPort(port) && (asked === undefined || port.port === asked));
  if (!found) throw new Error(`${where}: ${name} has no HTTP port${asked === undefined ? '' : ` ${asked}`}; it has ${ports.map(({ port, protocol }) => `${port} (${protocol})`).join(', ')}`);
  return asked ?? (ports.length > 1 ? found.port : undefined);
}
