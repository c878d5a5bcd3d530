import type { RuleProps } from '../security/declared-rule.ts';
import type { PathMatch } from '../values/path.ts';
import type { ServerTls } from '../values/server-tls.ts';

/** Where requests from outside enter the mesh. */
export interface IngressGatewayProps {
  /** @default - the id of the construct */
  readonly name?: string | undefined;
  /** The hosts that it answers for, as clients ask for them; `any` for whatever they ask for. */
  readonly hosts: readonly string[] | 'any';
  /** The port that it listens on, for HTTP. @default 80 */
  readonly port?: number | undefined;
  /** How it speaks TLS. @default - it does not */
  readonly tls?: ServerTls | undefined;
  /** The port that it listens on, for TLS. @default 443 */
  readonly tlsPort?: number | undefined;
  /**
   * What becomes of plain HTTP where the gateway speaks TLS: it is sent to https, served, or nobody listens.
   *
   * @default redirect; closed for passthrough
   */
  readonly plain?: 'redirect' | 'serve' | 'closed' | undefined;
  /**
   * Which namespaces may bind routes to its hosts.
   *
   * @default exposed - those of the services that it exposes
   */
  readonly routesFrom?: 'exposed' | 'any' | undefined;
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
  /** The port of the service that they are sent to. @default - its only one, or its first of that kind */
  readonly port?: number | undefined;
  /** Who is let in: any of some callers. @default anyone */
  readonly from?: RuleProps['from'] | undefined;
}

/** Which connections of a gateway a service takes. */
export interface ForwardProps {
  /** The port that the gateway listens on. */
  readonly port: number;
  /** The port of the service. @default - its only one, or its first that carries no HTTP */
  readonly to?: number | undefined;
}
