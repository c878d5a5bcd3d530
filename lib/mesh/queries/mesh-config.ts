import { field, mapping, parseYaml, text } from '../../manifest/index.ts';
import { entityOf, inIstioOrder, type Entity } from '../entities/entity.ts';
import { meshConfigOf, type MeshConfig } from '../entities/mesh-config.ts';
import type { Store, StoreChange } from '../store.ts';

/** What is said of the whole mesh beside the objects. */
export interface Configured {
  /** The mesh config, before everything found among the objects. @default - what the objects say */
  readonly meshConfig?: unknown;
  readonly clusterDomain?: string | undefined;
}

/**
 * The mesh config: as given; else the ConfigMap `istio`; else the one of an IstioOperator or a Sail Istio; else Istio's
 * defaults.
 */
export function configuredMesh(store: Store, { meshConfig, clusterDomain }: Configured): MeshConfig {
  const found = meshConfig === undefined ? configAmong(store) : { config: meshConfig, clusterDomain: undefined };
  return meshConfigOf(found.config, clusterDomain ?? found.clusterDomain);
}

/** Whether a change may be one of the mesh config. */
export function touchesMeshConfig({ kind, before, after }: StoreChange): boolean {
  if (kind === '/ConfigMap') return [before, after].some(manifest => text(field(manifest?.object.metadata, 'name')) === 'istio');
  return installations.includes(kind);
}

const installations = ['install.istio.io/IstioOperator', 'sailoperator.io/Istio'];

function configAmong(store: Store): { readonly config: unknown; readonly clusterDomain: string | undefined } {
  for (const { manifest } of named(store, '/ConfigMap', 'istio')) {
    const config = parseYaml(text(field(manifest.object.data, 'mesh')) ?? '');
    if (mapping(config)) return { config, clusterDomain: undefined };
  }
  for (const kind of installations) {
    for (const { manifest } of named(store, kind)) {
      const spec = manifest.object.spec;
      const values = field(spec, 'values');
      const config = field(spec, 'meshConfig') ?? field(values, 'meshConfig');
      const global = field(values, 'global');
      const clusterDomain = text(field(field(global, 'proxy'), 'clusterDomain'));
      const rootNamespace = text(field(global, 'istioNamespace'));
      if (mapping(config) ?? clusterDomain ?? rootNamespace) return { config: { ...(rootNamespace === undefined ? {} : { rootNamespace }), ...mapping(config) }, clusterDomain };
    }
  }
  return { config: undefined, clusterDomain: undefined };
}

/** The objects of a kind in Istio's order, of one name or of any. */
function named(store: Store, kind: string, name?: string): Entity[] {
  const manifests = [...store.kinds.get(kind)?.values() ?? []].filter(({ object }) => name === undefined || text(field(object.metadata, 'name')) === name);
  return manifests.map(manifest => entityOf(manifest, store.reading)).sort(inIstioOrder);
}
