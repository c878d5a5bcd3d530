import { check, isOfAudit, rules, type Finding } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

/** The data plane that a mesh is in. */
export type Form = 'sidecar' | 'ambient';

/** One flaw of a mesh that has none otherwise: what it adds or puts in the place of an object, and what it takes away. */
export interface Flaw {
  readonly name: string;
  /** The code that finds it. */
  readonly code: string;
  /** Codes of what comes with it by nature. */
  readonly also?: (form: Form) => readonly string[];
  /** @default - both */
  readonly forms?: readonly Form[];
  readonly puts?: (form: Form) => string;
  /** `Kind namespace/name` */
  readonly without?: (form: Form) => readonly string[];
  /** What is written instead. @default - nothing: the mesh without the flaw */
  readonly mended?: (form: Form) => string;
}

/** The mesh that has no flaw, in one form. */
export function soundMesh(form: Form): string {
  return [
    istio(), 'apiVersion: sailoperator.io/v1\nkind: IstioCNI\nmetadata: { name: default }\nspec: { version: v1.30.3, namespace: istio-cni }',
    'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: cacerts, namespace: istio-system }\nspec: { target: { name: cacerts } }',
    peers('istio-system', 'STRICT'), policy('nothing', '{}', 'istio-system'), namespace(form), network('Ingress, Egress'),
    ...['web', 'reviews'].flatMap(name => [`apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name}, namespace: shop }`, deployment(name), service(name)]),
    ...(form === 'ambient' ? [waypoint, fromWaypoint] : []), gateway(form), gatewayPods(form),
    policy('reviews-callers', `{ ${attached(form)}, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }], to: [{ operation: { methods: [GET], paths: [/reviews/*] } }] }] }`),
    tokens(form), policy('reviews-tokens', `{ ${attached(form)}, action: DENY, rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }] }`),
  ].filter(text => text !== '').join('\n---\n');
}

/** What an audit finds in a mesh with a change. */
export function findingsOf(form: Form, puts = '', without: readonly string[] = []): readonly Finding[] {
  const { manifests, problems } = readManifests({ file: 'mesh.yaml', text: `${soundMesh(form)}\n---\n${puts}` });
  if (problems.some(({ severity }) => severity === 'error')) throw new Error(problems.map(({ message }) => message).join('; '));
  const mesh = Mesh.from(manifests, { now: new Date('2026-01-01T00:00:00Z') });
  const gone = mesh.all.filter(({ kind, namespace: at, name }) => without.includes(at === '' ? `${kind} ${name}` : `${kind} ${at}/${name}`));
  if (gone.length !== without.length) throw new Error(`there is no ${without.join(', ')}`);
  return check(mesh.with({ remove: gone }), { rules: rules.filter(isOfAudit) }).findings;
}

export function istio({ version = 'v1.30.3', global = 'variant: distroless, networkPolicy: { enabled: true }', meshConfig = 'pathNormalization: { normalization: MERGE_SLASHES }, outboundTrafficPolicy: { mode: REGISTRY_ONLY }', pilot = '' } = {}): string {
  return `apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: { name: default }\nspec: { version: ${version}, namespace: istio-system, values: { global: { ${global} }, pilot: { ${pilot} }, meshConfig: { ${meshConfig} } } }`;
}

export function namespace(form: Form, more = ', istio.io/use-waypoint: waypoint'): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { ${form === 'sidecar' ? 'istio-injection: enabled' : `istio.io/dataplane-mode: ambient${more}`} } }`;
}

export function network(types: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: within, namespace: shop }\nspec: { podSelector: {}, policyTypes: [${types}], ingress: [{ from: [{ namespaceSelector: {} }] }], egress: [{ to: [{ namespaceSelector: {} }] }] }`;
}

export function peers(place: string, mode: string): string {
  return `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default, namespace: ${place} }\nspec: { mtls: { mode: ${mode} } }`;
}

export function policy(name: string, spec: string, place = 'shop'): string {
  return `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: { name: ${name}, namespace: ${place} }\nspec: ${spec}`;
}

/** How a policy about requests is attached to reviews. */
export function attached(form: Form): string {
  return form === 'sidecar' ? 'selector: { matchLabels: { app: reviews } }' : 'targetRefs: [{ group: "", kind: Service, name: reviews }]';
}

export function tokens(form: Form, keys = 'jwksUri: https://id.example.com/keys'): string {
  return `apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: { name: reviews, namespace: shop }\nspec: { ${attached(form)}, jwtRules: [{ issuer: https://id.example.com, ${keys} }] }`;
}

export function service(name: string, port = '{ name: http, port: 9080 }', place = 'shop'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${place} }\nspec: { selector: { app: ${name} }, ports: [${port}] }`;
}

export function deployment(name: string, { labels = '', annotations = '', container = '', spec = '', own = '', image = name, place = 'shop' } = {}): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: ${place}, labels: { app: ${name} }, annotations: { ${own} } }\nspec: { template: { metadata: { labels: { app: ${name}${labels} }, annotations: { ${annotations} } }, spec: { serviceAccountName: ${name}${spec}, containers: [{ name: ${name}, image: ${JSON.stringify(image)}${container} }] } } }`;
}

const waypoint = 'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: waypoint, namespace: shop }\nspec: { gatewayClassName: istio-waypoint, listeners: [{ name: mesh, port: 15008, protocol: HBONE }] }';

/** Nobody comes to the pods but by the waypoint. */
const fromWaypoint = policy('from-waypoint', '{ selector: { matchLabels: { app: reviews } }, rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/waypoint] } }] }] }');

/** How a gateway is told to take so many connections. */
export const limited = `proxy.istio.io/config: '{ "runtimeValues": { "overload.global_downstream_max_connections": "50000" } }'`;

export function gateway(form: Form, host = 'shop.example.com', annotations = limited): string {
  return form === 'sidecar'
    ? `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: edge, namespace: edge }\nspec: { selector: { istio: edge }, servers: [${server('shop/' + host)}] }`
    : `apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: edge, namespace: edge, annotations: { ${annotations} } }\nspec: { gatewayClassName: istio, listeners: [{ name: https, port: 443, protocol: HTTPS${host === '*' ? '' : `, hostname: ${host}`}, tls: { certificateRefs: [{ name: shop }] } }] }`;
}

export function server(host: string, mode = 'SIMPLE', credential = 'shop', name = 'https'): string {
  return `{ port: { number: 443, name: ${name}, protocol: HTTPS }, tls: { mode: ${mode}, credentialName: ${credential} }, hosts: ["${host}"] }`;
}

export function gatewayPods(form: Form, annotations = limited): string {
  return form === 'sidecar' ? `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: edge, namespace: edge }\nspec: { template: { metadata: { labels: { istio: edge }, annotations: { inject.istio.io/templates: gateway${annotations === '' ? '' : `, ${annotations}`} } }, spec: { containers: [{ name: istio-proxy, image: auto }] } } }` : '';
}
