import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import { emitExtension } from '../traffic/proxy-extension.ts';
import { freeId } from '../values/name.ts';
import { ProxyCode } from '../values/proxy-code.ts';

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
    const { plugin, sha256, limits, failOpen, name = id } = props;
    emitExtension(this, service, {
      code: ProxyCode.wasm(plugin, { sha256, config: limits, failStrategy: failOpen === true ? 'FAIL_OPEN' : 'FAIL_CLOSE' }),
      // Who is let in at all is settled first.
      phase: 'STATS',
      name,
    }, 'the limit');
  }
}
