import { Construct } from 'constructs';
import { KubernetesGateway } from '../l1.ts';
import { dnsLabel, freeId } from '../values/name.ts';
import type { MeshNamespace } from './mesh-namespace.ts';

/** What a waypoint handles, and who runs it. */
export interface WaypointProps {
  /** Whose requests come through it: those for services, for pods by their addresses, or both. @default service */
  readonly for?: 'service' | 'workload' | 'all' | undefined;
  /** The revision or tag of the control plane that runs it. @default - the default revision */
  readonly revision?: string | undefined;
}

/**
 * The waypoint of an ambient namespace: the Gateway that `waypoint` of the namespace names. Istio runs it, with a
 * ServiceAccount of its name.
 *
 * @example
 * const shop = mesh.namespace('shop', { dataPlane: 'ambient', waypoint: 'waypoint' });
 * new Waypoint(shop, 'waypoint');
 *
 * @see https://istio.io/latest/docs/ambient/usage/waypoint/
 */
export class Waypoint extends Construct {
  /** @throws when the namespace is not ambient, or names no waypoint */
  constructor(namespace: MeshNamespace, id: string, props: WaypointProps = {}) {
    super(namespace, freeId(namespace, id));
    const where = this.node.path;
    if (namespace.dataPlane !== 'ambient') throw new Error(`${where}: a waypoint serves ambient workloads, but the dataPlane of namespace ${namespace.name} is "${namespace.dataPlane}"`);
    if (namespace.waypoint === undefined) throw new Error(`${where}: namespace ${namespace.name} uses no waypoint, so nothing would come through it; name it in the namespace: waypoint: 'waypoint'`);
    if (props.revision !== undefined) dnsLabel(where, 'revision', props.revision);
    new KubernetesGateway(this, 'gateway', {
      metadata: {
        name: namespace.waypoint,
        labels: { 'istio.io/waypoint-for': props.for ?? 'service', ...(props.revision === undefined ? {} : { 'istio.io/rev': props.revision }) },
      },
      spec: { gatewayClassName: 'istio-waypoint', listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE' }] },
    });
  }
}
