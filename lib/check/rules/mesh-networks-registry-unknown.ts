import { field, fields, list, text } from '../../manifest/index.ts';
import type { Entity, Mesh } from '../../mesh/index.ts';
import { defineMeshRule, yaml } from '../rule.ts';

export const meshNetworksRegistryUnknown = defineMeshRule({
  id: 'IST0126',
  name: 'mesh-networks-registry-unknown',
  category: 'install',
  severity: 'error',
  title: 'The networks of the mesh name a registry that nobody knows',
  why: 'Endpoints of that registry get no network, and traffic to them does not cross the gateway.',
  fix: 'Name the cluster of a remote secret, or Kubernetes.',
  analyzers: ['meshnetworks.MeshNetworksAnalyzer'],
  of: 'mesh',
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: "{}"
        meshNetworks: |
          networks: { one: { endpoints: [{ fromRegistry: clster-two }] } }
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data:
        mesh: "{}"
        meshNetworks: |
          networks: { one: { endpoints: [{ fromRegistry: Kubernetes }] } }
    `,
  },

  *check(mesh) {
    const { networks, on } = mesh.networks;
    const known = new Set(['Kubernetes', 'External', 'Mock', ...remoteClusters(mesh)]);
    for (const [name, network] of Object.entries(fields(field(networks, 'networks')))) {
      for (const endpoint of list(field(network, 'endpoints'))) {
        const registry = text(field(endpoint, 'fromRegistry'));
        if (registry !== undefined && registry !== '' && !known.has(registry)) {
          yield { on, at: on.kind === 'ConfigMap' ? 'data.meshNetworks' : `networks.${name}`, message: `network ${name} names registry "${registry}", which is no cluster that is known` };
        }
      }
    }
  },
});

function remoteClusters(mesh: Mesh): readonly string[] {
  return mesh.secrets.filter((secret: Entity) => secret.labels.get('istio/multiCluster') === 'true').flatMap(({ keys }) => keys);
}
