import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { Function as ProfiledFunction, Line, Location, Profile, Sample, StringTable, ValueType } from 'pprof-format';

/** One function on a stack, as V8 tells it. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  /** From 0; -1 where V8 knows none. */
  readonly lineNumber: number;
}

/** What a profile measures. */
export interface Measure {
  readonly type: string;
  readonly unit: string;
}

/** How much of what is measured was seen on one stack. */
export interface Sampled {
  /** The innermost function first. */
  readonly stack: readonly Frame[];
  /** One for each measure. */
  readonly values: readonly number[];
}

/** A profile, as far as it differs from others. */
export interface Profiled {
  readonly measures: readonly Measure[];
  readonly samples: Iterable<Sampled>;
  /** What a sample is taken of, and every how many units. */
  readonly period: Measure & { readonly every: number };
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMillis: number;
}

/**
 * A profile in the form of pprof, gzipped.
 *
 * Source: https://github.com/google/pprof/blob/main/proto/profile.proto
 */
export async function pprofOf({ measures, samples, period, startedAt, durationMillis }: Profiled): Promise<Buffer> {
  const stringTable = new StringTable();
  const measure = ({ type, unit }: Measure): ValueType => new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) });
  const places = new Places(stringTable);
  const profile = new Profile({
    sampleType: measures.map(measure),
    sample: [...samples].map(({ stack, values }) => new Sample({ locationId: stack.map(frame => places.idOf(frame)), value: [...values] })),
    location: places.locations,
    function: places.functions,
    stringTable,
    timeNanos: BigInt(startedAt) * 1_000_000n,
    durationNanos: Math.round(durationMillis * 1e6),
    periodType: measure(period),
    period: period.every,
  });
  return promisify(gzip)(await profile.encodeAsync());
}

/** The functions of a profile, each said once. */
class Places {
  readonly locations: Location[] = [];
  readonly functions: ProfiledFunction[] = [];
  readonly #ids = new Map<string, number>();
  readonly #strings: StringTable;

  constructor(strings: StringTable) {
    this.#strings = strings;
  }

  idOf({ functionName, url, lineNumber }: Frame): number {
    const key = `${functionName}\n${url}\n${lineNumber}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.locations.length + 1;
    const name = this.#strings.dedup(functionName === '' ? '(anonymous)' : functionName);
    this.functions.push(new ProfiledFunction({ id, name, systemName: name, filename: this.#strings.dedup(url.replace(/^file:\/\//, '')), startLine: lineNumber + 1 }));
    this.locations.push(new Location({ id, line: [new Line({ functionId: id, line: lineNumber + 1 })] }));
    this.#ids.set(key, id);
    return id;
  }
}
