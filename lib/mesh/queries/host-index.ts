/** Things by the hosts that they are for, exact ones and wildcards; asking costs the labels of the host asked for, not the number of hosts. */
export class HostIndex<Value> {
  readonly #exact = new Map<string, Value[]>();
  readonly #wild = new Map<string, Value[]>();

  add(host: string, value: Value): void {
    const name = host.toLowerCase();
    const map = name.startsWith('*') ? this.#wild : this.#exact;
    const key = name.startsWith('*') ? name.slice(1) : name;
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  }

  /** What is for exactly this host, as written. */
  at(host: string): readonly Value[] {
    const name = host.toLowerCase();
    return (name.startsWith('*') ? this.#wild.get(name.slice(1)) : this.#exact.get(name)) ?? [];
  }

  /** What is for the host or for a wildcard above it: the most specific first. */
  *covering(host: string): Generator<{ readonly host: string; readonly values: readonly Value[] }> {
    const name = host.toLowerCase();
    const exact = name.startsWith('*') ? this.#wild.get(name.slice(1)) : this.#exact.get(name);
    if (exact) yield { host: name, values: exact };
    if (this.#wild.size === 0) return;
    // `*a.com` stands for any text before it, so every suffix counts; hosts are at most 253 long.
    for (let at = name.startsWith('*') ? 2 : 1; at <= Math.min(name.length, 256); at++) {
      const values = this.#wild.get(name.slice(at));
      if (values) yield { host: `*${name.slice(at)}`, values };
    }
  }
}
