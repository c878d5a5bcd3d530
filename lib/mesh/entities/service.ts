import { field, list, number, text, textMap, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import type { MeshConfig } from './mesh-config.ts';
import { protocolOf, type Protocol } from './protocol.ts';
import type { Selector } from './selector.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

/** A port of a Service. */
export interface ServicePort {
  readonly number: number;
  readonly name: string;
  /** TCP, UDP or SCTP. */
  readonly transport: string;
  readonly appProtocol: string | undefined;
  readonly protocol: Protocol;
  /** The port of the workload, by number or by name. @default the same number */
  readonly targetPort: number | string;
}

/** A Kubernetes Service. */
export interface Service extends Entity {
  /** Its full name in DNS. */
  readonly host: string;
  readonly ports: readonly ServicePort[];
  /** Empty for a Service without one, which selects nothing. */
  readonly selector: Selector;
  readonly type: string;
  readonly headless: boolean;
  /** Its addresses in the cluster, where the manifest has them: in GitOps it has none. */
  readonly clusterIps: readonly string[];
  readonly externalName: string;
  readonly visibility: Visibility;
  readonly waypoint: string | undefined;
}

export function serviceOf(entity: Entity, config: MeshConfig): Service {
  const spec = specOf(entity.manifest);
  const exportTo = entity.annotations.get('networking.istio.io/exportTo');
  return {
    ...entity,
    host: `${entity.name}.${entity.namespace}.svc.${config.clusterDomain}`,
    ports: list(spec.ports).map(portOf),
    selector: textMap(spec.selector),
    type: text(spec.type) ?? 'ClusterIP',
    headless: spec.clusterIP === 'None',
    clusterIps: [...new Set([...(typeof spec.clusterIP === 'string' ? [spec.clusterIP] : []), ...texts(spec.clusterIPs)])].filter(ip => ip !== '' && ip !== 'None'),
    externalName: text(spec.externalName) ?? '',
    visibility: visibilityOf((exportTo ?? '').split(',').map(part => part.trim()).filter(part => part !== ''), entity.namespace, config.defaultExportTo.service),
    waypoint: entity.labels.get('istio.io/use-waypoint'),
  };
}

function portOf(value: unknown): ServicePort {
  const port = number(field(value, 'port')) ?? 0;
  const name = text(field(value, 'name')) ?? '';
  const transport = text(field(value, 'protocol')) ?? 'TCP';
  const appProtocol = text(field(value, 'appProtocol'));
  const targetPort = field(value, 'targetPort');
  return {
    number: port,
    name,
    transport,
    appProtocol,
    protocol: protocolOf(port, name, transport, appProtocol),
    targetPort: (typeof targetPort === 'number' && targetPort !== 0) || (typeof targetPort === 'string' && targetPort !== '') ? targetPort : port,
  };
}
