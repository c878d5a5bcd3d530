import type { RequestMatch, RequestTest } from '../values/match.ts';
import * as text from '../values/text-match.ts';

/** Requests that pass every test of one alternative at least. The set of all requests has one alternative without tests. */
export type RequestSet = readonly Alternative[];
export type Alternative = readonly RequestTest[];

/** Every request. */
export const everyRequest: RequestSet = [[]];

/** The set that a prop describes; none given means every request. @throws when an alternative tests one thing twice, or contradicts itself */
export function requestSet(where: string, matches: readonly RequestMatch[] | undefined): RequestSet {
  if (matches === undefined) return everyRequest;
  if (matches.length === 0) throw new Error(`${where}: an empty match takes no request; leave it out to take every request`);
  return matches.map(match => {
    const tests: readonly RequestTest[] = 'on' in match ? [match] : match;
    if (tests.length === 0) throw new Error(`${where}: a match without tests takes every request; leave match out to say so`);
    const twice = tests.find((test, i) => tests.findIndex(other => sameField(other, test)) !== i);
    if (twice) throw new Error(`${where}: a match tests ${fieldName(twice)} twice; join the two tests in one regex`);
    if (isEmpty(tests)) throw new Error(`${where}: no request can pass ${tests.map(fieldName).join(' and ')} as this match asks`);
    return tests;
  });
}

/** Whether every request of `narrow` is surely one of `wide`. */
export function isWithin(narrow: RequestSet, wide: RequestSet): boolean {
  return narrow.every(alternative => wide.some(other => other.every(test => takesEveryPath(test) || alternative.some(own => implies(own, test))))
    || areTogetherWide(alternative, wide));
}

/** Several alternatives may cover together what none covers alone. To look for that may take long; past a bound, nobody can tell. */
function areTogetherWide(alternative: Alternative, wide: RequestSet): boolean {
  const touching = wide.filter(other => !isEmpty([...alternative, ...other]));
  return touching.length > 1 && isCovered(alternative.map(test => ({ test, fails: false })), touching, { left: 1000 });
}

/** Whether surely no request is in both. */
export function areApart(a: RequestSet, b: RequestSet): boolean {
  return a.every(x => b.every(y => isEmpty([...x, ...y])));
}

/** The requests that are in both; undefined where no single match can say so, as with two regular expressions on one path. */
export function intersection(a: RequestSet, b: RequestSet): RequestSet | undefined {
  const found: Alternative[] = [];
  for (const x of a) {
    for (const y of b) {
      if (isEmpty([...x, ...y])) continue;
      const both = joined(x, y);
      if (both === undefined) return undefined;
      if (!found.some(other => isWithin([both], [other]))) found.push(both);
    }
  }
  return found;
}

/** What a test looks at, as people would say it. */
export function fieldName(test: RequestTest): string {
  switch (test.on) {
    case 'header':
    case 'query':
    case 'claim': return `${test.on} "${test.name}"`;
    case 'source': return 'the labels of the source';
    case 'place': return 'where requests come from';
    default: return `the ${test.on}`;
  }
}

/** A test that a request passes, or fails. */
interface Known {
  readonly test: RequestTest;
  readonly fails: boolean;
}

/** Whether requests of which this is known are all in `wide`: what is not in its first alternative fails one of that one's tests. */
function isCovered(known: readonly Known[], wide: RequestSet, steps: { left: number }, from = 0): boolean {
  const first = wide[from];
  if (!first || steps.left-- <= 0) return false;
  let passed = known;
  for (const test of first.filter(each => !takesEveryPath(each))) {
    const failed = failing(test);
    if (!passed.some(each => contradict(each, failed)) && !isCovered([...passed, failed], wide, steps, from + 1)) return false;
    const holds = { test, fails: false };
    if (passed.some(each => contradict(each, holds))) return true;
    passed = [...passed, holds];
  }
  return true;
}

/** Failing a negated test is passing it without the "not"; where an empty text passes, so may a request without any. */
function failing(test: RequestTest): Known {
  if (!('not' in test) || test.not !== true) return { test, fails: true };
  const { test: of } = test;
  return of.kind === 'present' || refusesEmpty(of) ? { test: { ...test, not: false }, fails: false } : { test, fails: true };
}

function contradict(a: Known, b: Known): boolean {
  if (a.fails && b.fails) return false;
  if (a.fails) return implies(b.test, a.test);
  return b.fails ? implies(a.test, b.test) : excludes(a.test, b.test);
}

// Istio takes the prefix "/" for every request as well.
function takesEveryPath(test: RequestTest): boolean {
  return test.on === 'path' && test.test.kind === 'prefix' && test.test.value === '/';
}

/** Whether a request that passes `own` surely passes `wanted`. */
function implies(own: RequestTest, wanted: RequestTest): boolean {
  if (wanted.on === 'place') return wanted.place === 'mesh' ? isInMesh(own) : own.on === 'place' && own.place === wanted.place;
  if (!looksAtTheSame(own, wanted)) return false;
  if ('test' in own && 'test' in wanted) return impliesText(own, wanted);
  if (own.on === 'port' && wanted.on === 'port') return own.port === wanted.port;
  if (own.on === 'namespace' && wanted.on === 'namespace') return own.namespace === wanted.namespace;
  return own.on === 'source' && wanted.on === 'source' && Object.entries(wanted.labels).every(([key, value]) => own.labels[key] === value);
}

interface TextTest {
  readonly test: text.TextMatch;
  readonly not?: boolean | undefined;
}

function impliesText(own: TextTest, wanted: TextTest): boolean {
  if (wanted.not !== true) return own.not !== true && text.within(own.test, wanted.test);
  if (own.not !== true) return text.apart(own.test, wanted.test);
  if (own.test.kind === 'present') return wanted.test.kind === 'present' || refusesEmpty(wanted.test);
  return text.within(wanted.test, own.test);
}

/** Whether an empty text fails a test: a request without the header is taken for one with an empty header where the test is negated. */
function refusesEmpty(test: text.TextMatch): boolean {
  return text.apart({ kind: 'exact', value: '' }, test);
}

/** Whether no request can pass all of these tests. */
function isEmpty(tests: readonly RequestTest[]): boolean {
  return tests.some((a, i) => tests.slice(i + 1).some(b => excludes(a, b)));
}

function excludes(a: RequestTest, b: RequestTest): boolean {
  if (isInMesh(a) && isAtGateway(b) || isInMesh(b) && isAtGateway(a)) return true;
  if (!looksAtTheSame(a, b)) return false;
  if ('test' in a && 'test' in b) {
    const [x, y]: readonly [TextTest, TextTest] = [a, b];
    if (x.not === true && y.not === true) return false;
    if (x.not === true) return text.within(y.test, x.test);
    if (y.not === true) return text.within(x.test, y.test);
    return text.apart(x.test, y.test);
  }
  if (a.on === 'place' && b.on === 'place') return a.place !== b.place;
  if (a.on === 'port' && b.on === 'port') return a.port !== b.port;
  if (a.on === 'namespace' && b.on === 'namespace') return a.namespace !== b.namespace;
  return a.on === 'source' && b.on === 'source' && Object.entries(a.labels).some(([key, value]) => b.labels[key] !== undefined && b.labels[key] !== value);
}

// Only proxies beside workloads know the labels and the namespace of a source; only gateways know claims.
function isInMesh(test: RequestTest): boolean {
  return test.on === 'source' || test.on === 'namespace' || (test.on === 'place' && test.place === 'mesh');
}

function isAtGateway(test: RequestTest): boolean {
  return test.on === 'claim' || (test.on === 'place' && test.place !== 'mesh');
}

/** Two alternatives as one; undefined where one field would need two tests. */
function joined(x: Alternative, y: Alternative): Alternative | undefined {
  const tests: RequestTest[] = [...x];
  for (const test of y) {
    const i = tests.findIndex(other => sameField(other, test));
    const own = tests[i];
    if (own === undefined) tests.push(test);
    else if (own.on === 'source' && test.on === 'source') tests[i] = { on: 'source', labels: { ...own.labels, ...test.labels } };
    else if (implies(test, own)) tests[i] = test;
    else if (!implies(own, test)) return undefined;
  }
  return tests;
}

function looksAtTheSame(a: RequestTest, b: RequestTest): boolean {
  return a.on === b.on && ('name' in a ? a.name : undefined) === ('name' in b ? b.name : undefined);
}

/** Whether one match has room for one of the two only. */
export function sameField(a: RequestTest, b: RequestTest): boolean {
  return looksAtTheSame(a, b) && ('not' in a && a.not === true) === ('not' in b && b.not === true);
}
