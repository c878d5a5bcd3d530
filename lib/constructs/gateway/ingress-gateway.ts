import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, Gateway, type AuthorizationPolicySpec, type GatewaySpec } from '../l1.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { policyPath } from '../security/access.ts';
import { claimSameRequests, type Exposure } from '../traffic/routing.ts';
import { dnsLabel, domainName, freeId, hostName } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import type { PathMatch } from '../values/path.ts';

/** Where requests from outside enter the mesh. */
export interface IngressGatewayProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The hosts that it answers for, as clients ask for them. */
  readonly hosts: readonly string[];
  /** The port that it listens on, for HTTP. @default 80 */
  readonly port?: number | undefined;
  /**
   * Labels of the pods that run the gateway, in the namespace of the construct.
   *
   * @default - `istio: ingress`, as Istio's gateway chart makes them for a release called istio-ingress
   */
  readonly selector?: Readonly<Record<string, string>> | undefined;
  /** The ServiceAccount of those pods. @default istio-ingress */
  readonly serviceAccount?: string | undefined;
}

/** Which requests of a gateway a service takes. */
export interface ExposeProps {
  /** @default - every host of the gateway */
  readonly hosts?: readonly string[] | undefined;
  /** @default - every path */
  readonly paths?: readonly PathMatch[] | undefined;
}

/**
 * A door into the mesh for HTTP. The pods that run it belong to the installation; this says what they let in.
 *
 * @example
 * const ingress = new IngressGateway(edge, 'ingress', { hosts: ['bookinfo.example.com'] });
 * ingress.exposes(productpage, { paths: [Path.exact('/productpage'), Path.prefix('/static/')] });
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/ingress/ingress-control/
 */
export class IngressGateway extends Construct {
  readonly name: string;
  readonly namespace: MeshNamespace;
  readonly hosts: readonly string[];
  readonly #exposures: (Exposure & { readonly service: MeshService })[] = [];
  readonly #selector: Readonly<Record<string, string>>;
  readonly #principal: string;
  readonly #port: number;

  /** @throws when a host is none, or given twice */
  constructor(scope: Construct, id: string, props: IngressGatewayProps) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    this.namespace = MeshNamespace.enclosing(this);
    this.name = dnsLabel(where, 'the name of a gateway', props.name ?? id);
    this.hosts = props.hosts.map(host => hostName(where, host));
    const twice = this.hosts.find((host, i) => this.hosts.indexOf(host) !== i);
    if (twice !== undefined) throw new Error(`${where}: host "${twice}" is listed twice; list it once`);
    if (this.hosts.length === 0) throw new Error(`${where}: a gateway needs a host, got none`);
    this.#port = portNumber(where, 'port', props.port ?? 80);
    this.#selector = props.selector ?? { istio: 'ingress' };
    const account = domainName(where, 'serviceAccount', props.serviceAccount ?? 'istio-ingress');
    this.#principal = `${this.namespace.mesh.trustDomain}/ns/${this.namespace.name}/sa/${account}`;
    new Gateway(this, 'gateway', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: () => this.#gatewaySpec() }) as GatewaySpec,
    });
    this.node.addValidation({ validate: () => (this.#exposures.length === 0 ? [`the gateway lets nothing in; expose a service with exposes(…), or remove it`] : []) });
  }

  /**
   * Lets requests through to a service, and grants the gateway access to it.
   *
   * @throws when a host is not the gateway's, or another service takes the same requests
   */
  exposes(service: MeshService, props: ExposeProps = {}): void {
    const where = this.node.path;
    const hosts = props.hosts?.map(host => hostName(where, host)) ?? this.hosts;
    for (const host of hosts) {
      if (!this.hosts.includes(host)) throw new Error(`${where}: host "${host}" is not the gateway's; it has ${this.hosts.join(', ')}`);
    }
    const exposure = { gateway: `${this.namespace.name}/${this.name}`, hosts, paths: props.paths ?? [], declaredBy: where, service };
    const rival = this.#exposures.find(other => claimSameRequests(other, exposure));
    if (rival) {
      throw new Error(`${where}: ${service.node.path} and ${rival.service.node.path} would both take requests for ${hosts.join(', ')} at this gateway; give them paths that do not overlap`);
    }
    service.routing(where).expose(exposure);
    service.grant({ principal: this.#principal, paths: exposure.paths.map(policyPath), declaredBy: where });
    if (this.#exposures.length === 0) this.#letIn();
    this.#exposures.push(exposure);
  }

  /** Where nothing is let in by default, the gateway's own pods need to be told as well. */
  #letIn(): void {
    new AuthorizationPolicy(this, 'exposed', {
      metadata: { name: `${this.name}-exposed` },
      spec: Lazy.any({ produce: () => this.#policySpec() }) as AuthorizationPolicySpec,
    });
  }

  #gatewaySpec(): GatewaySpec {
    // Only the namespaces of exposed services may bind routes to a host.
    const hosts = this.#exposures.flatMap(({ service, hosts: taken }) => taken.map(host => `${service.namespaceName}/${host}`));
    return {
      selector: { ...this.#selector },
      servers: [{ port: { number: this.#port, name: 'http', protocol: 'HTTP' }, hosts: [...new Set(hosts)] }],
    };
  }

  #policySpec(): AuthorizationPolicySpec {
    return {
      selector: { matchLabels: { ...this.#selector } },
      action: 'ALLOW',
      rules: this.#exposures.map(({ hosts, paths }) => ({
        to: [{
          operation: {
            // Clients may name the port in the Host header; a pattern has room for one star.
            hosts: hosts.flatMap(host => (host.startsWith('*') ? [host] : [host, `${host}:*`])),
            ...(paths.length === 0 ? {} : { paths: paths.map(policyPath) }),
          },
        }],
      })),
    };
  }
}
