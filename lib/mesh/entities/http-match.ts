import { boolean, field, fields, mapping, number, text, textMap, texts } from '../../manifest/index.ts';

/** How a text is compared. `present`: any value, even an empty one. */
export type StringMatch = { readonly test: 'exact' | 'prefix' | 'regex'; readonly value: string } | { readonly test: 'present' };

/** One match of an http route, as typed data. */
export interface HttpMatch {
  readonly name: string;
  readonly statPrefix: string;
  readonly uri: StringMatch | undefined;
  readonly ignoreUriCase: boolean;
  readonly scheme: StringMatch | undefined;
  readonly method: StringMatch | undefined;
  readonly authority: StringMatch | undefined;
  /** Names as written. */
  readonly headers: ReadonlyMap<string, StringMatch>;
  readonly withoutHeaders: ReadonlyMap<string, StringMatch>;
  readonly queryParams: ReadonlyMap<string, StringMatch>;
  readonly port: number | undefined;
  readonly gateways: readonly string[];
  readonly sourceLabels: ReadonlyMap<string, string>;
  readonly sourceNamespace: string;
  /** The field that holds it. */
  readonly path: string;
}

/** Reads an HTTPMatchRequest. */
export function httpMatchOf(raw: unknown, path: string): HttpMatch {
  return {
    name: text(field(raw, 'name')) ?? '',
    statPrefix: text(field(raw, 'statPrefix')) ?? '',
    uri: stringMatch(field(raw, 'uri')),
    ignoreUriCase: boolean(field(raw, 'ignoreUriCase')) ?? false,
    scheme: stringMatch(field(raw, 'scheme')),
    method: stringMatch(field(raw, 'method')),
    authority: stringMatch(field(raw, 'authority')),
    headers: stringMatches(field(raw, 'headers')),
    withoutHeaders: stringMatches(field(raw, 'withoutHeaders')),
    queryParams: stringMatches(field(raw, 'queryParams')),
    port: number(field(raw, 'port')),
    gateways: texts(field(raw, 'gateways')),
    sourceLabels: textMap(field(raw, 'sourceLabels')),
    sourceNamespace: text(field(raw, 'sourceNamespace')) ?? '',
    path,
  };
}

/** A match of a tls or tcp route. */
export interface ConnectionMatch {
  readonly sniHosts: readonly string[];
  readonly destinationSubnets: readonly string[];
  readonly port: number | undefined;
  readonly gateways: readonly string[];
  readonly sourceLabels: ReadonlyMap<string, string>;
  readonly sourceNamespace: string;
  readonly path: string;
}

/** Reads a TLSMatchAttributes or L4MatchAttributes. */
export function connectionMatchOf(raw: unknown, path: string): ConnectionMatch {
  return {
    sniHosts: texts(field(raw, 'sniHosts')),
    destinationSubnets: texts(field(raw, 'destinationSubnets')),
    port: number(field(raw, 'port')),
    gateways: texts(field(raw, 'gateways')),
    sourceLabels: textMap(field(raw, 'sourceLabels')),
    sourceNamespace: text(field(raw, 'sourceNamespace')) ?? '',
    path,
  };
}

/** Undefined where the field is absent; an empty match, and the regex `*`, ask for presence. */
function stringMatch(raw: unknown): StringMatch | undefined {
  if (raw === undefined || raw === null) return undefined;
  for (const test of ['exact', 'prefix', 'regex'] as const) {
    const value = text(field(raw, test));
    if (value !== undefined) return { test, value };
  }
  return mapping(raw) ? { test: 'present' } : undefined;
}

const noMatches: ReadonlyMap<string, StringMatch> = new Map();

function stringMatches(raw: unknown): ReadonlyMap<string, StringMatch> {
  if (!mapping(raw)) return noMatches;
  return new Map(Object.entries(fields(raw)).map(([name, value]) => {
    const match = stringMatch(value) ?? { test: 'present' as const };
    return [name, match.test === 'regex' && match.value === '*' ? { test: 'present' as const } : match];
  }));
}
