import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { protocolNamed, type Protocol } from './protocol.ts';
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

/** One ingress listener of a Sidecar: a port of the workload, and how it is served. */
export interface IngressListener {
  readonly port: number;
  readonly protocol: Protocol;
  /** As written: `127.0.0.1:8080`, `:8080`, `unix:///…`; '' where the same port is meant. */
  readonly defaultEndpoint: string;
  /** The mode of its own TLS settings; undefined where it has none. */
  readonly tlsMode: string | undefined;
  readonly path: string;
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
  /** Undefined where nothing is written, so that the ports of the workload's Services are served. */
  readonly ingress: readonly IngressListener[] | undefined;
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
    ingress: Array.isArray(spec.ingress) && spec.ingress.length > 0 ? list(spec.ingress).map((listener, i) => ingressOf(listener, `spec.ingress[${i}]`)) : undefined,
  };
}

function ingressOf(value: unknown, path: string): IngressListener {
  const port = field(value, 'port');
  const tls = mapping(field(value, 'tls'));
  return {
    port: number(field(port, 'number')) ?? 0,
    protocol: protocolNamed(text(field(port, 'protocol')) ?? '') ?? 'AUTO',
    defaultEndpoint: text(field(value, 'defaultEndpoint')) ?? '',
    tlsMode: tls && (text(field(tls, 'mode')) ?? 'PASSTHROUGH'),
    path,
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
