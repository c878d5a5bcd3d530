import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { shown } from '../../schema/index.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import type { ServiceMesh } from '../platform/service-mesh.ts';
import type { MeshCa, MeshCaValues } from './mesh-ca.ts';

/** How SPIRE gives identities to workloads. */
export interface SpireCaProps {
  readonly mesh: ServiceMesh;
  /** The CSI driver that mounts the socket of the SPIRE agent. @default csi.spiffe.io */
  readonly driver?: string | undefined;
  /** The class of the controller manager that makes registration entries. @default - none, for one that watches all */
  readonly className?: string | undefined;
}

/**
 * SPIRE signs the certificates of workloads: proxies ask the agent on their node, over a socket that a CSI driver mounts. It
 * needs SPIRE with its controller manager and CSI driver in the cluster, of the trust domain of the mesh, and pods that are
 * annotated `inject.istio.io/templates: sidecar,spire`. Not for ambient mode, where ztunnel asks istiod alone.
 *
 * @example
 * const ca = new SpireCa(chart, 'ca', { mesh });
 *
 * @see https://istio.io/latest/docs/ops/integrations/spire/
 */
export class SpireCa extends Construct implements MeshCa {
  readonly values: MeshCaValues;
  /** What pods say to have the socket. */
  readonly podAnnotations: Readonly<Record<string, string>> = { 'inject.istio.io/templates': 'sidecar,spire' };

  /** @throws when the driver is no name of one; the synth fails where a namespace of the mesh is ambient */
  constructor(scope: Construct, id: string, { mesh, driver = 'csi.spiffe.io', className }: SpireCaProps) {
    super(scope, id);
    const where = this.node.path;
    if (!/^[a-z0-9](?:[-a-z0-9.]{0,61}[a-z0-9])?$/.test(driver)) throw new Error(`${where}: driver must be the name of a CSI driver, as in "csi.spiffe.io", got ${shown(driver)}`);
    this.values = { sidecarInjectorWebhook: { templates: { spire: template(driver) } } };
    new ApiObject(this, 'identity', {
      apiVersion: 'spire.spiffe.io/v1alpha1', kind: 'ClusterSPIFFEID', metadata: { name: 'istio-workloads' },
      spec: {
        spiffeIDTemplate: 'spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}',
        podSelector: { matchLabels: { [managed]: 'true' } },
        ...(className === undefined ? {} : { className }),
      },
    });
    // Namespaces may be added until the app is synthesized.
    this.node.addValidation({ validate: () => ambientIn(mesh).map(({ name, node }) => `SPIRE is not for ambient mode, and namespace "${name}" (${node.path}) is ambient; give it sidecars, or take another authority`) });
  }
}

const managed = 'spiffe.io/spire-managed-identity';

function ambientIn(mesh: ServiceMesh): MeshNamespace[] {
  return mesh.node.findAll().filter((construct): construct is MeshNamespace => construct instanceof MeshNamespace).filter(({ dataPlane }) => dataPlane === 'ambient');
}

/** Where Istio's agent looks for a socket, it takes identities from there instead of asking istiod. */
function template(driver: string): string {
  return `labels:
  ${managed}: "true"
spec:
  containers:
  - name: istio-proxy
    volumeMounts:
    - name: workload-socket
      mountPath: /run/secrets/workload-spiffe-uds
      readOnly: true
  volumes:
  - name: workload-socket
    csi:
      driver: ${driver}
      readOnly: true
`;
}
