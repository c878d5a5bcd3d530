import { Construct, type IConstruct } from 'constructs';
import { DestinationRule, PeerAuthentication, type PeerAuthenticationSpec } from '../l1.ts';
import { freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import { warn } from '../values/warning.ts';

/**
 * Which connections a workload accepts: mutual TLS only, both kinds, or plain text only.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/#PeerAuthentication-MutualTLS-Mode
 */
export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE';

/** A mesh, a namespace or a service: what mutual TLS can be declared for. */
export interface MtlsTarget extends IConstruct {
  /** Where its policy stands and whom it takes. @throws when it belongs to another team */
  mtlsPlace(): MtlsPlace;
}

/** Where a PeerAuthentication stands and whom it takes. */
export interface MtlsPlace {
  /** The construct whose chart it goes to. */
  readonly scope: Construct;
  readonly name: string;
  /** The `app` label of the workloads it takes; all of the namespace, or mesh, if undefined. */
  readonly app: string | undefined;
  /** The hosts of a DestinationRule for its clients; undefined where the service's own rule says it. */
  readonly clientHosts: string | undefined;
  readonly autoMtls: boolean;
  /** Whether ztunnel takes the connections, which knows no DISABLE. */
  readonly byZtunnel?: boolean | undefined;
  /** The ports that containers are known to listen on; undefined where they are not known. */
  readonly targetPorts?: readonly number[] | undefined;
}

/** What a mesh, a namespace or a service demands of those who connect. */
export interface MutualTlsProps {
  /** @default STRICT */
  readonly mode?: MtlsMode | undefined;
  /**
   * Ports that differ, by the number that the container listens on; only for a service.
   *
   * @default - none
   */
  readonly ports?: Readonly<Record<number, MtlsMode>> | undefined;
  /**
   * Whether clients are told to use mutual TLS by a DestinationRule.
   *
   * @default - only where auto-mTLS is switched off (`autoMtls: false` of the mesh): where it is on, clients do so by themselves
   */
  readonly clients?: 'ISTIO_MUTUAL' | undefined;
}

/**
 * Mutual TLS for a mesh, a namespace, or a service and its ports.
 *
 * @example
 * new MutualTls(shop, 'mtls');
 *
 * @see https://istio.io/latest/docs/concepts/security/#peer-authentication
 */
export class MutualTls extends Construct {
  readonly mode: MtlsMode;
  /** Whether a DestinationRule tells clients to use mutual TLS. */
  readonly tellsClients: boolean;

  /** The mutual TLS declared for a mesh, a namespace or a service, if any. */
  static of(target: MtlsTarget): MutualTls | undefined {
    return declared.get(target);
  }

  /** @throws when the target has mutual TLS already or cannot have this mode, or ports are given where no workload is selected */
  constructor(target: MtlsTarget, id: string, props: MutualTlsProps = {}) {
    const place = target.mtlsPlace();
    super(place.scope, freeId(place.scope, id));
    const where = this.node.path;
    const { mode = 'STRICT', ports = {}, clients } = props;
    const other = declared.get(target);
    if (other) {
      throw new Error(`${where}: ${target.node.path} has mutual TLS already (${other.mode}), by ${other.node.path}; Istio would take the older of the two: change that one`);
    }
    declared.set(target, this);
    this.mode = mode;
    this.tellsClients = mode !== 'DISABLE' && (clients !== undefined || !place.autoMtls);
    if (place.byZtunnel && [mode, ...Object.values(ports)].includes('DISABLE')) {
      throw new Error(`${where}: ${target.node.path} is ambient, and ztunnel takes what comes where mutual TLS is not demanded: DISABLE would do no more than PERMISSIVE; say that`);
    }
    for (const port of Object.keys(ports)) {
      if (place.targetPorts?.includes(Number(port)) === false) warn(this, `port ${port} is none that ${target.node.path} is known to listen on (${place.targetPorts.join(', ')}); ports are those of the container, not of the Service`);
    }
    if (clients && mode === 'DISABLE') throw new Error(`${where}: clients cannot use ISTIO_MUTUAL towards workloads that refuse TLS; mode is DISABLE`);
    new PeerAuthentication(this, 'peer-authentication', { metadata: { name: place.name }, spec: spec(where, mode, ports, place.app) });
    // A service has one DestinationRule, which prints this itself; a rule for many hosts stands on its own.
    if (this.tellsClients && place.clientHosts !== undefined) {
      new DestinationRule(this, 'clients', {
        metadata: { name: 'mutual-tls' },
        spec: { host: place.clientHosts, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } } },
      });
    }
  }
}

const declared = new WeakMap<IConstruct, MutualTls>();

function spec(where: string, mode: MtlsMode, ports: Readonly<Record<number, MtlsMode>>, app: string | undefined): PeerAuthenticationSpec {
  const entries = Object.entries(ports);
  for (const [port] of entries) portNumber(where, 'a port', Number(port));
  if (app === undefined) {
    // Istio ignores port levels of a policy that selects no workload; the CRD refuses them.
    if (entries.length > 0) throw new Error(`${where}: ports are a matter of one service; give MutualTls a service instead of a mesh or namespace`);
    return { mtls: { mode } };
  }
  const selector = { matchLabels: { app } };
  if (entries.length === 0) return { selector, mtls: { mode } };
  return {
    selector,
    mtls: { mode },
    portLevelMtls: Object.fromEntries(entries.map(([port, portMode]) => [port, { mode: portMode }])),
  };
}
