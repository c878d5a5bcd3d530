import { Construct } from 'constructs';
import { WasmPlugin } from '../l1.ts';
import type { MeshService } from '../platform/mesh-service.ts';
import { freeId } from '../values/name.ts';

/** A limit of requests in a time, kept by a plugin. */
export interface RateLimitProps {
  /** The plugin that keeps it: `oci://`, `https://` or `file://`. */
  readonly plugin: string;
  /** The SHA-256 of the plugin, so that nobody swaps it. @default - any is run */
  readonly sha256?: string | undefined;
  /** What the plugin is told, in its own words. */
  readonly limits: Readonly<Record<string, unknown>>;
  /** Whether requests pass where the plugin fails. @default - no: they fail with 500 */
  readonly failOpen?: boolean | undefined;
  /** @default - the id of the construct */
  readonly name?: string | undefined;
}

/**
 * A limit of requests in a time, kept in the proxies of a service by a Wasm plugin of your choice. Istio has no field
 * for such a limit; this is the way that its API supports, where an EnvoyFilter would break with an upgrade. What may be
 * under way at once needs no plugin: see `connectionPool`.
 *
 * @example
 * new RateLimit(reviews, 'limit', { plugin: 'oci://example.com/rate-limit:1.0', limits: { requests: 100, perSeconds: 60 } });
 *
 * @see https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/
 */
export class RateLimit extends Construct {
  /** @throws when the service is another team's, or has no proxy that runs plugins */
  constructor(service: MeshService, id: string, props: RateLimitProps) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { plugin, sha256, limits, failOpen, name = id } = props;
    service.requireOwned(`the limit ${where}`);
    const { dataPlane, waypoint } = service.namespace;
    if (dataPlane === 'none' || (dataPlane === 'ambient' && waypoint === undefined)) {
      throw new Error(`${where}: ${service.node.path} has no proxy that reads requests (dataPlane "${dataPlane}"), so nothing would keep the limit; give its namespace sidecars or a waypoint`);
    }
    new WasmPlugin(this, 'plugin', {
      metadata: { name: `${service.name}-${name}` },
      spec: {
        ...(dataPlane === 'ambient' ? { targetRefs: [{ kind: 'Service', group: '', name: service.name }] } : { selector: { matchLabels: { app: service.name } }, match: [{ mode: 'SERVER' as const }] }),
        url: plugin,
        ...(sha256 === undefined ? {} : { sha256 }),
        // Who is let in at all is settled first.
        phase: 'STATS',
        pluginConfig: { ...limits },
        failStrategy: failOpen === true ? 'FAIL_OPEN' : 'FAIL_CLOSE',
      },
    });
  }
}
