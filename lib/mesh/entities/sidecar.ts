import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { selectorOf, type Selector } from './selector.ts';

/** A host that a proxy may reach, or with `excludes` may not. */
export interface EgressHost {
  readonly written: string;
  /** `*`, or a namespace. */
  readonly namespace: string;
  readonly host: string;
  readonly excludes: boolean;
  readonly path: string;
}

/** One egress listener of a Sidecar. */
export interface EgressListener {
  readonly port: number | undefined;
  readonly hosts: readonly EgressHost[];
}

/** A Sidecar: what the proxies of a namespace, or of some workloads, see. */
export interface Sidecar extends Entity {
  readonly workloadSelector: Selector | undefined;
  /** Undefined where nothing is written, which lets everything be seen. */
  readonly egress: readonly EgressListener[] | undefined;
  /** Undefined where the mesh's policy holds; a policy without a mode is REGISTRY_ONLY. */
  readonly outboundMode: string | undefined;
  readonly outboundModeWritten: boolean;
  readonly hasEgressProxy: boolean;
}

export function sidecarOf(entity: Entity): Sidecar {
  const spec = specOf(entity.manifest);
  const policy = mapping(spec.outboundTrafficPolicy);
  const mode = text(field(policy, 'mode'));
  return {
    ...entity,
    workloadSelector: selectorOf(spec.workloadSelector, 'labels'),
    egress: Array.isArray(spec.egress) && spec.egress.length > 0 ? list(spec.egress).map((listener, i) => listenerOf(listener, i, entity.namespace)) : undefined,
    outboundMode: policy ? mode ?? 'REGISTRY_ONLY' : undefined,
    outboundModeWritten: mode !== undefined && mode !== '',
    hasEgressProxy: mapping(field(policy, 'egressProxy')) !== undefined,
  };
}

function listenerOf(value: unknown, i: number, namespace: string): EgressListener {
  return {
    port: number(field(field(value, 'port'), 'number')),
    hosts: texts(field(value, 'hosts')).map((written, j) => {
      const excludes = written.startsWith('~') && !written.startsWith('~/*');
      const plain = excludes ? written.slice(1) : written;
      const slash = plain.indexOf('/');
      const from = plain.slice(0, Math.max(slash, 0));
      return { written, namespace: from === '.' ? namespace : from === '' ? '*' : from, host: plain.slice(slash + 1), excludes, path: `spec.egress[${i}].hosts[${j}]` };
    }),
  };
}
