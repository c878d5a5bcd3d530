import { field, list, mapping, parseYaml, text } from '../../manifest/index.ts';
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
 * The mesh config: as given; else the ConfigMap `istio`; else what installs istiod says, be it an IstioOperator, a Sail
 * Istio, an Application of Argo CD or a HelmRelease of Flux; else Istio's defaults. Of several revisions the default one
 * counts, else the first.
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

/** What an object that installs istiod says: its values, its mesh config where that stands apart, its revision. */
interface Installation {
  readonly values: unknown;
  readonly meshConfig?: unknown;
  readonly namespace?: string | undefined;
  readonly revision: string | undefined;
}

/** How each kind that may install istiod is read; undefined where an object installs something else. */
const installers: Readonly<Record<string, (spec: unknown, name: string) => readonly Installation[]>> = {
  'install.istio.io/IstioOperator': spec => [{ values: field(spec, 'values'), meshConfig: field(spec, 'meshConfig'), revision: text(field(spec, 'revision')) }],
  'sailoperator.io/Istio': (spec, name) => [{ values: field(spec, 'values'), namespace: text(field(spec, 'namespace')), revision: name === 'default' ? undefined : name }],
  'argoproj.io/Application': spec => [field(spec, 'source'), ...list(field(spec, 'sources'))].filter(source => isIstiod(field(source, 'chart'))).map(source => {
    const helm = field(source, 'helm');
    return charted(field(helm, 'valuesObject') ?? parseYaml(text(field(helm, 'values')) ?? ''));
  }),
  'helm.toolkit.fluxcd.io/HelmRelease': (spec, name) => {
    const chart = field(field(field(spec, 'chart'), 'spec'), 'chart');
    // An OCI source names its chart in another object; a release of istiod is known by its name.
    return isIstiod(chart) || (chart === undefined && /^istiod(?:-|$)/.test(text(field(spec, 'releaseName')) ?? name)) ? [charted(field(spec, 'values'))] : [];
  },
};

const installations = Object.keys(installers);

function isIstiod(chart: unknown): boolean {
  return /(?:^|\/)istiod$/.test(text(chart) ?? '');
}

function charted(values: unknown): Installation {
  return { values, revision: text(field(values, 'revision')) };
}

function configAmong(store: Store): { readonly config: unknown; readonly clusterDomain: string | undefined } {
  for (const { manifest } of named(store, '/ConfigMap', 'istio')) {
    const config = parseYaml(text(field(manifest.object.data, 'mesh')) ?? '');
    if (mapping(config)) return { config, clusterDomain: undefined };
  }
  const found = installations.flatMap(kind => named(store, kind).flatMap(({ manifest, name }) => installers[kind]?.(manifest.object.spec, name) ?? []));
  const chosen = found.find(({ revision }) => revision === undefined || revision === '' || revision === 'default') ?? found[0];
  if (!chosen) return { config: undefined, clusterDomain: undefined };
  const global = field(chosen.values, 'global');
  const rootNamespace = text(field(global, 'istioNamespace')) ?? chosen.namespace;
  const config = mapping(chosen.meshConfig) ?? mapping(field(chosen.values, 'meshConfig'));
  return { config: { ...(rootNamespace === undefined ? {} : { rootNamespace }), ...config }, clusterDomain: text(field(field(global, 'proxy'), 'clusterDomain')) };
}

/** The objects of a kind in Istio's order, of one name or of any. */
function named(store: Store, kind: string, name?: string): Entity[] {
  const manifests = [...store.kinds.get(kind)?.values() ?? []].filter(({ object }) => name === undefined || text(field(object.metadata, 'name')) === name);
  return manifests.map(manifest => entityOf(manifest, store.reading)).sort(inIstioOrder);
}
