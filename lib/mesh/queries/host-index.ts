/** Objects by the hosts that they are for, exact ones and wildcards; asking costs the labels of the host asked for, not the number of hosts. */
export class HostIndex<Value> {
  readonly #at: (key: string) => readonly Value[];

  /** From an index of objects, whose keys are those of `HostIndex.keys`. */
  constructor(at: (key: string) => readonly Value[]) {
    this.#at = at;
  }

  /** The keys of something that is for these hosts. */
  static keys(hosts: readonly string[]): string[] {
    const names = hosts.map(host => host.toLowerCase());
    return names.some(isWild) ? [...names, someWild] : names;
  }

  /** The wildcards above a host that begin at one of its labels: `*.b.c` and `*.c` of `a.b.c`. */
  static above(this: void, host: string): string[] {
    const name = host.toLowerCase();
    return [...name.matchAll(/\./g)].filter(({ index }) => index > 0 || !isWild(name)).map(({ index }) => `*${name.slice(index)}`);
  }

  /** What is for exactly this host, as written. */
  at(host: string): readonly Value[] {
    return this.#at(host.toLowerCase());
  }

  /** The first that passes a test, looked for as `covering` does; nearly always it is for exactly the host. */
  find(host: string, test: (value: Value, declared: string) => boolean): Value | undefined {
    const name = host.toLowerCase();
    const found = this.#at(name).find(value => test(value, name));
    if (found !== undefined || this.#at(someWild).length === 0) return found;
    for (const { host: declared, values } of this.covering(name)) {
      const wider = declared === name ? undefined : values.find(value => test(value, declared));
      if (wider !== undefined) return wider;
    }
    return undefined;
  }

  /** Whether there is a wildcard above a host. */
  hasWider(host: string): boolean {
    const name = host.toLowerCase();
    for (const { host: declared } of this.covering(name)) if (declared !== name) return true;
    return false;
  }

  /** What is for the host or for a wildcard above it: the most specific first. */
  *covering(host: string): Generator<{ readonly host: string; readonly values: readonly Value[] }> {
    const name = host.toLowerCase();
    const exact = this.#at(name);
    if (exact.length > 0) yield { host: name, values: exact };
    if (this.#at(someWild).length === 0) return;
    // `*a.com` stands for any text before it, so every suffix counts; hosts are at most 253 long.
    for (let at = isWild(name) ? 2 : 1; at <= Math.min(name.length, 256); at++) {
      const values = this.#at(`*${name.slice(at)}`);
      if (values.length > 0) yield { host: `*${name.slice(at)}`, values };
    }
  }
}

/** The key of everything that is for some wildcard. */
const someWild = '* some';

function isWild(name: string): boolean {
  return name.startsWith('*');
}
