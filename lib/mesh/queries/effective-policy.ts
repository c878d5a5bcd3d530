import { field, mapping, type Fields } from '../../manifest/index.ts';
import type { From } from '../conditions.ts';
import type { DestinationRule, TrafficPolicy } from '../entities/destination-rule.ts';
import type { MergedDestinationRule } from './destination-rule-for.ts';

/** One part of a traffic policy, and where it is said. */
export interface PolicyPart {
  readonly value: Fields;
  readonly from: From;
}

/** What holds for connections to one port of a host, or of a subset of it. */
export interface EffectivePolicy {
  readonly tls: PolicyPart | undefined;
  readonly loadBalancer: PolicyPart | undefined;
  readonly connectionPool: PolicyPart | undefined;
  readonly outlierDetection: PolicyPart | undefined;
}

/**
 * The policy for a port and subset: settings of the port stand for the whole policy; a subset's replace them one by one, unless it
 * has settings of the port too.
 *
 * Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-PortTrafficPolicy
 */
export function effectivePolicy(rule: MergedDestinationRule | undefined, subset: string, port: number): EffectivePolicy {
  const top = rule?.policy ? partsAt(rule.policy.policy, rule.policy.on, port) : none;
  const named = rule?.subsets.get(subset);
  if (!named?.subset.policy) return top.parts;
  const own = partsAt(named.subset.policy, named.on, port);
  if (own.ofPort) return own.parts;
  return {
    tls: own.parts.tls ?? top.parts.tls,
    loadBalancer: own.parts.loadBalancer ?? top.parts.loadBalancer,
    connectionPool: own.parts.connectionPool ?? top.parts.connectionPool,
    outlierDetection: own.parts.outlierDetection ?? top.parts.outlierDetection,
  };
}

interface Parts {
  readonly parts: EffectivePolicy;
  /** Whether they are those of the port. */
  readonly ofPort: boolean;
}

const none: Parts = { parts: { tls: undefined, loadBalancer: undefined, connectionPool: undefined, outlierDetection: undefined }, ofPort: false };

function partsAt({ ports, path, raw }: TrafficPolicy, on: DestinationRule, port: number): Parts {
  const index = ports.findIndex(({ port: number }) => number === port);
  const setting = ports[index];
  const settings = field(raw, 'portLevelSettings');
  const value = setting && Array.isArray(settings) ? settings[index] as unknown : raw;
  const at = setting?.path ?? path;
  const part = (name: string): PolicyPart | undefined => {
    const found = mapping(field(value, name));
    return found && { value: found, from: { on, at: `${at}.${name}` } };
  };
  return {
    parts: { tls: part('tls'), loadBalancer: part('loadBalancer'), connectionPool: part('connectionPool'), outlierDetection: part('outlierDetection') },
    ofPort: setting !== undefined,
  };
}
