import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { AuthorizationPolicy, DestinationRule, Gateway, type AuthorizationPolicySpec, type DestinationRuleSpec, type GatewaySpec, type Rule, type Server } from '../l1.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import { MeshService } from '../platform/mesh-service.ts';
import { carries } from '../platform/service-port.ts';
import { dnsLabel, freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import type { ExternalService } from './external-service.ts';

/** Where requests leave the mesh. */
export interface EgressGatewayProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The Service of the pods that run it, in the namespace of the construct. @default istio-egress */
  readonly service?: string | undefined;
  /** Its port for what arrives in mutual TLS. @default 443 */
  readonly port?: number | undefined;
  /**
   * Labels of those pods.
   *
   * @default - `istio: egress`, as Istio's gateway chart makes them for a release called istio-egress
   */
  readonly selector?: Readonly<Record<string, string>> | undefined;
}

/**
 * A door out of the mesh: what workloads send to the hosts that it lets through leaves from its pods alone. Requests
 * arrive there in mutual TLS; TLS of the workloads themselves goes through as it is.
 *
 * @example
 * const egress = new EgressGateway(edge, 'egress');
 * egress.letsThrough(payments);
 *
 * @see https://istio.io/latest/docs/tasks/traffic-management/egress/egress-gateway/
 */
export class EgressGateway extends Construct {
  readonly name: string;
  readonly namespace: MeshNamespace;
  readonly #through: ExternalService[] = [];
  readonly #selector: Readonly<Record<string, string>>;
  readonly #service: string;
  readonly #port: number;

  /** @throws when the name is no DNS label, or the port is none */
  constructor(scope: Construct, id: string, props: EgressGatewayProps = {}) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    this.namespace = MeshNamespace.enclosing(this);
    this.name = dnsLabel(where, 'the name of a gateway', props.name ?? id);
    this.#service = dnsLabel(where, 'service', props.service ?? 'istio-egress');
    this.#port = portNumber(where, 'port', props.port ?? 443);
    this.#selector = props.selector ?? { istio: 'egress' };
    // Its Service belongs to the installation; this is how the check knows of it.
    MeshService.existing(this, 'pods', { name: this.#service, namespace: this.namespace.name, port: { port: this.#port, protocol: 'https' }, podLabels: this.#selector });
    new Gateway(this, 'gateway', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: (): GatewaySpec => ({ selector: { ...this.#selector }, servers: this.#through.map(service => this.#server(service)) }) }) as GatewaySpec,
    });
    new DestinationRule(this, 'destination-rule', {
      metadata: { name: this.name },
      spec: Lazy.any({ produce: () => this.#destinationRuleSpec() }) as DestinationRuleSpec,
    });
    this.node.addValidation({ validate: () => (this.#through.length === 0 ? [`the gateway lets nothing through; name a service with letsThrough(…), or remove it`] : []) });
  }

  /** The gateway as routes refer to it: `namespace/name`. */
  get reference(): string {
    return `${this.namespace.name}/${this.name}`;
  }

  /** Labels of the pods that run it. */
  get podLabels(): Readonly<Record<string, string>> {
    return { ...this.#selector };
  }

  /**
   * Sends what the mesh has for a service outside through this gateway.
   *
   * @throws when the service has several hosts, or its requests leave through another gateway already
   */
  letsThrough(service: ExternalService): void {
    const where = this.node.path;
    const [host, ...more] = service.hosts;
    if (more.length > 0) throw new Error(`${where}: ${service.node.path} has several hosts, and a gateway tells connections apart by one; make a service of each`);
    const rival = this.#through.find(other => other.host === host || other.name === service.name);
    if (rival) throw new Error(`${where}: ${rival.node.path} has host ${rival.host} and name ${rival.name} here already; ${service.node.path} needs others`);
    const kind = this.#carries(service);
    const traffic = service.traffic(where);
    traffic.detour({ host: this.#host, port: this.#port, version: service.name, declaredBy: where });
    traffic.expose({
      gateway: this.reference, gatewayName: this.name, gatewayNamespace: this.namespace.name, hosts: [host], paths: [], carries: kind, gatewayPort: this.#port, declaredBy: where,
    });
    service.traffic(where).calledFrom(this.namespace.name);
    if (this.#through.length === 0 && this.namespace.mesh.access && this.namespace.emits === 'everything') this.#letThrough();
    this.#through.push(service);
  }

  get #host(): string {
    return `${this.#service}.${this.namespace.name}.svc.${this.namespace.mesh.clusterDomain}`;
  }

  /** A service that takes plain HTTP is met in HTTP, whatever becomes of it at the gateway. */
  #carries(service: ExternalService): 'http' | 'tls' {
    if (service.ports.some(port => carries(port) === 'http')) return 'http';
    if (service.ports.some(port => carries(port) === 'tls')) return 'tls';
    throw new Error(`${this.node.path}: ${service.node.path} carries neither HTTP nor TLS, so its connections name no host; a gateway cannot tell them apart`);
  }

  #server(service: ExternalService): Server {
    const hosts = [`${service.namespaceName}/${service.host}`];
    return this.#carries(service) === 'http'
      ? { port: { number: this.#port, name: `https-${service.name}`, protocol: 'HTTPS' }, hosts, tls: { mode: 'ISTIO_MUTUAL' } }
      : { port: { number: this.#port, name: `tls-${service.name}`, protocol: 'TLS' }, hosts, tls: { mode: 'PASSTHROUGH' } };
  }

  /** In mutual TLS, the gateway tells connections apart by the name that the sidecar asks for. */
  #destinationRuleSpec(): DestinationRuleSpec {
    return {
      host: this.#host,
      subsets: this.#through.map(service => (this.#carries(service) === 'http'
        ? { name: service.name, trafficPolicy: { portLevelSettings: [{ port: { number: this.#port }, tls: { mode: 'ISTIO_MUTUAL' as const, sni: service.host } }] } }
        : { name: service.name })),
    };
  }

  /** Where nothing is let in by default, the pods of the gateway need to be told as well. */
  #letThrough(): void {
    const rule = (service: ExternalService): Rule => (this.#carries(service) === 'http'
      ? { to: [{ operation: { hosts: [service.host, `${service.host}:*`] } }] }
      : { when: [{ key: 'connection.sni', values: [service.host] }] });
    new AuthorizationPolicy(this, 'through', {
      metadata: { name: `${this.name}-through` },
      spec: Lazy.any({ produce: (): AuthorizationPolicySpec => ({ selector: { matchLabels: { ...this.#selector } }, action: 'ALLOW', rules: this.#through.map(rule) }) }) as AuthorizationPolicySpec,
    });
  }
}
