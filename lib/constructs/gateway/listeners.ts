import { hostsMeet } from '../values/name.ts';

/** What a gateway has its pods listen for. */
export interface Listening {
  /** The construct that declared it. */
  readonly where: string;
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly number[];
  readonly hosts: readonly string[];
  /** Whether connections are passed on as they are. @default - requests are read, or TLS by its server name */
  readonly isTcp?: boolean | undefined;
}

/** Everything that gateways of one mesh have pods listen for. */
export class Listeners {
  readonly #known: Listening[] = [];

  /** Notes what a gateway listens for. @throws when another has the same pods listen for the same: Istio would merge the two, or drop the younger */
  add(listening: Listening): void {
    for (const other of this.#known) {
      if (other.where === listening.where || !sameLabels(other.selector, listening.selector)) continue;
      if (!other.ports.some(port => listening.ports.includes(port))) continue;
      const shared = listening.hosts.filter(host => other.hosts.some(theirs => hostsMeet(host, theirs)));
      if (shared.length > 0) throw new Error(`${listening.where}: ${other.where} answers for ${shared.join(', ')} too, at the same port of the same pods; expose both services at one gateway, or give them hosts that do not overlap`);
    }
    this.#known.push(listening);
  }

  /** What other gateways have the same pods listen for. */
  besides(where: string, selector: Readonly<Record<string, string>>): readonly Listening[] {
    return this.#known.filter(other => other.where !== where && sameLabels(other.selector, selector));
  }
}

/** What gateways of a mesh listen for. */
export function listening(mesh: object): Listeners {
  let known = listenersOf.get(mesh);
  if (!known) listenersOf.set(mesh, known = new Listeners());
  return known;
}

const listenersOf = new WeakMap<object, Listeners>();

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const [x, y] = [Object.entries(a), Object.entries(b)];
  return x.length === y.length && x.every(([key, value]) => b[key] === value);
}
