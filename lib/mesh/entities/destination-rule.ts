import { field, list, mapping, number, text, textMap, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { fullHost } from './hosts.ts';
import type { MeshConfig } from './mesh-config.ts';
import { selectorOf, type Selector } from './selector.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

/** How clients connect to a host. */
export interface TrafficPolicy {
  /** The mode of `tls`; undefined where nothing is said, so that auto mTLS decides. */
  readonly tlsMode: string | undefined;
  readonly tls: unknown;
  readonly ports: readonly { readonly port: number; readonly tlsMode: string | undefined; readonly tls: unknown; readonly path: string }[];
  readonly path: string;
  /** As written: untrusted. */
  readonly raw: unknown;
}

/** A named part of a host's endpoints. */
export interface Subset {
  readonly name: string;
  readonly labels: Selector;
  readonly policy: TrafficPolicy | undefined;
  readonly path: string;
}

/** A DestinationRule. */
export interface DestinationRule extends Entity {
  /** As written. */
  readonly host: string;
  readonly fullHost: string;
  readonly policy: TrafficPolicy | undefined;
  readonly subsets: readonly Subset[];
  readonly visibility: Visibility;
  readonly exportTo: readonly string[];
  readonly workloadSelector: Selector | undefined;
}

/** Whether the policy of a DestinationRule, or one of its subsets', passes a test. */
export function somePolicy({ policy, subsets }: DestinationRule, test: (policy: TrafficPolicy) => boolean): boolean {
  return (policy !== undefined && test(policy)) || subsets.some(subset => subset.policy !== undefined && test(subset.policy));
}

export function destinationRuleOf(entity: Entity, config: MeshConfig): DestinationRule {
  const spec = specOf(entity.manifest);
  const host = text(spec.host) ?? '';
  const workloadSelector = selectorOf(spec.workloadSelector);
  const exportTo = texts(spec.exportTo);
  return {
    ...entity,
    host,
    fullHost: fullHost(host, entity.namespace, config.clusterDomain),
    policy: policyOf(spec.trafficPolicy, 'spec.trafficPolicy'),
    subsets: list(spec.subsets).map((subset, i) => ({
      name: text(field(subset, 'name')) ?? '',
      labels: textMap(field(subset, 'labels')),
      policy: policyOf(field(subset, 'trafficPolicy'), `spec.subsets[${i}].trafficPolicy`),
      path: `spec.subsets[${i}]`,
    })),
    // One with a selector is for clients of its own namespace alone.
    visibility: workloadSelector ? { everywhere: false, namespaces: new Set([entity.namespace]) } : visibilityOf(exportTo, entity.namespace, config.defaultExportTo.destinationRule),
    exportTo,
    workloadSelector,
  };
}

function policyOf(raw: unknown, path: string): TrafficPolicy | undefined {
  if (!mapping(raw)) return undefined;
  const tls = field(raw, 'tls');
  return {
    tlsMode: tlsMode(tls),
    tls,
    ports: list(field(raw, 'portLevelSettings')).map((setting, i) => ({
      port: number(field(field(setting, 'port'), 'number')) ?? 0,
      tlsMode: tlsMode(field(setting, 'tls')),
      tls: field(setting, 'tls'),
      path: `${path}.portLevelSettings[${i}]`,
    })),
    path,
    raw,
  };
}

function tlsMode(tls: unknown): string | undefined {
  return mapping(tls) ? text(field(tls, 'mode')) ?? 'DISABLE' : undefined;
}
