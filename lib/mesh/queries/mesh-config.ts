import { field, mapping, parseYaml, text } from '../../manifest/index.ts';
import { meshConfigOf, type MeshConfig } from '../entities/mesh-config.ts';
import type { Store } from '../store.ts';

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

function configAmong(store: Store): { readonly config: unknown; readonly clusterDomain: string | undefined } {
  for (const { name, manifest } of store.entities('', 'ConfigMap')) {
    if (name !== 'istio') continue;
    const config = parseYaml(text(field(manifest.object.data, 'mesh')) ?? '');
    if (mapping(config)) return { config, clusterDomain: undefined };
  }
  for (const [group, kind] of [['install.istio.io', 'IstioOperator'], ['sailoperator.io', 'Istio']] as const) {
    for (const { manifest } of store.entities(group, kind)) {
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
