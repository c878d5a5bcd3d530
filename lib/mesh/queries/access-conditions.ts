import { intervalOf, portInterval } from '../addresses.ts';
import type { Dimension, Pred, Test } from '../conditions.ts';
import { claimDimension, namesInBrackets } from '../entities/claim.ts';
import type { MeshConfig } from '../entities/mesh-config.ts';
import { patternOf, quoted } from '../entities/pattern.ts';
import type { Operation, Source } from '../entities/policies.ts';
import { principalsMeant, trustDomainsMeant } from '../entities/trust-domain.ts';

/** What a field of an AuthorizationPolicy is a condition on. */
export interface Condition {
  readonly dim: Dimension;
  /** It can be asked of a request only, not of a connection. */
  readonly httpOnly?: true;
  /** ztunnel knows it. */
  readonly ztunnel?: true;
  /** The tests that a value stands for; undefined for a value that stands for none, as a text that is no address. */
  read(this: void, value: string, where: Where): readonly Test[] | undefined;
}

/** What the meaning of a value depends on. */
export interface Where {
  /** The namespace of the policy. */
  readonly namespace: string;
  readonly config: MeshConfig;
}

type Positive<Field extends string> = Field extends `not${string}` | 'path' ? never : Field;

/** The fields of a source, each with its negation: `principals` and `notPrincipals`. */
export const sourceConditions: Readonly<Record<Positive<keyof Source>, Condition>> = {
  principals: { dim: 'source.identity', ztunnel: true, read: (value, { config }) => principalsMeant(value, config).map(one => patternOf(one)) },
  namespaces: { dim: 'source.identity', ztunnel: true, read: value => [regex(`.*/ns/${value.replaceAll('*', '.*')}/.*`)] },
  serviceAccounts: { dim: 'source.identity', ztunnel: true, read: (value, { namespace }) => [serviceAccountTest(value, namespace)] },
  trustDomains: { dim: 'source.identity', read: (value, { config }) => trustDomainsMeant(value, config).map(trustDomainTest) },
  requestPrincipals: { dim: 'request.principal', httpOnly: true, read: value => [requestPrincipalTest(value)] },
  ipBlocks: { dim: 'source.ip', ztunnel: true, read: addressTests },
  remoteIpBlocks: { dim: 'remote.ip', read: addressTests },
};

/** The fields of an operation, each with its negation. */
export const operationConditions: Readonly<Record<Positive<keyof Operation>, Condition>> = {
  hosts: { dim: 'authority', httpOnly: true, read: value => [patternOf(value, { ignoreCase: true })] },
  methods: { dim: 'method', httpOnly: true, read: value => [patternOf(value)] },
  paths: { dim: 'path', httpOnly: true, read: value => [/\{\*\*?\}/.test(value) ? { test: 'template', value } : patternOf(value)] },
  ports: { dim: 'destination.port', ztunnel: true, read: portTests },
};

/**
 * What a key of `when` is a condition on; undefined for a key that Istio does not know.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/conditions/
 */
export function conditionOf(key: string): Condition | 'malformed' | undefined {
  const known = whenConditions.get(key);
  if (known) return known;
  if (key.startsWith('experimental.envoy.filters.')) return { dim: `opaque:${key.slice('experimental.'.length)}`, read: value => [patternOf(value)] };
  if (key.startsWith('request.headers')) {
    const [name, ...more] = namesInBrackets(key.slice('request.headers'.length)) ?? [];
    return name === undefined || more.length > 0 ? 'malformed' : { dim: `header:${name.toLowerCase()}`, httpOnly: true, read: headerTests };
  }
  if (key.startsWith('request.auth.claims')) {
    const names = namesInBrackets(key.slice('request.auth.claims'.length));
    return names ? { dim: claimDimension(names), httpOnly: true, read: value => [patternOf(value)] } : 'malformed';
  }
  return undefined;
}

const { namespaces, principals, serviceAccounts, trustDomains, requestPrincipals, ipBlocks, remoteIpBlocks } = sourceConditions;
const whenConditions: ReadonlyMap<string, Condition> = new Map<string, Condition>([
  ['source.ip', ipBlocks],
  ['source.namespace', namespaces],
  ['source.principal', principals],
  // ztunnel knows the account as a field of a source, not as a key.
  ['source.serviceAccount', { dim: 'source.identity', read: serviceAccounts.read }],
  ['source.trustDomain', trustDomains],
  ['remote.ip', remoteIpBlocks],
  ['request.auth.principal', requestPrincipals],
  ['request.auth.audiences', { dim: 'request.audiences', httpOnly: true, read: value => [patternOf(value)] }],
  ['request.auth.presenter', { dim: 'request.presenter', httpOnly: true, read: value => [patternOf(value)] }],
  ['destination.ip', { dim: 'destination.ip', ztunnel: true, read: addressTests }],
  ['destination.port', operationConditions.ports],
  ['connection.sni', { dim: 'sni', read: value => [patternOf(value)] }],
]);

/** A test as a condition of a policy: a request without what it looks at does not pass it. */
export function predOf(dim: Dimension, test: Test): Pred {
  return { dim, ...test, whenMissing: false };
}

function addressTests(value: string): readonly Test[] | undefined {
  const addresses = intervalOf(value);
  return addresses && [{ test: 'range', intervals: [addresses] }];
}

function portTests(value: string): readonly Test[] | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? [{ test: 'range', intervals: [portInterval(Number(value))] }] : undefined;
}

function headerTests(value: string): readonly Test[] {
  return [value === '*' ? { test: 'present' } : patternOf(value)];
}

function serviceAccountTest(value: string, namespace: string): Test {
  const slash = value.indexOf('/');
  const [place, name] = slash === -1 ? [namespace, value] : [value.slice(0, slash), value.slice(slash + 1)];
  return { test: 'suffix', value: `/ns/${place}/sa/${name}` };
}

function trustDomainTest(domain: string): Test {
  if (domain === '*') return { test: 'nonEmpty' };
  return domain.includes('*') ? regex(`${domain.split('*').map(quoted).join('[^/]*')}/.*`) : { test: 'prefix', value: `${domain}/` };
}

/**
 * A request principal is `ISSUER/SUBJECT`, told apart at the last slash: an issuer is often a URL. In the text that is
 * tested a slash of the subject is `%2F`.
 */
function requestPrincipalTest(value: string): Test {
  const slash = value.lastIndexOf('/');
  const [issuer, subject] = slash === -1 ? [value, ''] : [value.slice(0, slash), value.slice(slash + 1)];
  if (value === '*') return regex('.+/.+');
  if (value.startsWith('*')) {
    if (slash === -1) return regex(`.+/[^/]*${quoted(value.slice(1))}`);
    return issuer === '*' ? regex(`.+/${quoted(subject)}`) : regex(`.*${quoted(issuer.slice(1))}/${quoted(subject)}`);
  }
  if (value.endsWith('*')) {
    if (slash === -1) return regex(`${quoted(value.slice(0, -1))}.*/[^/]+`);
    return subject === '*' ? regex(`${quoted(issuer)}/[^/]+`) : regex(`${quoted(issuer)}/${quoted(subject.slice(0, -1))}[^/]*`);
  }
  return { test: 'exact', value: `${issuer}/${subject}` };
}

function regex(value: string): Test {
  return { test: 'regex', value };
}
