import {
  consistentHashOf, destinationRuleFor, effectivePolicy, httpRules, type Clause, type ConsistentHash, type Forward, type HeaderOperation, type HttpRule, type Mesh, type Pred, type Redirect,
} from '../../lib/mesh/index.ts';
import { field, list, text } from '../../lib/manifest/index.ts';
import { headerChangesOf } from '../../lib/mesh/entities/http-actions.ts';
import { authorityOf } from '../../lib/mesh/queries/http-treatment.ts';
import { meshOf } from './requests.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly listenPort: number;
  readonly gatewayNames: readonly string[];
  readonly proxy: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>>; readonly dnsDomain?: string };
  readonly assertions: readonly { readonly expr: string; readonly op: 'Equal' | 'BeTrue' | 'BeFalse' | 'NotBeNil' | 'BeNil' | 'BeEmpty' | 'ConsistOf' | 'HaveLen' | 'ContainElement'; readonly value: unknown }[];
  readonly manifests: readonly string[];
}

/** The routes that a VirtualService becomes, said as Envoy's configuration says them. */
export function istioTrafficRouteFields(oracles: string): Outcome {
  return outcome(casesOf<Case>(oracles, 'requests/istio-traffic/route-fields.json'), ({ listenPort, gatewayNames, proxy, assertions, manifests }) => {
    const mesh = meshOf(oracles, 'istio-traffic', manifests);
    const [service] = mesh.virtualServices;
    if (!service) return 'there is no VirtualService';
    const rules = httpRules(mesh, service, { gateway: gatewayNames[0] ?? 'mesh', port: listenPort, namespace: proxy.namespace ?? '', labels: new Map(Object.entries(proxy.labels ?? {})) });
    const routes = rules.map(rule => routeOf(mesh, rule, listenPort));
    for (const { expr, op, value } of assertions) {
      const got = valueAt({ routes }, expr);
      if (!passes(got, op, value)) return `${expr} is ${JSON.stringify(got)}, not ${op} ${JSON.stringify(value)}`;
    }
    return undefined;
  });
}

function passes(got: unknown, op: Case['assertions'][number]['op'], value: unknown): boolean {
  switch (op) {
    // What Envoy's configuration leaves out is the empty value of its type.
    case 'Equal': return equal(got ?? empty(value), value);
    case 'BeTrue': return got === true;
    case 'BeFalse': return (got ?? false) === false;
    case 'NotBeNil': return got !== undefined && got !== null;
    case 'BeNil': return got === undefined || got === null;
    case 'BeEmpty': return got === undefined || (Array.isArray(got) && got.length === 0);
    case 'HaveLen': return Array.isArray(got) && got.length === value;
    case 'ConsistOf': return Array.isArray(got) && got.length === 1 && equal(got[0], value);
    case 'ContainElement': return Array.isArray(got) && got.some(item => equal(item, value));
  }
}

function empty(value: unknown): unknown {
  return typeof value === 'string' ? '' : typeof value === 'number' ? 0 : typeof value === 'boolean' ? false : undefined;
}

/** Names of headers are compared in lower case, as they are kept. */
function equal(a: unknown, b: unknown): boolean {
  const text = (value: unknown): string => JSON.stringify(value, (key, part: unknown) => (typeof part === 'string' && /^(Key|Name)$/.test(key) ? part.toLowerCase() : part && typeof part === 'object' && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([x], [y]) => (x < y ? -1 : 1))) : part));
  return typeof a === 'string' && typeof b === 'string' && /^[!-~]*$/.test(b) && a.toLowerCase() === b.toLowerCase() ? true : text(a) === text(b);
}

/** What a Go expression says of a value: fields, their getters, indexes, and `len`. */
function valueAt(root: object, expr: string): unknown {
  const inner = /^len\((.*)\)$/.exec(expr)?.[1];
  if (inner !== undefined) {
    const list = valueAt(root, inner);
    return Array.isArray(list) ? list.length : 0;
  }
  let value: unknown = root;
  for (const [, name, index] of expr.replaceAll(/Get(\w+)\(\)/g, '$1').matchAll(/([A-Za-z]\w*)|\[(\d+)\]/g)) value = index === undefined ? member(value, name ?? '') : (value as unknown[] | undefined)?.[Number(index)];
  return value;
}

/** A field; one of several alternatives may be asked for without its wrapper. An absent text is empty. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  if (name in fields) return fields[name];
  return member(Object.values(fields).find(part => typeof part === 'object' && part !== null && '$type' in part && name in part), name);
}

function routeOf(mesh: Mesh, rule: HttpRule, port: number): object {
  return { Name: rule.name, StatPrefix: rule.statPrefix, Match: matchOf(rule.all), Action: { $type: 'envoyroute.Route_Action', ...actionOf(mesh, rule, port) }, ...headersOf('Response', routeResponse(rule)), ...headersOf('Request', routeRequest(rule)) };
}

function matchOf(all: readonly Clause[]): object {
  const preds = all.flatMap(({ any }) => any.slice(0, 1));
  const path = preds.find(({ dim }) => dim === 'path');
  return {
    PathSpecifier: pathOf(path),
    Headers: preds.filter(({ dim }) => dim.startsWith('header:') || dim === 'method' || dim === 'authority' || dim === 'scheme').map(headerOf),
    QueryParameters: preds.filter(({ dim }) => dim.startsWith('query:')).map(pred => ({ Name: pred.dim.slice(6), ...stringMatch(pred), ...(pred.test === 'present' ? { PresentMatch: true } : {}) })),
    DynamicMetadata: preds.filter(({ dim }) => dim.startsWith('claim:')).map(pred => ({ Filter: 'envoy.filters.http.jwt_authn', Invert: pred.not ?? pred.test === 'absent' })),
  };
}

function pathOf(pred: Pred | undefined): object {
  if (!pred) return { $type: 'envoyroute.RouteMatch_Prefix', Prefix: '/' };
  switch (pred.test) {
    case 'exact': return { $type: 'envoyroute.RouteMatch_Path', Path: pred.value };
    case 'segmentPrefix': return { $type: 'envoyroute.RouteMatch_PathSeparatedPrefix', PathSeparatedPrefix: pred.value };
    case 'regex': return { $type: 'envoyroute.RouteMatch_SafeRegex', SafeRegex: { Regex: pred.value } };
    case 'prefix': return { $type: 'envoyroute.RouteMatch_Prefix', Prefix: pred.value };
    default: return {};
  }
}

function headerOf(pred: Pred): object {
  const invert = pred.not ?? pred.test === 'absent';
  return {
    Name: pred.dim.startsWith('header:') ? pred.dim.slice(7) : `:${pred.dim}`,
    InvertMatch: invert,
    ...(pred.test === 'present' || pred.test === 'absent' ? { PresentMatch: true } : { ...stringMatch(pred), TreatMissingHeaderAsEmpty: invert }),
  };
}

function stringMatch(pred: Pred): object {
  switch (pred.test) {
    case 'exact': return { StringMatch: { Exact: pred.value } };
    case 'prefix': return { StringMatch: { Prefix: pred.value } };
    case 'regex': return { StringMatch: { SafeRegex: { Regex: pred.value } } };
    default: return {};
  }
}

function actionOf(mesh: Mesh, rule: HttpRule, port: number): object {
  const { treatment } = rule;
  switch (treatment.kind) {
    case 'redirect': return { Redirect: redirectOf(treatment) };
    case 'direct response': return { DirectResponse: { Status: treatment.status, Body: { Specifier: { $type: 'envoycore.DataSource_InlineString', InlineString: treatment.body } } } };
    case 'forward': return { Route: forwardOf(mesh, rule, treatment, port) };
    default: return {};
  }
}

const redirectCodes: Readonly<Record<number, string>> = { 301: 'MOVED_PERMANENTLY', 302: 'FOUND', 303: 'SEE_OTHER', 307: 'TEMPORARY_REDIRECT', 308: 'PERMANENT_REDIRECT' };

function redirectOf({ status, scheme, host, port, path }: Redirect): object {
  return {
    ResponseCode: redirectCodes[status],
    HostRedirect: host ?? '',
    SchemeRedirect: scheme ?? '',
    PortRedirect: typeof port === 'number' ? port : 0,
    ...(path?.rewrite === 'prefix' ? { PathRewriteSpecifier: { $type: 'envoyroute.RedirectAction_PrefixRewrite', PrefixRewrite: path.to } } : {}),
    ...(path?.rewrite === 'whole' ? { PathRewriteSpecifier: { $type: 'envoyroute.RedirectAction_PathRedirect', PathRedirect: path.to } } : {}),
  };
}

function forwardOf(mesh: Mesh, rule: HttpRule, forward: Forward, port: number): object {
  const hashes = forward.destinations.flatMap(({ to }) => {
    if (!('host' in to)) return [];
    const destinationRule = destinationRuleFor(mesh, to.host, 'istio-system', { namespace: '', labels: new Map() });
    const hash = consistentHashOf(effectivePolicy(destinationRule, to.subset, to.port ?? port));
    return hash ? [hash] : [];
  });
  const { path, retries, destinations, timeout, mirrors } = forward;
  return {
    ...(destinations.length > 1
      ? { WeightedClusters: { Clusters: clustersOf(forward, rule) }, ...hostRewriteOf(authorityOfRoute(rule)) }
      : hostRewriteOf(destinations[0]?.authority ?? '')),
    Timeout: durationOf(timeout),
    MaxGrpcTimeout: durationOf(timeout),
    RequestMirrorPolicies: mirrors.map(({ percent }) => ({ RuntimeFraction: { DefaultValue: { Numerator: Math.round(percent * 10_000), Denominator: 'MILLION' } } })),
    RetryPolicy: retries && { NumRetries: retries.attempts, RetryOn: retries.on.join(','), RetriableStatusCodes: retries.codes, RetryHostPredicate: retries.otherHosts && hashes.length === 0 ? [{}] : [] },
    HashPolicy: hashes.map(hashOf),
    ClusterNotFoundResponseCode: forward.missing === 500 ? 'INTERNAL_SERVER_ERROR' : 'SERVICE_UNAVAILABLE',
    ...(path?.rewrite === 'segments' ? { RegexRewrite: { $type: 'matcher.RegexMatchAndSubstitute', Pattern: { $type: 'matcher.RegexMatcher', Regex: `^${path.prefix.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}(/?)(.*)` }, Substitution: String.raw`/\2` } } : {}),
    ...(path?.rewrite === 'regex' ? { RegexRewrite: { $type: 'matcher.RegexMatchAndSubstitute', Pattern: { $type: 'matcher.RegexMatcher', Regex: path.pattern }, Substitution: path.to } } : {}),
    ...(path?.rewrite === 'prefix' || path?.rewrite === 'whole' ? { PrefixRewrite: path.to } : {}),
  };
}

function hostRewriteOf(authority: string): object {
  return authority === '' ? {} : { HostRewriteSpecifier: { $type: 'envoyroute.RouteAction_HostRewriteLiteral', HostRewriteLiteral: authority } };
}

function hashOf(hash: ConsistentHash): object {
  const policy = (kind: string, field: string, value: object): object => ({ $type: 'envoyroute.RouteAction_HashPolicy', PolicySpecifier: { $type: `envoyroute.RouteAction_HashPolicy_${kind}`, [field]: value } });
  switch (hash.by) {
    case 'header': return policy('Header_', 'Header', { $type: 'envoyroute.RouteAction_HashPolicy_Header', HeaderName: hash.name });
    case 'query': return policy('QueryParameter_', 'QueryParameter', { $type: 'envoyroute.RouteAction_HashPolicy_QueryParameter', Name: hash.name });
    case 'address': return policy('ConnectionProperties_', 'ConnectionProperties', { $type: 'envoyroute.RouteAction_HashPolicy_ConnectionProperties', SourceIp: true });
    case 'cookie': return policy('Cookie_', 'Cookie', {
      $type: 'envoyroute.RouteAction_HashPolicy_Cookie', Name: hash.name,
      ...(hash.ttl === undefined ? {} : { Ttl: durationOf(hash.ttl) }),
      ...(hash.path === '' ? {} : { Path: hash.path }),
      ...(hash.attributes.length === 0 ? {} : { Attributes: hash.attributes.map(({ name, value }) => ({ $type: 'envoyroute.RouteAction_HashPolicy_CookieAttribute', Name: name, Value: value })) }),
    });
  }
}

function durationOf(milliseconds: number): object {
  const [seconds, nanos] = [Math.floor(milliseconds / 1000), Math.round((milliseconds % 1000) * 1e6)];
  return { $type: 'durationpb.Duration', ...(seconds === 0 ? {} : { Seconds: seconds }), ...(nanos === 0 ? {} : { Nanos: nanos }) };
}

/** What all destinations of several have at the end of their operations is the route's; what stands before is their own. */
function sharedEnd(lists: readonly (readonly HeaderOperation[])[]): readonly HeaderOperation[] {
  const [first = []] = lists;
  let length = 0;
  while (length < first.length && lists.every(list => length < list.length && JSON.stringify(list.at(-1 - length)) === JSON.stringify(first.at(-1 - length)))) length++;
  return first.slice(first.length - length);
}

/** The entry of `http` that a rule is from. */
function rawOf({ entry }: HttpRule): unknown {
  return list(field(entry.on.manifest.object.spec, 'http'))[Number(/\[(\d+)\]/.exec(entry.at)?.[1])];
}

/** The Host that the route itself writes, whatever its destinations do. */
function authorityOfRoute(rule: HttpRule): string {
  const raw = rawOf(rule);
  return text(field(field(raw, 'rewrite'), 'authority')) ?? authorityOf(headerChangesOf(field(raw, 'headers')).request) ?? '';
}

/** The Host that each destination alone would write: Envoy has both, and the route's is the one that wins. */
function authoritiesOfShares(rule: HttpRule): readonly string[] {
  const written = list(field(rawOf(rule), 'route'));
  return rule.shares.map(({ at }) => authorityOf(headerChangesOf(field(written[Number(/\.route\[(\d+)\]/.exec(at)?.[1])], 'headers')).request) ?? '');
}

function clustersOf({ destinations }: Forward, rule: HttpRule): object[] {
  const authorities = authoritiesOfShares(rule);
  const request = sharedEnd(destinations.map(({ requestHeaders }) => requestHeaders)).length;
  const response = sharedEnd(destinations.map(({ responseHeaders }) => responseHeaders)).length;
  return destinations.map((share, i) => ({
    Weight: share.weight, HostRewriteLiteral: authorities[i],
    ...headersOf('Request', share.requestHeaders.slice(0, share.requestHeaders.length - request)), ...headersOf('Response', share.responseHeaders.slice(0, share.responseHeaders.length - response)),
  }));
}

function routeRequest({ treatment }: HttpRule): readonly HeaderOperation[] {
  return treatment.kind === 'forward' ? sharedEnd(treatment.destinations.map(({ requestHeaders }) => requestHeaders)) : [];
}

function routeResponse({ treatment }: HttpRule): readonly HeaderOperation[] {
  if (treatment.kind === 'forward') return sharedEnd(treatment.destinations.map(({ responseHeaders }) => responseHeaders));
  return 'responseHeaders' in treatment ? treatment.responseHeaders : [];
}

function headersOf(direction: 'Request' | 'Response', operations: readonly HeaderOperation[]): object {
  return {
    [`${direction}HeadersToAdd`]: operations.flatMap(operation => (operation.do === 'remove' ? [] : [{
      $type: 'envoycore.HeaderValueOption', Header: { $type: 'envoycore.HeaderValue', Key: operation.name, Value: operation.value }, AppendAction: operation.do === 'set' ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD',
    }])),
    [`${direction}HeadersToRemove`]: operations.flatMap(operation => (operation.do === 'remove' ? [operation.name] : [])),
  };
}
