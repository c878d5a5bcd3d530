import type { KubernetesGateway } from '../../entities/gateway-api.ts';
import { gatewayClassByName } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';

/** Whether Istio serves a Gateway: its class is one of Istio's own, or is made for Istio's controller. */
export function isServedByIstio(mesh: Mesh, { className }: KubernetesGateway): boolean {
  const spec = mesh.at(gatewayClassByName, className)[0]?.manifest.object.spec as { readonly controllerName?: unknown } | undefined;
  return ownClasses.has(className) || (typeof spec?.controllerName === 'string' && spec.controllerName.startsWith('istio.io/'));
}

const ownClasses = new Set(['istio', 'istio-remote', 'istio-waypoint', 'istio-east-west']);
