import { isSignedBy } from '../keys/index.ts';
import { fields, list, mapping, number, text, type Fields } from '../manifest/index.ts';
import type { Mesh } from '../mesh/index.ts';
import { goDuration, nearest } from '../schema/index.ts';
import { BadRequest, differences, expectable, explain, signedRequest, simulate, type Expectation, type WrittenRequest } from '../simulate/index.ts';
import type { Result } from './check.ts';
import { validatorCases } from './validator-cases.ts';
import { Usage } from './usage.ts';

/** One request with how it is to end: undefined reasons where it ends so. */
export interface Judged {
  readonly name: string;
  readonly reasons: readonly string[];
  /** What happened instead; undefined where nothing could. */
  readonly trace: string | undefined;
  /** It could not be run at all. */
  readonly broken: boolean;
}

interface Options {
  readonly file: string;
  readonly format: 'text' | 'json';
  readonly from: string | undefined;
}

/** `--expect`: runs the requests of a file, and says which do not end as it says. Exit status 1 for those, 2 for what cannot be run. */
export function expectationReport(mesh: Mesh, documents: readonly unknown[], options: Options): Result {
  const cases = documents.flatMap(document => list(fields(document).testCases));
  const judged = cases.length > 0 ? validatorCases(mesh, cases) : ownCases(mesh, documents, options);
  const failed = judged.filter(({ reasons }) => reasons.length > 0);
  const status = failed.some(({ broken }) => broken) ? 2 : failed.length > 0 ? 1 : 0;
  if (options.format === 'json') return { stdout: `${JSON.stringify(judged.map(({ name, reasons }) => ({ name, passed: reasons.length === 0, reasons })), undefined, 2)}\n`, status };
  const shown = failed.map(({ name, reasons, trace }) => `not as expected: ${name}\n${reasons.map(reason => `  ${reason}\n`).join('')}${trace === undefined ? '' : `\n${trace.split('\n').map(line => (line === '' ? '' : `  | ${line}`)).join('\n')}`}\n`);
  return { stdout: `${shown.join('')}${judged.length - failed.length} of ${judged.length} requests end as expected\n`, status };
}

function ownCases(mesh: Mesh, documents: readonly unknown[], { file, from }: Options): readonly Judged[] {
  const items = documents.flatMap(document => (Array.isArray(document) ? document as readonly unknown[] : list(fields(document).requests)));
  if (items.length === 0) throw new Usage(`${file} holds no requests; give a list of { request, from, expect }, or testCases of istio-config-validator`);
  return items.map((item, i) => {
    const value = mapping(item);
    if (!value) return { name: `request ${i + 1}`, reasons: [`it is ${JSON.stringify(item)}, not { request, from, expect }`], trace: undefined, broken: true };
    const name = text(value.name) ?? text(value.request) ?? `request ${i + 1}`;
    try {
      const trace = simulate(mesh, signedRequest(writtenOf(value, from), isSignedBy));
      const reasons = differences(trace, expectationOf(value));
      return { name, reasons, trace: reasons.length === 0 ? undefined : explain(trace), broken: false };
    } catch (error) {
      if (error instanceof BadRequest) return { name, reasons: [error.message], trace: undefined, broken: true };
      throw error;
    }
  });
}

const requestFields: readonly string[] = ['name', 'request', 'from', 'headers', 'claims', 'token', 'sni', 'protocol', 'address', 'ip', 'expect'];

/**
 * A request of a file.
 *
 * @throws BadRequest where it says something that there is not
 */
export function writtenOf(value: Fields, from: string | undefined): WrittenRequest {
  known('request', value, requestFields);
  const said = (name: string): string | undefined => {
    const given = value[name];
    if (given === undefined || given === null || typeof given === 'string') return given ?? undefined;
    if (typeof given === 'number') return String(given);
    throw new BadRequest(`${name} must be a text, got ${JSON.stringify(given)}`);
  };
  for (const name of ['headers', 'claims']) if ((value[name] ?? undefined) !== undefined && !mapping(value[name])) throw new BadRequest(`${name} must be a mapping, got ${JSON.stringify(value[name])}`);
  const sender = said('from') ?? from;
  if (sender === undefined) throw new BadRequest('nobody sends the request; give it a from, or --from for all');
  return {
    request: said('request') ?? '', from: sender, token: said('token'), sni: said('sni'), protocol: said('protocol'), address: said('address'), ip: said('ip'),
    headers: Object.fromEntries(Object.entries(fields(value.headers)).map(([name, header]) => [name, textOf(header)])),
    claims: mapping(value.claims),
  };
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(',') : typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}

/** What is expected of a request, as a file says it. @throws BadRequest */
function expectationOf({ expect }: Fields): Expectation {
  const value = mapping(expect);
  if (!value || Object.keys(value).length === 0) throw new BadRequest(`nothing is expected; say one of ${expectable.join(', ')}`);
  known('expect', value, expectable);
  for (const [name, given] of Object.entries(value)) {
    const kind = kinds[name as keyof Expectation];
    const actual = mapping(given) ? 'mapping' : typeof given;
    if (actual !== kind) throw new BadRequest(`expect.${name} must be a ${kind}, got ${JSON.stringify(given)}`);
  }
  for (const name of ['timeout', 'delay'] as const) {
    const given = text(value[name]);
    if (given !== undefined && goDuration(given) === undefined) throw new BadRequest(`expect.${name} must be a duration such as 2s or 500ms, got ${JSON.stringify(given)}`);
  }
  for (const [name, percent] of Object.entries(fields(value.shares))) if (number(percent) === undefined) throw new BadRequest(`expect.shares.${name} must be a number of percent, got ${JSON.stringify(percent)}`);
  return value;
}

const kinds: Readonly<Record<keyof Expectation, 'number' | 'string' | 'boolean' | 'mapping'>> = {
  status: 'number', closed: 'boolean', flag: 'string', grpcStatus: 'string', reaches: 'string', subset: 'string', shares: 'mapping', timeout: 'string', delay: 'string',
  location: 'string', path: 'string', host: 'string', headers: 'mapping', mtls: 'boolean', sure: 'boolean',
};

function known(where: string, value: Fields, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new BadRequest(`${where} has no ${JSON.stringify(name)}${near === undefined ? `; there are ${names.join(', ')}` : `; did you mean ${near}?`}`);
  }
}

