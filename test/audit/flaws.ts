import { attached, deployment, gateway, gatewayPods, istio, namespace, network, peers, policy, server, service, tokens, type Flaw, type Form } from './meshes.ts';

const dr = (tls: string, port = ''): string => `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: db, namespace: shop }\nspec: { host: db.example.com, trafficPolicy: { ${tls === '' ? '' : `tls: ${tls}`}${port} } }`;
const ca = 'caCertificates: /etc/ssl/certs/ca-certificates.crt';
const edge = (servers: string, name = 'edge'): string => `apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: ${name}, namespace: edge }\nspec: { selector: { istio: edge }, servers: [${servers}] }`;
const guarded = edge(`${server('shop/admin.example.com', 'MUTUAL', 'admin', 'admin')}, ${server('shop/*.example.com', 'SIMPLE', 'wild')}`);
const misdirected = 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: misdirected, namespace: shop }\nspec: { hosts: ["*.example.com"], gateways: [edge/edge], http: [{ match: [{ authority: { exact: admin.example.com } }], directResponse: { status: 421 } }] }';
const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: routes }\nrules: [{ apiGroups: [networking.istio.io], resources: [gateways], verbs: [create] }]';
const binding = (subject: string): string => `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: routes }\nroleRef: { kind: ClusterRole, name: routes }\nsubjects: [${subject}]`;
const istiod = (env: string): string => deployment('istiod', { place: 'istio-system', image: 'registry.istio.io/release/pilot:1.30.3-distroless', container: `, env: [${env}]` });
const wasm = (url: string): string => `apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: { name: filter, namespace: shop }\nspec: { selector: { matchLabels: { app: web } }, url: "${url}" }`;
const certificate = (duration: string): string => `apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: shop, namespace: edge }\nspec: { secretName: shop, duration: ${duration} }`;
const rules = (form: Form, list: string, action = ''): string => policy('more', `{ ${attached(form)}, ${action}rules: [${list}] }`);
const from = (source: string): string => `{ from: [{ source: { ${source} } }], to: [{ operation: { methods: [GET] } }] }`;

/** Meshes with one flaw each. */
export const flaws: readonly Flaw[] = [
  { name: 'plaintext is taken', code: 'MW0401', puts: () => peers('shop', 'PERMISSIVE'), mended: () => peers('shop', 'STRICT') },
  { name: 'plaintext is taken on one port', code: 'MW0401', puts: () => 'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: reviews, namespace: shop }\nspec: { selector: { matchLabels: { app: reviews } }, portLevelMtls: { "9080": { mode: DISABLE } } }' },
  { name: 'nobody asks for mutual TLS', code: 'MW0401', without: () => ['PeerAuthentication istio-system/default'], mended: () => peers('shop', 'STRICT') },
  { name: 'nothing denies by default', code: 'MW0402', also: () => ['MW0155'], without: () => ['AuthorizationPolicy istio-system/nothing'], mended: () => policy('nothing', '{}') },
  { name: 'ALLOW by a negation', code: 'MW0403', puts: form => rules(form, '{ to: [{ operation: { notMethods: [DELETE] } }] }'), mended: form => rules(form, '{ to: [{ operation: { methods: [GET] } }] }') },
  { name: 'DENY without one', code: 'MW0403', puts: form => rules(form, '{ to: [{ operation: { paths: [/admin*] } }] }', 'action: DENY, '), mended: form => rules(form, '{ to: [{ operation: { notPaths: [/reviews/*] } }] }', 'action: DENY, ') },
  { name: 'paths are not normalized', code: 'MW0404', puts: () => istio({ meshConfig: 'outboundTrafficPolicy: { mode: REGISTRY_ONLY }' }) },
  { name: 'a path with another spelling', code: 'MW0405', also: () => ['MW0403'], puts: form => rules(form, '{ to: [{ operation: { paths: [/admin] } }] }', 'action: DENY, ') },
  { name: 'no token is asked for', code: 'MW0406', without: () => ['AuthorizationPolicy shop/reviews-tokens'], mended: form => rules(form, from('requestPrincipals: ["https://id.example.com/*"]')) },
  { name: 'keys over http', code: 'MW0407', puts: form => tokens(form, 'jwksUri: http://id.example.com/keys') },
  { name: 'a symmetric key', code: 'MW0408', puts: form => tokens(form, `jwks: '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'`), mended: form => tokens(form, `jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b"}]}'`) },
  { name: 'a private key', code: 'MW0408', puts: form => tokens(form, `jwks: '{"keys":[{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}]}'`) },
  { name: 'keys from anywhere', code: 'IST0175', puts: () => istiod(''), mended: () => istiod('{ name: BLOCKED_CIDRS_IN_JWKS_URIS, value: 10.0.0.0/8 }') },
  { name: 'any token will do', code: 'MW0409', puts: form => rules(form, from('requestPrincipals: ["*"]')), mended: form => rules(form, from('requestPrincipals: ["https://id.example.com/alice"]')) },
  { name: 'a foreign trust domain', code: 'MW0429', puts: form => rules(form, from('principals: [other.example.com/ns/shop/sa/web]')), mended: form => rules(form, from('principals: [cluster.local/ns/shop/sa/web]')) },
  { name: 'a service account that is not there', code: 'MW0108', puts: form => rules(form, from('principals: [cluster.local/ns/shop/sa/wbe]')), mended: form => rules(form, from('principals: [cluster.local/ns/shop/sa/web]')) },
  { name: 'a gateway for any host', code: 'MW0410', puts: form => (form === 'sidecar' ? edge(server('*')) : gateway(form, '*')) },
  { name: 'everyone may make gateways', code: 'MW0411', puts: () => `${role}\n---\n${binding('{ kind: Group, name: "system:authenticated" }')}`, mended: () => `${role}\n---\n${binding('{ kind: Group, name: platform }')}` },
  { name: 'a wildcard beside a guarded host', code: 'MW0412', forms: ['sidecar'], puts: () => guarded, mended: () => `${guarded}\n---\n${misdirected}` },
  { name: 'one certificate of two gateways', code: 'IST0138', forms: ['sidecar'], puts: () => edge(server('shop/cart.example.com'), 'cart'), mended: () => edge(server('shop/cart.example.com', 'SIMPLE', 'cart'), 'cart') },
  { name: 'TLS without an authority', code: 'IST0128', puts: () => dr('{ mode: SIMPLE }'), mended: () => dr(`{ mode: SIMPLE, ${ca} }`) },
  { name: 'TLS of one port without an authority', code: 'IST0129', puts: () => dr('', 'portLevelSettings: [{ port: { number: 443 }, tls: { mode: SIMPLE } }]'), mended: () => dr('', `portLevelSettings: [{ port: { number: 443 }, tls: { mode: SIMPLE, ${ca} } }]`) },
  { name: 'TLS that takes any name', code: 'MW0413', puts: () => dr(`{ mode: SIMPLE, sni: db.example.com, ${ca} }`), mended: () => dr(`{ mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com], ${ca} }`) },
  { name: 'TLS that verifies nothing', code: 'MW0413', puts: () => dr(`{ mode: SIMPLE, insecureSkipVerify: true, ${ca} }`), mended: () => dr(`{ mode: SIMPLE, ${ca} }`) },
  { name: 'everything may leave', code: 'MW0414', puts: form => (form === 'sidecar' ? istio({ meshConfig: 'pathNormalization: { normalization: MERGE_SLASHES }' }) : network('Ingress')) },
  { name: 'a Sidecar lets everything out', code: 'MW0414', forms: ['sidecar'], puts: () => 'apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: { name: web, namespace: shop }\nspec: { workloadSelector: { labels: { app: web } }, outboundTrafficPolicy: { mode: ALLOW_ANY } }' },
  { name: 'only the sidecar keeps calls in', code: 'MW0415', forms: ['sidecar'], puts: () => network('Ingress') },
  { name: 'a port that is not captured', code: 'MW0416', puts: form => deployment('reviews', { annotations: form === 'sidecar' ? 'traffic.sidecar.istio.io/excludeInboundPorts: "8081"' : 'ambient.istio.io/bypass-inbound-capture: "true"' }) },
  { name: 'the user of the proxy', code: 'IST0144', puts: () => deployment('reviews', { container: ', securityContext: { runAsUser: 1337 }' }) },
  { name: 'a container with NET_ADMIN', code: 'MW0417', puts: () => deployment('reviews', { container: ', securityContext: { capabilities: { add: [NET_ADMIN] } }' }) },
  { name: 'no CNI plugin', code: 'MW0417', without: () => ['IstioCNI default'] },
  { name: 'images with a shell', code: 'MW0418', puts: () => istio({ global: 'networkPolicy: { enabled: true }' }) },
  { name: 'first-party tokens', code: 'MW0419', puts: () => istio({ global: 'variant: distroless, networkPolicy: { enabled: true }, jwtPolicy: first-party-jwt' }) },
  { name: 'the ports of istiod are open', code: 'MW0420', puts: () => istio({ global: 'variant: distroless' }) },
  { name: 'a gateway without a limit', code: 'MW0421', puts: form => (form === 'sidecar' ? gatewayPods(form, '') : gateway(form, undefined, '')) },
  { name: 'code that nobody pinned', code: 'MW0422', also: () => ['MW0423'], forms: ['sidecar'], puts: () => wasm('oci://registry.example.com/filter:latest') },
  { name: 'an alpha feature', code: 'MW0423', puts: () => 'apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: TCPRoute\nmetadata: { name: db, namespace: shop }\nspec: {}', mended: () => 'apiVersion: gateway.networking.k8s.io/v1\nkind: GRPCRoute\nmetadata: { name: db, namespace: shop }\nspec: {}' },
  { name: 'an annotation of an alpha feature', code: 'IST0136', puts: () => deployment('reviews', { own: 'sidecar.istio.io/logLevel: debug' }) },
  { name: 'an old Istio', code: 'MW0424', puts: () => istio({ version: 'v1.24.2' }) },
  { name: 'old pods of istiod', code: 'MW0424', puts: () => deployment('istiod-old', { place: 'istio-system', image: 'registry.istio.io/release/pilot:1.24.2' }) },
  { name: 'a port without a protocol', code: 'IST0118', puts: () => service('reviews', '{ name: web, port: 9080 }') },
  { name: 'a workload that no policy is for', code: 'MW0155', also: () => ['MW0402'], without: () => ['AuthorizationPolicy istio-system/nothing'], puts: () => `${deployment('ratings')}\n---\n${service('ratings')}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ratings, namespace: shop }`, mended: () => policy('nothing', '{}') },
  { name: 'no NetworkPolicy', code: 'MW0425', also: form => [form === 'sidecar' ? 'MW0415' : 'MW0414'], without: () => ['NetworkPolicy shop/within'] },
  { name: 'a pod that opts out', code: 'MW0426', puts: form => deployment('web', { labels: form === 'sidecar' ? ', sidecar.istio.io/inject: "false"' : ', istio.io/dataplane-mode: none' }) },
  { name: 'a root of its own', code: 'MW0427', without: () => ['ExternalSecret istio-system/cacerts'], mended: () => istio({ global: 'variant: distroless, networkPolicy: { enabled: true }, caAddress: cert-manager-istio-csr.cert-manager.svc:443' }) },
  { name: 'a certificate of three years', code: 'MW0428', puts: () => certificate('26280h'), mended: () => certificate('2160h') },
  { name: 'certificates of workloads of a week', code: 'MW0428', puts: () => istio({ pilot: 'env: { DEFAULT_WORKLOAD_CERT_TTL: 168h }' }), mended: () => istio({ pilot: 'env: { DEFAULT_WORKLOAD_CERT_TTL: 24h }' }) },
  { name: 'policies of requests without a waypoint', code: 'MW0150', forms: ['ambient'], puts: form => namespace(form, '') },
  { name: 'a selector where a waypoint decides', code: 'MW0151', forms: ['ambient'], puts: () => policy('selected', '{ selector: { matchLabels: { app: reviews } }, rules: [{ to: [{ operation: { methods: [GET] } }] }] }') },
];
