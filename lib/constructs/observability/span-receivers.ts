import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import { warn } from '../values/warning.ts';
import { OpenTelemetryCollector } from './open-telemetry-collector.ts';

/** Where the proxies of a mesh, a namespace or a service send their spans. */
export interface ProxySpans {
  readonly declaredBy: string;
  readonly host: string;
  /** Where the same receiver takes OTLP over HTTP, which services speak; undefined where only its gRPC is known. */
  readonly httpPort: number | undefined;
  readonly path: string;
}

/**
 * Where the spans of an app go: those of a proxy and of the service behind it must meet, or the traces are torn. A service whose
 * contract names no collector sends to that of its proxies, whichever was declared first.
 */
export class SpanReceivers {
  readonly #proxies = new Map<IConstruct, ProxySpans>();
  readonly #services: MeshService[] = [];
  /** The versions that were told here, and not by their own words. */
  readonly #told = new Map<MeshService, Set<string>>();

  /** Those of the app that a construct belongs to. */
  static of(construct: IConstruct): SpanReceivers {
    const { root } = construct.node;
    const known = apps.get(root) ?? new SpanReceivers();
    apps.set(root, known);
    return known;
  }

  /** Takes note of where proxies send. */
  proxiesOf(target: IConstruct, spans: ProxySpans): void {
    this.#proxies.set(target, spans);
    for (const service of this.#services) this.#tell(service);
  }

  /** Takes note of a service that runs here, in the mesh. */
  service(service: MeshService): void {
    this.#services.push(service);
    this.#tell(service);
    service.node.addValidation({ validate: () => [...this.#problems(service)] });
  }

  /** What is said of the service goes before what is said of its namespace, and that before the mesh. */
  #before(service: MeshService): ProxySpans | undefined {
    return this.#proxies.get(service) ?? this.#proxies.get(service.namespace) ?? this.#proxies.get(service.namespace.mesh);
  }

  #tell(service: MeshService): void {
    const spans = this.#before(service);
    if (!service.contract || service.contract.tracing.collector !== undefined || spans?.httpPort === undefined) return;
    const endpoint = `http://${spans.host}:${spans.httpPort}${spans.path}`;
    for (const [version, env] of environments(service)) {
      const told = this.#told.get(service) ?? new Set<string>();
      // What a version says itself goes first; nothing, for a service that is to send none.
      if (says(env) !== undefined && !told.has(version)) continue;
      this.#told.set(service, told.add(version));
      env.addVariable('OTEL_EXPORTER_OTLP_ENDPOINT', kplus.EnvValue.fromValue(endpoint));
      env.addVariable('OTEL_EXPORTER_OTLP_PROTOCOL', kplus.EnvValue.fromValue('http/protobuf'));
    }
  }

  /** What is certainly lost; what is likely wrong is a warning. */
  #problems(service: MeshService): readonly string[] {
    const spans = this.#before(service);
    const problems: string[] = [];
    for (const [version, env] of environments(service)) {
      const url = says(env);
      const given = url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
      if (!given) {
        if (url === undefined && spans && service.contract) warn(service, `its proxies send their spans to ${spans.host} over gRPC (${spans.declaredBy}), and services send theirs over HTTP, so those of ${version} are not sent; give its contract tracing.collector`);
        continue;
      }
      const host = shortName(given.hostname, service.namespaceName);
      const port = given.port === '' ? (given.protocol === 'https:' ? 443 : 80) : Number(given.port);
      const collector = collectorsOf(service).find(each => shortName(each.host, '') === host);
      const lost = collector && lostAt(collector, port);
      if (collector && lost !== undefined) {
        problems.push(`${version} sends its spans to ${url}, and ${collector.node.path} ${lost}`);
        continue;
      }
      if (!spans || (shortName(spans.host, '') === host && (spans.httpPort === undefined || spans.httpPort === port))) continue;
      warn(service, `${version} sends its spans to ${url}, and its proxies send theirs to ${spans.host}${spans.httpPort === undefined ? '' : `:${spans.httpPort}`} (${spans.declaredBy}), so that no trace is whole in either; give both one collector: leave out tracing.collector of the contract, which then takes that of the proxies`);
    }
    if (spans && service.contract?.tracing.propagation === 'b3') {
      warn(service, `its contract passes traces on as b3, and its proxies (${spans.declaredBy}) read traceparent of W3C alone, so that each trace ends at it; give propagation "w3c" or "w3c+b3"`);
    }
    return problems;
  }
}

const apps = new WeakMap<IConstruct, SpanReceivers>();

function environments(service: MeshService): readonly (readonly [string, kplus.Env])[] {
  return service.versions.flatMap(version => service.deployment(version).containers.slice(0, 1).map(({ env }) => [version, env] as const));
}

/** Where a container is told to send spans; empty where it is told to send none, undefined where nothing is said. */
function says(env: kplus.Env): string | undefined {
  const value: unknown = env.variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.value ?? env.variables.OTEL_EXPORTER_OTLP_ENDPOINT?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A host of the cluster as `service.namespace`, whatever its domain; others as they are. */
function shortName(host: string, namespace: string): string {
  return host.includes('.') ? host.toLowerCase().replace(/\.svc(?:\..*)?$/, '') : `${host.toLowerCase()}.${namespace}`;
}

function collectorsOf(construct: IConstruct): readonly OpenTelemetryCollector[] {
  return construct.node.root.node.findAll().filter(each => each instanceof OpenTelemetryCollector);
}

function lostAt({ takes, grpcPort, httpPort }: OpenTelemetryCollector, port: number): string | undefined {
  if (!takes.includes('spans')) return 'takes no spans; say where it passes them on (traces), or send them elsewhere';
  if (port === httpPort) return undefined;
  return `takes OTLP over HTTP at port ${httpPort}${port === grpcPort ? `; ${port} is that of gRPC` : ''}; give http://…:${httpPort}`;
}
