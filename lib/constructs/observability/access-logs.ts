import { Construct } from 'constructs';
import { logFields } from '../../runtime/contract/index.ts';
import { freeId } from '../values/name.ts';
import { ExtensionProviders } from './extension-provider.ts';
import { otlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';
import { sayTelemetry, telemetryScope, type TelemetryTarget } from './telemetry-of.ts';

export interface AccessLogsProps {
  /**
   * Where lines go over OTLP: a collector of this app, or the URL of one that exists, such as `grpc://collector.observability:4317`.
   *
   * @default - to the standard output of the proxy, as JSON
   */
  readonly to?: OtlpReceiver | string | undefined;
  /** Which requests have a line, in CEL, such as `response.code >= 400`. @default - all */
  readonly when?: string | undefined;
  /** Whose proxy writes it. @default - both */
  readonly by?: 'CLIENT' | 'SERVER' | undefined;
  /** Further fields, by Envoy's command operators. @default - none */
  readonly fields?: Readonly<Record<string, string>> | undefined;
  /** The name of the provider in the mesh config. @default - access-log-json, or access-log-otlp */
  readonly provider?: string | undefined;
}

/**
 * Access logs of the proxies, for a mesh, a namespace or a service: a line a request, with the ids by which the lines of services
 * and the traces are found.
 *
 * @example
 * new AccessLogs(mesh, 'access-logs', { when: 'response.code >= 400' });
 *
 * @see https://istio.io/latest/docs/tasks/observability/logs/telemetry-api/
 */
export class AccessLogs extends Construct {
  /** @throws when a field would carry a credential, the collector is no OTLP address, or the logs of the target are said already */
  constructor(target: TelemetryTarget, id: string, props: AccessLogsProps = {}) {
    const scope = telemetryScope(target);
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { to, when, by, fields = {} } = props;
    for (const [field, value] of Object.entries(fields)) {
      if (/%(REQ|RESP)\(\s*(authorization|cookie|set-cookie|proxy-authorization|x-api-key)\b/i.test(value)) throw new Error(`${where}: field ${field} would write a credential into every line, got ${value}; leave it out`);
    }
    const labels = { ...lineFields, ...fields };
    const name = props.provider ?? (to === undefined ? 'access-log-json' : 'access-log-otlp');
    if (to === undefined) {
      ExtensionProviders.of(this).add(where, { name, envoyFileAccessLog: { path: '/dev/stdout', logFormat: { labels } } });
    } else {
      const { host, port, http } = otlpReceiver(where, 'to', to, 'logs');
      // Envoy's logger speaks gRPC alone.
      if (http) throw new Error(`${where}: access logs go over OTLP/gRPC, got an http URL; give grpc://${host}:4317`);
      ExtensionProviders.of(this).add(where, { name, envoyOtelAls: { service: host, port, logFormat: { labels } } });
    }
    if (when !== undefined && when.trim() === '') throw new Error(`${where}: when is an expression of CEL such as "response.code >= 400", got nothing`);
    sayTelemetry(target, 'accessLogging', {
      providers: [{ name }],
      ...(by ? { match: { mode: by } } : {}),
      ...(when === undefined ? {} : { filter: { expression: when } }),
    }, where);
  }
}

/**
 * What each line says; the ids of trace and request are called as in the logs of services.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */
const lineFields: Readonly<Record<string, string>> = {
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  authority: '%REQ(:AUTHORITY)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  response_flags: '%RESPONSE_FLAGS%',
  duration: '%DURATION%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  route_name: '%ROUTE_NAME%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  user_agent: '%REQ(USER-AGENT)%',
  [logFields.requestId]: '%REQ(X-REQUEST-ID)%',
  [logFields.traceId]: '%TRACE_ID%',
};
