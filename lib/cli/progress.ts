/** Says on standard error what is being done, where that takes longer than a second. */
export class Progress {
  readonly #say: (line: string) => void;
  #last = performance.now();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Something begins; said when the last word is a second old, or when the work is large enough to take one. */
  at(what: string, large = false): void {
    const now = performance.now();
    if (!large && now - this.#last < 1000) return;
    this.#last = now;
    this.#say(what);
  }
}
