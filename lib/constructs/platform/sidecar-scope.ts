import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Sidecar, type SidecarSpec } from '../l1.ts';
import { ExtensionProviders } from '../observability/extension-provider.ts';
import { connectionPool, type ConnectionPool } from '../resilience/connection-pool.ts';
import type { MeshNamespace } from './mesh-namespace.ts';

/** Whose sidecars they are. */
export interface SidecarScopeProps {
  /** The construct whose chart holds the Sidecar. */
  readonly scope: Construct;
  readonly name: string;
  readonly namespace: MeshNamespace;
}

/**
 * What the sidecars of one service see, and how much they let in at once: a Sidecar, which comes as soon as there is something to say. One
 * that says nothing of whom it calls sees what its namespace sees.
 */
export class SidecarScope {
  readonly #props: SidecarScopeProps;
  readonly #calls = new Set<string>();
  #pool: ConnectionPool | undefined;

  constructor(props: SidecarScopeProps) {
    this.#props = props;
  }

  /** Whether the service is known to call a host, as `namespace/host`. */
  calls(host: string): boolean {
    return this.#calls.has(host);
  }

  /** Notes hosts that the service calls: it then sees those alone. */
  see(hosts: readonly string[]): void {
    for (const host of hosts) this.#calls.add(host);
    this.#sidecar();
  }

  /** Limits what is let in. @throws where no sidecar stands, or the limits cannot be */
  limit(pool: ConnectionPool): void {
    const { scope, namespace } = this.#props;
    const where = scope.node.path;
    connectionPool(`${where}: inbound`, pool);
    if (namespace.dataPlane !== 'sidecar') throw new Error(`${where}: inboundConnectionPool is kept by sidecars, and its namespace has none (dataPlane "${namespace.dataPlane}"); leave it out, or limit clients by connectionPool`);
    this.#pool = pool;
    this.#sidecar();
  }

  #sidecar(): void {
    const { scope, name, namespace } = this.#props;
    if (namespace.dataPlane !== 'sidecar' || namespace.emits !== 'everything' || scope.node.tryFindChild('sidecar')) return;
    new Sidecar(scope, 'sidecar', { metadata: { name }, spec: Lazy.any({ produce: () => this.#spec() }) as SidecarSpec });
  }

  #spec(): SidecarSpec {
    const { scope, name, namespace: { mesh, sees } } = this.#props;
    const hosts = this.#calls.size === 0 ? ['./*'] : [...this.#calls];
    return {
      workloadSelector: { labels: { app: name } },
      ...(this.#pool ? { inboundConnectionPool: connectionPool(scope.node.path, this.#pool) } : {}),
      egress: [{ hosts: [...hosts, `${mesh.rootNamespace}/*`, ...sees, ...ExtensionProviders.of(scope).seen] }],
      ...(mesh.outbound ? { outboundTrafficPolicy: { mode: mesh.outbound } } : {}),
    };
  }
}
