import { itemPath, propertyPath } from './path.ts';

/** One way in which a value does not fit its schema. */
export interface Violation {
  /** `spec.http[0].route[1].weight`. */
  readonly path: string;
  readonly layer: 'openapi' | 'cel';
  /** The keyword of the schema that it breaks, `unknown` for a field that the schema does not know, or `cel`. */
  readonly keyword: string;
  /** One sentence: what was given, and what is expected. */
  readonly message: string;
  readonly value?: unknown;
}

/** What a caller can set. */
export interface Options {
  /** Values that are accepted unchecked wherever they stand, such as those that are resolved later. */
  readonly opaque?: ((value: unknown) => boolean) | undefined;
  /** What to do about fields that the schema does not know: the API server drops them. @default report */
  readonly unknownFields?: 'report' | 'ignore' | undefined;
  /** How many violations are enough. @default 100 */
  readonly limit?: number | undefined;
}

/** Collects violations up to a limit. */
export class Report {
  readonly violations: Violation[] = [];
  readonly opaque: (value: unknown) => boolean;
  readonly hasOpaque: boolean;
  readonly ignoresUnknown: boolean;
  readonly #limit: number;
  /** The names and indexes that lead to where the check is: joined only when there is something to say. */
  readonly #steps: (string | number)[] = [];

  constructor(options: Options) {
    this.hasOpaque = options.opaque !== undefined;
    this.opaque = options.opaque ?? ((): boolean => false);
    this.ignoresUnknown = options.unknownFields === 'ignore';
    this.#limit = options.limit ?? 100;
  }

  get full(): boolean {
    return this.violations.length >= this.#limit;
  }

  /** Where the check is. */
  get path(): string {
    return this.#steps.reduce<string>((path, step) => (typeof step === 'number' ? itemPath(path, step) : propertyPath(path, step)), '');
  }

  get atRoot(): boolean {
    return this.#steps.length === 0;
  }

  /** Goes to a property or an item of where the check is. */
  enter(step: string | number): void {
    this.#steps.push(step);
  }

  leave(): void {
    this.#steps.pop();
  }

  /** Says what is wrong where the check is, or with a property or an item there. */
  add(keyword: string, message: string, value?: unknown, below?: string | number): void {
    if (this.full) return;
    if (below !== undefined) this.enter(below);
    this.violations.push({ path: this.path, layer: keyword === 'cel' ? 'cel' : 'openapi', keyword, message, value });
    if (below !== undefined) this.leave();
  }
}

/** A value as a message shows it: short, on one line. What may be a private key, pasted where its name belongs, is not shown. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = value === undefined ? 'nothing' : typeof value === 'bigint' ? `${value}` : JSON.stringify(value) ?? typeof value;
  } catch {
    // A value that contains itself.
    text = Array.isArray(value) ? 'a list' : 'an object';
  }
  if (/PRIVATE KEY|\bkty\b|LS0tLS1CRUdJTi|eyJ/.test(text)) return `${text.length} characters that may be a key, not shown`;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
