import { dnsLabel } from '../values/name.ts';

/** Who is shown the rules of a service: everybody, those who are known to call it, or namespaces by name beside those. */
export type ExportTo = 'everyone' | 'callers' | readonly string[];

/** Whose rules they are, and what is said of who sees them. */
export interface AudienceProps {
  readonly where: string;
  readonly namespaceName: string;
  /** What the owner asks for. @default - nothing */
  readonly exportTo: ExportTo | undefined;
  /** Whether nobody gets in who is not known to call, so that nobody else has a use for the rules. */
  readonly closed: boolean;
}

/**
 * The namespaces that are shown the rules of a service. Rules are kept from those who are not known to call only where these
 * could not call anyway, or the owner asks for it: a workload that sees no rules still sends requests, but without routes,
 * timeouts and subsets.
 */
export class Audience {
  readonly #props: AudienceProps;
  readonly #callers = new Set<string>();
  #isOpen = false;

  /** @throws when a namespace is none */
  constructor(props: AudienceProps) {
    this.#props = props;
    if (typeof props.exportTo === 'object') for (const name of props.exportTo) dnsLabel(props.where, 'a namespace of exportTo', name);
  }

  /** Notes a namespace that calls the service. */
  add(namespaceName: string): void {
    this.#callers.add(namespaceName);
  }

  /** Notes that callers come from nobody knows where. */
  open(): void {
    this.#isOpen = true;
  }

  /** The namespaces, as `exportTo` has them; undefined for all. */
  get exportTo(): readonly string[] | undefined {
    const { namespaceName, exportTo, closed } = this.#props;
    const isOpen = this.#isOpen || !closed || this.#callers.size === 0;
    if (exportTo === 'everyone' || (exportTo === undefined && isOpen)) return undefined;
    const named = typeof exportTo === 'object' ? exportTo : [];
    return ['.', ...[...new Set([...named, ...this.#callers])].filter(name => name !== namespaceName).sort()];
  }
}
