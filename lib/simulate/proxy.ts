import type { ProxyKind, Workload } from '../mesh/index.ts';

/** Where a request passes: the proxy of a workload, or a workload without one. */
export interface Proxy {
  readonly kind: ProxyKind;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  /** The name of its service account, in its namespace. */
  readonly serviceAccount: string;
  readonly ips: readonly string[];
  /** Undefined where nothing among the objects describes it. */
  readonly workload: Workload | undefined;
  /** What is taken for granted of it, in a sentence. @default - nothing */
  readonly assumed?: string | undefined;
}

/** The identity that a proxy shows in mutual TLS: `<trust domain>/ns/<namespace>/sa/<account>`. */
export function identityOf({ namespace, serviceAccount }: Proxy, trustDomain: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
