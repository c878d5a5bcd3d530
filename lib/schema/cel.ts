import { Environment } from '@marcbachmann/cel-js';
import { celValue } from './cel-value.ts';
import { parseUrl, type CelUrl } from './cel-url.ts';
import { goDuration } from './go-duration.ts';
import { shown, type Report } from './report.ts';
import type { Rule, Schema } from './schema.ts';
import { contains, isIPv4, isIPv6 } from './text.ts';

/**
 * Evaluates the CEL rules of a schema, about one value. Rules on how a value may change (`oldSelf`) do not speak of a
 * value that is created.
 *
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
 */
export function checkRules(schema: Schema, value: unknown, report: Report): void {
  const rules = schema['x-kubernetes-validations'];
  if (!rules || (report.hasOpaque && holdsOpaque(value, report.opaque))) return;
  let self: { readonly value: unknown } | undefined;
  for (const rule of rules) {
    if (!rule.optionalOldSelf && speaksOfOld(rule.rule)) continue;
    self ??= { value: celValue(schema, value) };
    const problem = broken(rule, self.value);
    if (problem !== undefined) report.add('cel', `${problem}, got ${shown(value)}`, value);
  }
}

/** Whether a value satisfies the CEL rules of its schema, without a word on those that it breaks. */
export function satisfiesRules(schema: Schema, value: unknown): boolean {
  const rules = schema['x-kubernetes-validations'];
  if (!rules) return true;
  let self: { readonly value: unknown } | undefined;
  for (const rule of rules) {
    if (!rule.optionalOldSelf && speaksOfOld(rule.rule)) continue;
    const looked = lookedAt(rule.rule, value);
    if (looked !== undefined && satisfying.get(rule.rule)?.has(looked)) continue;
    self ??= { value: celValue(schema, value) };
    if (broken(rule, self.value) !== undefined) return false;
    if (looked !== undefined) remember(rule.rule, looked);
  }
  return true;
}

/** All that a rule looks at, as a text: the value where it is one; of an object the names of its fields, where the rule asks no more than which are there. */
function lookedAt(rule: string, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !asksForNames(rule)) return undefined;
  let names = '';
  for (const name of Object.keys(value)) if (((value as Readonly<Record<string, unknown>>)[name] ?? undefined) !== undefined) names += `${name}\n`;
  return names;
}

const ofNames = new Map<string, boolean>();

/** Whether a rule asks an object for nothing but the names of its fields: by `has`, or in a macro over the keys of a map. */
function asksForNames(rule: string): boolean {
  let found = ofNames.get(rule);
  if (found === undefined) ofNames.set(rule, found = !/\bself\b/.test(rule.replace(/\bhas\(self\.\w+\)/g, '').replace(/^self\.all\(/, '')));
  return found;
}

/** Short texts that are known to satisfy a rule: the same durations and the same fields stand everywhere. What a rule says depends on nothing but the text. */
const satisfying = new Map<string, Set<string>>();

function remember(rule: string, text: string): void {
  if (text.length > 64) return;
  const texts = satisfying.get(rule);
  if (!texts) satisfying.set(rule, new Set([text]));
  else if (texts.size < 1000) texts.add(text);
}

const ofOld = new Map<string, boolean>();

function speaksOfOld(rule: string): boolean {
  let found = ofOld.get(rule);
  if (found === undefined) ofOld.set(rule, found = /\boldSelf\b/.test(rule));
  return found;
}

type Program = (context: { self: unknown }) => unknown;

/** What is wrong by one rule. A rule that cannot be evaluated refuses the value, as in the API server. */
function broken(rule: Rule, self: unknown): string | undefined {
  const message = (): string => rule.message?.replace(/\s+/g, ' ') ?? `must satisfy ${rule.rule}`;
  try {
    if (programOf(rule.rule)({ self }) === true) return undefined;
    return rule.messageExpression === undefined ? message() : expressed(rule.messageExpression, self) ?? message();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] ?? '' : String(error);
    return rule.message === undefined ? `${message()} (${reason})` : message();
  }
}

function expressed(expression: string, self: unknown): string | undefined {
  try {
    const text = programOf(expression)({ self });
    return typeof text === 'string' && text.trim() !== '' ? text : undefined;
  } catch {
    return undefined;
  }
}

const programs = new Map<string, Program>();

/** A rule, parsed once. @throws when it is no CEL */
export function programOf(rule: string): Program {
  let program = programs.get(rule);
  if (!program) {
    const parsed = environment().parse(indexedHas(ours(rule)));
    programs.set(rule, program = (context): unknown => parsed(context));
  }
  return program;
}

/**
 * The library's own `matches` is JavaScript's (no RE2, so `(?i)` fails and some patterns explode), and its `duration`
 * is not bounded as Go's is; they are called by names of ours. Text inside string literals stays.
 */
function ours(rule: string): string {
  const literal = /r?("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g;
  const renamed = (code: string): string => code.replace(/\.matches\s*\(/g, '.matchesRe2(').replace(/(?<![\w.])duration\s*\(/g, 'goDuration(');
  let result = '';
  let end = 0;
  for (const match of rule.matchAll(literal)) {
    result += renamed(rule.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + renamed(rule.slice(end));
}

/** The library refuses `has(list[0].field)`, which CEL allows: a function of ours asks the same. */
function indexedHas(rule: string): string {
  return rule.replace(/\bhas\(((?:[^()"']|\(\))*\][^()"']*)\.(\w+)\)/g, (_, owner: string, field: string) => `hasField(${owner}, "${field}")`);
}

class Url {
  readonly parsed: CelUrl;
  constructor(parsed: CelUrl) {
    this.parsed = parsed;
  }
}

let shared: Environment | undefined;

function environment(): Environment {
  shared ??= new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits: { maxAstNodes: 10_000, maxDepth: 250 } })
    .registerVariable('self', 'dyn')
    .registerType('kubernetes.URL', Url)
    .registerFunction('string.matchesRe2(string): bool', (text: string, pattern: string) => contains(pattern, text))
    .registerFunction('goDuration(string): int', (text: string) => {
      const nanoseconds = goDuration(text);
      if (nanoseconds === undefined) throw new Error(`${shown(text)} is no duration`);
      return nanoseconds;
    })
    .registerFunction('hasField(dyn, string): bool', (owner: unknown, field: string) => owner instanceof Map && owner.has(field))
    .registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined)
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      const parsed = parseUrl(text);
      if (!parsed) throw new Error(`${shown(text)} is no URL`);
      return new Url(parsed);
    })
    .registerFunction('kubernetes.URL.getScheme(): string', (url: Url) => url.parsed.scheme)
    .registerFunction('kubernetes.URL.getHost(): string', (url: Url) => url.parsed.host)
    .registerFunction('kubernetes.URL.getHostname(): string', (url: Url) => url.parsed.host.replace(/:\d*$/, '').replace(/^\[|\]$/g, ''))
    .registerFunction('kubernetes.URL.getPort(): string', (url: Url) => /:(\d*)$/.exec(url.parsed.host)?.[1] ?? '')
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (url: Url) => url.parsed.path.split('?')[0] ?? '')
    .registerFunction('isIP(string): bool', (text: string) => isIPv4(text) || isIPv6(text));
  return shared;
}

function holdsOpaque(value: unknown, opaque: (value: unknown) => boolean): boolean {
  if (opaque(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(child => holdsOpaque(child, opaque));
}
