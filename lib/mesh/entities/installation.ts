import { boolean, field, list, mapping, text, textMap } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';

/** How Istio is installed: an IstioOperator, or an Istio of the Sail operator. */
export interface Installation extends Entity {
  /** As written, such as `v1.30.3` or `1.30.3-distroless`; '' for none. */
  readonly release: string;
  readonly releasePath: string;
  /** The variant of the images: `distroless`, `debug`; '' for the usual ones. */
  readonly variant: string;
  /** `third-party-jwt` or `first-party-jwt`; '' for the first. */
  readonly jwtPolicy: string;
  /** The environment of istiod. */
  readonly pilotEnv: ReadonlyMap<string, string>;
  /** Whether NetworkPolicies come with it. */
  readonly networkPolicies: boolean;
  /** Whether it installs the CNI plugin itself; another object may. */
  readonly cni: boolean;
  /** Whom workloads ask for certificates; '' for istiod. */
  readonly caAddress: string;
  /** Whether the mesh config names authorities of its own. */
  readonly namesAuthorities: boolean;
  /** What proxies are started with, as the mesh config says. */
  readonly proxyMetadata: ReadonlyMap<string, string>;
  /** Where its mesh config stands. */
  readonly meshConfigPath: string;
}

/**
 * Reads an installation.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/, and the values of Istio's charts
 */
export function installationOf(entity: Entity): Installation {
  const spec = specOf(entity.manifest);
  const { values, components } = spec;
  const global = field(values, 'global');
  const ownConfig = mapping(spec.meshConfig);
  const config = ownConfig ?? mapping(field(values, 'meshConfig'));
  const [release, releasePath] = [[spec.version, 'spec.version'], [spec.tag, 'spec.tag'], [field(global, 'tag'), 'spec.values.global.tag']]
    .map(([value, path]): [string, string] => [typeof value === 'number' ? String(value) : text(value) ?? '', String(path)]).find(([value]) => value !== '') ?? ['', 'spec'];
  const env = list(field(field(field(components, 'pilot'), 'k8s'), 'env')).map((item): [string, string] => [text(field(item, 'name')) ?? '', text(field(item, 'value')) ?? '']);
  return {
    ...entity,
    release,
    releasePath,
    variant: text(field(global, 'variant')) ?? text(field(field(field(config, 'defaultConfig'), 'image'), 'imageType')) ?? (release.endsWith('-distroless') ? 'distroless' : ''),
    jwtPolicy: text(field(global, 'jwtPolicy')) ?? '',
    pilotEnv: new Map([...textMap(field(field(values, 'pilot'), 'env')), ...env]),
    networkPolicies: boolean(field(field(global, 'networkPolicy'), 'enabled')) ?? false,
    cni: boolean(field(field(components, 'cni'), 'enabled')) ?? boolean(field(field(field(values, 'pilot'), 'cni'), 'enabled')) ?? text(field(spec, 'profile')) === 'ambient',
    caAddress: text(field(global, 'caAddress')) ?? '',
    namesAuthorities: field(config, 'ca') !== undefined || list(field(config, 'caCertificates')).length > 0,
    proxyMetadata: textMap(field(field(config, 'defaultConfig'), 'proxyMetadata')),
    meshConfigPath: ownConfig ? 'spec.meshConfig' : 'spec.values.meshConfig',
  };
}
