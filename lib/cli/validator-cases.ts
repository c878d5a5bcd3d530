import { field, fields, list, mapping, number, text, texts } from '../manifest/index.ts';
import { fullHost, httpRules, type HttpRule, type HttpTreatment, type Mesh, type VirtualService } from '../mesh/index.ts';
import { decide, requestValues } from '../simulate/index.ts';
import type { Judged } from './expectations.ts';

/**
 * The test cases of istio-config-validator: which route of the VirtualServices for a host takes a request. Every combination of
 * authority, method and uri is a request; nothing but the VirtualService is asked.
 */
export function validatorCases(mesh: Mesh, cases: readonly unknown[]): readonly Judged[] {
  return cases.map((one, i) => {
    const reasons = [...new Set(requestsOf(field(one, 'request')).flatMap(request => judge(mesh, request, one) ?? []))];
    return { name: text(field(one, 'description')) ?? `test case ${i + 1}`, reasons, trace: undefined, broken: false };
  });
}

interface Asked {
  readonly authority: string;
  readonly method: string;
  readonly uri: string;
  readonly headers: ReadonlyMap<string, string>;
}

function requestsOf(raw: unknown): readonly Asked[] {
  const headers = new Map(Object.entries(fields(field(raw, 'headers'))).map(([name, value]) => [name.toLowerCase(), String(value)]));
  const several = (name: string, otherwise: string): readonly string[] => {
    const values = texts(field(raw, name));
    return values.length === 0 ? [otherwise] : values;
  };
  return several('authority', '').flatMap(authority => several('method', 'GET').flatMap(method => several('uri', '/').map(uri => ({ authority, method, uri, headers }))));
}

function judge(mesh: Mesh, { authority, method, uri, headers }: Asked, one: unknown): string | undefined {
  const what = `${method} ${authority}${uri}`;
  const wanted = field(one, 'wantMatch') !== false;
  const service = serviceFor(mesh, authority.replace(/:\d+$/, ''));
  if (!service) return wanted ? `${what}: no VirtualService has this host` : undefined;
  const rules = httpRules(mesh, service, { gateway: service.gateways[0] ?? 'mesh', port: undefined, namespace: service.namespace, labels: new Map() });
  const values = requestValues({ version: '1.1', method, path: uri, authority, scheme: 'http', headers, grpc: false });
  const { treatment } = decide<HttpTreatment, HttpRule>({ rules, otherwise: { kind: 'not found' } }, values);
  const matches = fitsAll(mesh, service, treatment, one);
  if (matches === wanted) return undefined;
  return `${what}: ${matches ? 'goes where it must not' : 'does not go where it must'}: ${described(treatment)}`;
}

/** A test names a host as the VirtualService writes it, which may be short, or in full. */
function serviceFor(mesh: Mesh, authority: string): VirtualService | undefined {
  return [...mesh.virtualServicesByHost.covering(authority)][0]?.values[0] ?? mesh.virtualServices.find(({ hosts }) => hosts.includes(authority));
}

function fitsAll(mesh: Mesh, service: VirtualService, treatment: HttpTreatment, one: unknown): boolean {
  const route = list(field(one, 'route'));
  const redirect = mapping(field(one, 'redirect'));
  const rewrite = mapping(field(one, 'rewrite'));
  if (redirect) {
    return treatment.kind === 'redirect' && (text(redirect.uri) === undefined || (treatment.path !== undefined && 'to' in treatment.path && treatment.path.to === redirect.uri))
      && (text(redirect.authority) === undefined || treatment.host === redirect.authority) && treatment.status === (number(redirect.redirectCode) ?? 301);
  }
  if (route.length === 0) return treatment.kind === 'forward';
  if (treatment.kind !== 'forward') return false;
  const wanted = route.map(item => {
    const destination = field(item, 'destination');
    const host = text(field(destination, 'host')) ?? '';
    return [fullHost(host, service.namespace, mesh.config.clusterDomain), text(field(destination, 'subset')) ?? '', number(field(field(destination, 'port'), 'number'))];
  });
  const got = treatment.destinations.map(({ to }) => ('host' in to ? [to.host, to.subset, to.port] : []));
  const alike = wanted.length === got.length && wanted.every(([host, subset, port], i) => got[i]?.[0] === host && got[i]?.[1] === subset && (port === undefined || got[i]?.[2] === port));
  return alike && (!rewrite || (treatment.path !== undefined && 'to' in treatment.path && treatment.path.to === rewrite.uri) || treatment.destinations.some(({ authority }) => authority !== undefined && authority === rewrite.authority));
}

function described(treatment: HttpTreatment): string {
  if (treatment.kind === 'forward') return treatment.destinations.map(({ to }) => ('host' in to ? `${to.host}${to.port === undefined ? '' : `:${to.port}`}` : String(to.answers))).join(', ');
  return treatment.kind === 'redirect' ? `a redirect (${treatment.status})` : treatment.kind;
}
