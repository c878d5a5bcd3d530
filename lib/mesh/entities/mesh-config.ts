import { boolean, field, fields, list, mapping, number, text, textMap, texts } from '../../manifest/index.ts';

/** The configuration of the whole mesh, with Istio's defaults filled in. */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  /** Trust domains of other meshes, whose authorities are named. */
  readonly otherTrustDomains: readonly string[];
  /** The DNS domain of the cluster (an installation value, `global.proxy.clusterDomain`). */
  readonly clusterDomain: string;
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY' | 'ALLOW_ANY_DYNAMIC_DNS';
  readonly autoMtls: boolean;
  readonly defaultExportTo: { readonly service: readonly string[]; readonly virtualService: readonly string[]; readonly destinationRule: readonly string[] };
  readonly extensionProviders: readonly { readonly name: string; readonly type: string }[];
  readonly defaultProviders: { readonly tracing: readonly string[]; readonly metrics: readonly string[]; readonly accessLogging: readonly string[] };
  readonly proxyMetadata: ReadonlyMap<string, string>;
  readonly imageType: string;
  readonly ingressService: string;
  readonly pathNormalization: string;
  /** Whether gateways and sidecars take a limited number of connections, as Envoy's runtime says. */
  readonly limitsConnections: boolean;
  /** How many proxies before a gateway are trusted to say where a request comes from. */
  readonly trustedProxies: number;
  /** What is configured, as it stands. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * Reads a mesh config.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function meshConfigOf(value: unknown, clusterDomain: string | undefined): MeshConfig {
  const raw = fields(value);
  const policy = text(field(raw.outboundTrafficPolicy, 'mode'));
  const defaultConfig = raw.defaultConfig;
  return {
    rootNamespace: text(raw.rootNamespace) ?? 'istio-system',
    trustDomain: text(raw.trustDomain) ?? 'cluster.local',
    trustDomainAliases: texts(raw.trustDomainAliases),
    otherTrustDomains: list(raw.caCertificates).flatMap(authority => texts(field(authority, 'trustDomains'))),
    clusterDomain: clusterDomain ?? 'cluster.local',
    outboundTrafficPolicy: policy === 'REGISTRY_ONLY' || policy === 'ALLOW_ANY_DYNAMIC_DNS' ? policy : 'ALLOW_ANY',
    autoMtls: boolean(raw.enableAutoMtls) ?? true,
    defaultExportTo: {
      service: texts(raw.defaultServiceExportTo),
      virtualService: texts(raw.defaultVirtualServiceExportTo),
      destinationRule: texts(raw.defaultDestinationRuleExportTo),
    },
    extensionProviders: list(raw.extensionProviders).map(provider => ({
      name: text(field(provider, 'name')) ?? '',
      type: Object.keys(mapping(provider) ?? {}).find(key => key !== 'name') ?? '',
    })),
    defaultProviders: {
      tracing: texts(field(raw.defaultProviders, 'tracing')),
      metrics: texts(field(raw.defaultProviders, 'metrics')),
      accessLogging: texts(field(raw.defaultProviders, 'accessLogging')),
    },
    proxyMetadata: textMap(field(defaultConfig, 'proxyMetadata')),
    imageType: text(field(field(defaultConfig, 'image'), 'imageType')) ?? '',
    ingressService: text(raw.ingressService) ?? 'istio-ingressgateway',
    pathNormalization: text(field(raw.pathNormalization, 'normalization')) ?? 'DEFAULT',
    limitsConnections: field(field(defaultConfig, 'runtimeValues'), 'overload.global_downstream_max_connections') !== undefined,
    trustedProxies: number(field(field(defaultConfig, 'gatewayTopology'), 'numTrustedProxies')) ?? 0,
    raw,
  };
}
