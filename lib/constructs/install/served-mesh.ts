import { nearest } from '../../schema/index.ts';
import { Machine, MachineGroup } from '../platform/machine.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import type { ServiceMesh } from '../platform/service-mesh.ts';
import { MutualTls } from '../security/mutual-tls.ts';
import type { InstallationPlan } from './plan.ts';

/** What the namespaces of a mesh ask for and an installation, or all of them together, do not have. */
export function notServed(mesh: ServiceMesh, plans: readonly InstallationPlan[]): string[] {
  return mesh.namespaces.flatMap(namespace => [...missing(namespace, plans), ...(namespace.dataPlane === 'ambient' ? lackingInAmbient(namespace) : [])]);
}

function missing({ node, dataPlane, revision }: MeshNamespace, plans: readonly InstallationPlan[]): string[] {
  const where = `namespace ${node.path}`;
  if (dataPlane === 'ambient' && !plans.some(({ ztunnel }) => ztunnel !== undefined)) return [`${where} is ambient, but no ztunnel is installed: take an ambient profile, or dataPlane "sidecar"`];
  if (dataPlane !== 'sidecar') return [];
  const names = plans.flatMap(plan => plan.controlPlanes.flatMap(({ answersTo }) => answersTo));
  if (revision === undefined) {
    return names.includes('default') ? [] : [`${where} asks for injection by the default revision, but there is only ${names.join(', ')}: give it a revision or tag, or the installation the tag "default"`];
  }
  if (names.includes(revision)) return [];
  const near = nearest(revision, names);
  return [`${where} asks for revision "${revision}", which no installation has${near === undefined ? `; there is ${names.join(', ')}` : `; did you mean "${near}"?`}`];
}

/**
 * What ztunnel and waypoints do not do.
 *
 * Source: https://istio.io/latest/docs/ambient/overview/
 */
function lackingInAmbient(namespace: MeshNamespace): string[] {
  const within = namespace.node.findAll();
  const plain = within.filter(construct => construct instanceof MutualTls).filter(({ mode }) => mode === 'DISABLE');
  const machines = within.filter(construct => construct instanceof Machine || construct instanceof MachineGroup);
  return [
    ...plain.map(({ node }) => `${node.path}: ztunnel ignores mutual TLS mode DISABLE; use PERMISSIVE, or take the namespace out of ambient`),
    ...machines.map(({ node }) => `${node.path}: a machine outside Kubernetes runs a sidecar, and cannot join the ambient namespace ${namespace.name}; put its service into a sidecar namespace`),
  ];
}
