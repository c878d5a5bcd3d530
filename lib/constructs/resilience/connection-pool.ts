import type { Duration } from 'cdk8s';
import type { ConnectionPoolSettings } from '../l1.ts';
import { goDuration } from '../values/time.ts';

/** How much a client may have under way at a service; what is over the limit fails at once, with 503 and the flag UO. */
export interface ConnectionPool {
  /** @default - no limit */
  readonly maxConnections?: number | undefined;
  /** @default - Istio's: 10 s */
  readonly connectTimeout?: Duration | undefined;
  /** How long a connection may stand idle that carries no HTTP. @default - Istio's: 1 h */
  readonly tcpIdleTimeout?: Duration | undefined;
  /** @default - no limit */
  readonly maxConnectionDuration?: Duration | undefined;
  /** Probes on connections that say nothing. @default - none */
  readonly tcpKeepalive?: { readonly time?: Duration | undefined; readonly interval?: Duration | undefined; readonly probes?: number | undefined } | undefined;
  /** Requests that wait for a connection. @default - no limit */
  readonly http1MaxPendingRequests?: number | undefined;
  /** Requests under way. @default - no limit */
  readonly http2MaxRequests?: number | undefined;
  /** 1 for a connection a request. @default - no limit */
  readonly maxRequestsPerConnection?: number | undefined;
  /** Retries under way. @default - no limit */
  readonly maxRetries?: number | undefined;
  /** How long a connection may stand without a request. @default - Istio's: 1 h */
  readonly idleTimeout?: Duration | undefined;
  /** Requests under way on one HTTP/2 connection. @default - Envoy's */
  readonly maxConcurrentStreams?: number | undefined;
  /** Whether HTTP/1.1 becomes HTTP/2. @default - as the mesh is set */
  readonly h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE' | undefined;
  /** Whether the protocol of the client is kept. @default false */
  readonly useClientProtocol?: boolean | undefined;
  /** Pings on HTTP/2 connections. @default - none */
  readonly http2KeepAlive?: { readonly interval: Duration; readonly timeout: Duration } | undefined;
}

/** Prints it as a DestinationRule takes it. @throws when a limit is no whole number of at least 0, or two settings contradict each other */
export function connectionPool(where: string, pool: ConnectionPool): ConnectionPoolSettings {
  const time = (name: string, value: Duration | undefined): object => (value === undefined ? {} : { [name]: goDuration(where, `connectionPool.${name}`, value) });
  const limit = (name: keyof ConnectionPool): object => {
    const value = pool[name];
    if (value === undefined) return {};
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new Error(`${where}: connectionPool.${name} must be a whole number of at least 0, got ${JSON.stringify(value)}`);
    return { [name]: value };
  };
  if (pool.h2UpgradePolicy === 'UPGRADE' && pool.useClientProtocol === true) {
    throw new Error(`${where}: connectionPool cannot both upgrade connections and keep the protocol of the client; leave h2UpgradePolicy or useClientProtocol out`);
  }
  const tcp = {
    ...limit('maxConnections'),
    ...time('connectTimeout', pool.connectTimeout),
    ...(pool.tcpIdleTimeout ? { idleTimeout: goDuration(where, 'connectionPool.tcpIdleTimeout', pool.tcpIdleTimeout) } : {}),
    ...time('maxConnectionDuration', pool.maxConnectionDuration),
    ...(pool.tcpKeepalive ? { tcpKeepalive: { ...time('time', pool.tcpKeepalive.time), ...time('interval', pool.tcpKeepalive.interval), ...(pool.tcpKeepalive.probes === undefined ? {} : { probes: pool.tcpKeepalive.probes }) } } : {}),
  };
  const http = {
    ...limit('http1MaxPendingRequests'),
    ...limit('http2MaxRequests'),
    ...limit('maxRequestsPerConnection'),
    ...limit('maxRetries'),
    ...time('idleTimeout', pool.idleTimeout),
    ...limit('maxConcurrentStreams'),
    ...(pool.h2UpgradePolicy ? { h2UpgradePolicy: pool.h2UpgradePolicy } : {}),
    ...(pool.useClientProtocol === undefined ? {} : { useClientProtocol: pool.useClientProtocol }),
    ...(pool.http2KeepAlive ? { http2KeepAlive: { ...time('interval', pool.http2KeepAlive.interval), ...time('timeout', pool.http2KeepAlive.timeout) } } : {}),
  };
  const printed = { ...(Object.keys(tcp).length === 0 ? {} : { tcp }), ...(Object.keys(http).length === 0 ? {} : { http }) };
  if (Object.keys(printed).length === 0) throw new Error(`${where}: connectionPool limits nothing; leave it out`);
  return printed as ConnectionPoolSettings;
}
