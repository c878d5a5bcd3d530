import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { ServiceEntry, type ServiceEntrySpec } from '../l1.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import type { ServiceTrafficProps } from '../platform/mesh-service-props.ts';
import { resolvePorts, type ResolvedPort, type ServicePort } from '../platform/service-port.ts';
import type { Grant } from '../security/access.ts';
import { HostTraffic } from '../traffic/host-traffic.ts';
import type { Routed } from '../traffic/routed.ts';
import { type ClientTls } from '../values/client-tls.ts';
import { type Endpoint, printedEndpoint } from '../values/endpoint.ts';
import { dnsLabel, freeId, hostName } from '../values/name.ts';
import { originate, type TlsOrigination } from './tls-origination.ts';

/** A service outside the mesh, or one whose workloads are not in Kubernetes. */
export interface ExternalServiceProps<Version extends string = never> extends ServiceTrafficProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The hosts, as workloads ask for them. */
  readonly hosts: readonly [string, ...string[]];
  /** Its port, or ports; a bare number is an HTTP port. */
  readonly port: number | ServicePort | readonly ServicePort[];
  /**
   * Where it is.
   *
   * @default - DNS asks for the hosts
   */
  readonly endpoints?: readonly [Endpoint, ...Endpoint[]] | undefined;
  /** Labels of the workloads of the namespace that it is, in Kubernetes or outside. @default - none: it has endpoints */
  readonly workloads?: Readonly<Record<string, string>> | undefined;
  /** Addresses that workloads dial, or ranges of them. @default - the proxy takes connections by the host */
  readonly addresses?: readonly string[] | undefined;
  /**
   * How endpoints are found.
   *
   * @default - STATIC where endpoints are addresses or workloads, NONE where a host has a star, else DNS
   */
  readonly resolution?: 'DNS' | 'DNS_ROUND_ROBIN' | 'DYNAMIC_DNS' | 'STATIC' | 'NONE' | undefined;
  /** Whether its workloads have identities of the mesh. @default MESH_EXTERNAL */
  readonly location?: 'MESH_EXTERNAL' | 'MESH_INTERNAL' | undefined;
  /** Names that the certificates of its workloads have one of. @default - any */
  readonly subjectAltNames?: readonly string[] | undefined;
  /** How plain HTTP of workloads becomes TLS on the way. @default - it stays as it is */
  readonly originateTls?: TlsOrigination | undefined;
  /** The versions that it has, by the labels of their endpoints. @default - none to tell apart */
  readonly versions?: Readonly<Record<Version, Readonly<Record<string, string>>>> | undefined;
}

/**
 * A service that is not in Kubernetes: a ServiceEntry, and rules as soon as something is to be said of its requests.
 * Where the mesh lets nothing out to unknown hosts (`outbound: 'REGISTRY_ONLY'`), this is what lets it out.
 *
 * @example
 * const payments = new ExternalService(shop, 'payments', { hosts: ['api.example.com'], port: { port: 443, protocol: 'https' } });
 * checkout.calls(payments);
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-control/
 */
export class ExternalService<Version extends string = string> extends Construct implements Routed<Version> {
  readonly name: string;
  readonly namespace: MeshNamespace;
  readonly namespaceName: string;
  readonly hosts: readonly [string, ...string[]];
  readonly ports: readonly ResolvedPort[];
  readonly versions: readonly Version[];
  readonly #traffic: HostTraffic;

  /** @throws when a host or port is none, or the parts contradict each other */
  constructor(scope: Construct, id: string, props: ExternalServiceProps<Version>) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    this.namespace = MeshNamespace.enclosing(this);
    this.namespaceName = this.namespace.name;
    this.name = dnsLabel(where, 'the name of an external service', props.name ?? id);
    const [first, ...more]: readonly (string | undefined)[] = props.hosts;
    if (first === undefined) throw new Error(`${where}: hosts is empty; name the hosts as workloads ask for them`);
    this.hosts = [hostName(where, first), ...more.map(host => hostName(where, host ?? ''))];
    this.ports = resolvePorts(where, props.port);
    const versions = (props.versions ?? {}) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    this.versions = Object.keys(versions) as Version[];
    const resolution = resolutionOf(where, props);
    new ServiceEntry(this, 'service-entry', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: () => this.#spec(props, resolution) }) as ServiceEntrySpec,
    });
    this.#traffic = new HostTraffic({
      scope: this,
      name: this.name,
      namespaceName: this.namespaceName,
      hosts: this.hosts,
      ports: this.ports,
      versions: new Map(Object.entries(versions)),
      // What no registry lists cannot be asked for, so who is not known to call has no use for it.
      closed: this.namespace.emits === 'everything' && this.namespace.mesh.outbound === 'REGISTRY_ONLY',
      exportTo: props.exportTo,
      order: props.order,
      timeout: props.timeout,
      retries: props.retries,
      usualPolicy: () => ({}),
    });
    const { loadBalancing, connectionPool, outlierDetection, originateTls } = props;
    if (loadBalancing ?? connectionPool ?? outlierDetection) this.#traffic.treat({ settings: { loadBalancing, connectionPool, outlierDetection }, declaredBy: where });
    if (originateTls) originate(where, this, originateTls);
  }

  /** The host, as rules call it. */
  get host(): string {
    return this.hosts[0];
  }

  /** No proxy stands before it that knows its callers. */
  readonly inMesh = false;

  /** The names by which callers see it. */
  get fullHosts(): readonly string[] {
    return this.hosts;
  }

  hostFor(): string {
    return this.host;
  }

  /** Everything declared on its requests. */
  traffic(_declaredBy: string): HostTraffic {
    return this.#traffic;
  }

  /** How clients connect to one of its ports. */
  connectsBy(port: number, tls: ClientTls, declaredBy: string): void {
    this.#traffic.treat({ port, settings: { tls }, declaredBy });
  }

  /** Notes a caller, so that it sees the service. @throws when the call is limited: nobody outside the mesh keeps such limits */
  grant({ principal, methods = [], paths = [], declaredBy }: Grant): void {
    if (methods.length + paths.length > 0) throw new Error(`${declaredBy}: ${this.node.path} is outside the mesh, where nothing keeps to methods and paths; leave them out`);
    const [, , callerNamespace] = principal.split('/');
    if (callerNamespace !== undefined) this.#traffic.calledFrom(callerNamespace);
  }

  takesRequestsOf(): void {
    // Whoever calls the other service must see this one.
    this.#traffic.calledByAnyone();
  }

  sendsTo(): void {
    // Nobody knows who may call it.
  }

  /** @throws when it has no such version */
  requireVersion(where: string, what: string, version: string): void {
    if ((this.versions as readonly string[]).includes(version)) return;
    const known = this.versions.length === 0 ? 'none' : this.versions.map(v => `"${v}"`).join(', ');
    throw new Error(`${where}: ${what} is "${version}", which is no version of ${this.name}; it has ${known}`);
  }

  #spec({ addresses, endpoints, workloads, location, subjectAltNames }: ExternalServiceProps<Version>, resolution: NonNullable<ServiceEntrySpec['resolution']>): ServiceEntrySpec {
    const exportTo = this.#traffic.exportTo;
    const spec = {
      hosts: [...this.hosts],
      ...(addresses ? { addresses: [...addresses] } : {}),
      ports: this.ports.map(({ port, name, protocol, targetPort }) => ({ number: port, name, protocol: protocol.toUpperCase(), ...(targetPort === port ? {} : { targetPort }) })),
      resolution,
      ...(location ? { location } : {}),
      ...(subjectAltNames ? { subjectAltNames: [...subjectAltNames] } : {}),
      ...(exportTo ? { exportTo: [...exportTo] } : {}),
    };
    if (workloads) return { ...spec, workloadSelector: { labels: { ...workloads } } };
    return endpoints ? { ...spec, endpoints: endpoints.map(printedEndpoint) } : spec;
  }
}

function resolutionOf(where: string, { resolution, endpoints, workloads, hosts, addresses = [] }: ExternalServiceProps<string>): NonNullable<ServiceEntrySpec['resolution']> {
  if (endpoints && workloads) throw new Error(`${where}: it is made of endpoints or of workloads, got both; leave one out`);
  const numeric = endpoints?.every(({ address }) => address === undefined || /^(?:[\d.]+|[\da-fA-F:]*:[\da-fA-F:.]*|unix:.*)$/.test(address));
  const wild = hosts.some(host => host.startsWith('*'));
  const usual = workloads !== undefined || numeric === true ? 'STATIC' : wild && !endpoints ? 'NONE' : 'DNS';
  const chosen = resolution ?? usual;
  const range = addresses.find(address => address.includes('/'));
  if (range !== undefined && chosen !== 'STATIC' && chosen !== 'NONE') throw new Error(`${where}: the range ${range} takes resolution STATIC or NONE, and it is ${chosen}`);
  if (wild && (chosen === 'DNS' || chosen === 'DNS_ROUND_ROBIN') && !endpoints) throw new Error(`${where}: DNS cannot be asked for ${hosts.join(', ')}; give endpoints, or resolution NONE or DYNAMIC_DNS`);
  if (chosen === 'STATIC' && !endpoints && !workloads) throw new Error(`${where}: resolution STATIC needs endpoints or workloads; give one of them`);
  if (chosen === 'NONE' && endpoints) throw new Error(`${where}: resolution NONE sends requests where they were dialled, so endpoints would do nothing; leave them out`);
  return chosen;
}
