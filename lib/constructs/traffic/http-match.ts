import type { HTTPMatchRequest, StringMatch } from '../l1.ts';
import type { RequestTest } from '../values/match.ts';
import type { TextMatch } from '../values/text-match.ts';
import type { RequestSet } from './request-set.ts';

/** Prints a set of requests as the matches of an HTTP route; a set with an alternative that tests nothing needs none. */
export function httpMatches(matches: RequestSet): HTTPMatchRequest[] {
  const printed = matches.map(alternative => httpMatch(alternative));
  return printed.some(match => Object.keys(match).length === 0) ? [] : printed;
}

/** Prints a test on a piece of text. */
export function stringMatch(test: TextMatch): StringMatch {
  switch (test.kind) {
    case 'exact': return { exact: test.value };
    case 'prefix': return { prefix: test.value };
    case 'regex': return { regex: test.value };
    // An empty match asks only that the text is there.
    case 'present': return {};
  }
}

function httpMatch(tests: readonly RequestTest[]): HTTPMatchRequest {
  return tests.reduce<HTTPMatchRequest>((match, test) => ({ ...match, ...printed(test, match) }), {});
}

function printed(test: RequestTest, { headers, withoutHeaders, queryParams }: HTTPMatchRequest): HTTPMatchRequest {
  switch (test.on) {
    case 'path': return { uri: stringMatch(test.test), ...('ignoreCase' in test.test && test.test.ignoreCase === true ? { ignoreUriCase: true } : {}) };
    case 'header':
    case 'claim': {
      const entry = { [test.on === 'claim' ? `@request.auth.claims${test.name}` : test.name]: stringMatch(test.test) };
      return test.not === true ? { withoutHeaders: { ...withoutHeaders, ...entry } } : { headers: { ...headers, ...entry } };
    }
    case 'query': return { queryParams: { ...queryParams, [test.name]: stringMatch(test.test) } };
    case 'method': return { method: stringMatch(test.test) };
    case 'authority': return { authority: stringMatch(test.test) };
    case 'scheme': return { scheme: stringMatch(test.test) };
    case 'port': return { port: test.port };
    case 'source': return { sourceLabels: { ...test.labels } };
    case 'namespace': return { sourceNamespace: test.namespace };
    // Each gateway has a VirtualService of its own, and so has the mesh.
    case 'place': return {};
  }
}
