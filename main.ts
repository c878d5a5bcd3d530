// Bookinfo as a mesh: the app that `npm run synth` and `cdk8s synth` run. Its YAML is in dist/.
import { Duration } from 'cdk8s';
import {
  AccessLogs, AlertRouting, Canary, ClientTls, ExternalService, Fault, GrafanaDataSources, IngressGateway, IstioInstallation, Jwks, JwtIssuer, Match, MeshAlerts,
  MeshApp, MeshDashboards, MeshMonitoring, MeshService, MeshTracing, Mirror, OpenTelemetryCollector, Path, PodLogs, Receiver, RequireJwt, ServerTls, ServiceMesh, Sli, Slo,
  TlsOrigination, TokenPlace, TrafficPolicy,
} from 'meshwright';

const app = new MeshApp({ name: 'bookinfo' });

const mesh = new ServiceMesh(app, 'mesh', { mtls: 'STRICT', access: 'deny-by-default', outbound: 'REGISTRY_ONLY' });
const bookinfo = mesh.namespace('bookinfo');
const edge = mesh.namespace('istio-ingress');

// Istio itself, for Argo CD: what it applies is in dist/install.
new IstioInstallation(app, 'istio', {
  version: '1.30.3',
  mesh,
  kubernetes: '1.34',
  availability: 'high',
  // Grants name paths: // and %2F must not lead around them.
  meshConfig: { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' } },
  ingressGateways: [{ name: 'istio-ingress' }],
});

const image = (name: string, version: string): string => `registry.istio.io/release/examples-bookinfo-${name}-${version}:1.20.3`;
const imagePullPolicy = 'IfNotPresent';

const details = new MeshService(bookinfo, 'details', {
  port: 9080,
  serviceAccount: 'bookinfo-details',
  versions: { v1: { image: image('details', 'v1'), imagePullPolicy } },
});

const ratings = new MeshService(bookinfo, 'ratings', {
  port: 9080,
  serviceAccount: 'bookinfo-ratings',
  versions: { v1: { image: image('ratings', 'v1'), imagePullPolicy } },
});

// The reviews run on Liberty, which writes its logs and its output to folders of its own.
const liberty = {
  imagePullPolicy,
  env: { LOG_DIR: '/tmp/logs' },
  emptyDirs: { tmp: '/tmp', 'wlp-output': '/opt/ibm/wlp/output' },
} as const;

const reviews = new MeshService(bookinfo, 'reviews', {
  port: 9080,
  serviceAccount: 'bookinfo-reviews',
  versions: {
    v1: { image: image('reviews', 'v1'), ...liberty },
    v2: { image: image('reviews', 'v2'), ...liberty },
    v3: { image: image('reviews', 'v3'), ...liberty },
  },
  timeout: Duration.seconds(2),
  retries: { attempts: 2, perTryTimeout: Duration.millis(500), on: ['connect-failure', 'unavailable'] },
});

const productpage = new MeshService(bookinfo, 'productpage', {
  port: 9080,
  serviceAccount: 'bookinfo-productpage',
  versions: {
    v1: {
      image: image('productpage', 'v1'),
      imagePullPolicy,
      emptyDirs: { tmp: '/tmp' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9080', 'prometheus.io/path': '/metrics' },
    },
  },
});

productpage.calls(details, { methods: ['GET'], paths: ['/details/*'] });
productpage.calls(reviews, { methods: ['GET'], paths: ['/reviews/*'] });
reviews.calls(ratings, { methods: ['GET'], paths: ['/ratings/*'] });

// One request in ten meets the red stars of v3; jason meets them every time.
const jason = Match.header('end-user').exact('jason');
new Canary(reviews, 'v3', { from: 'v1', to: 'v3', percent: 10, pin: [jason] });

// The black stars of v2 get a copy of some requests, to see how they would do.
new Mirror(reviews, 'shadow', { to: 'v2', percent: 5 });

// For jason, ratings are slow, and one time in two they fail: reviews gives up after two seconds and shows none.
new Fault(ratings, 'slow', { match: [jason], delay: Duration.seconds(7) });
new Fault(ratings, 'broken', { match: [jason], abort: 500, abortPercent: 50 });

// Where details fall behind, requests fail at once instead of piling up, and an endpoint that fails gets a rest.
new TrafficPolicy(details, 'breaker', {
  connectionPool: { maxConnections: 100, http1MaxPendingRequests: 50, http2MaxRequests: 100 },
  outlierDetection: { consecutive5xxErrors: 5, interval: Duration.seconds(10), baseEjectionTime: Duration.seconds(30), maxEjectionPercent: 50 },
});

// Details ask for books in plain HTTP, so that the mesh sees the requests; they leave as TLS. Nothing else may leave.
const books = new ExternalService(bookinfo, 'google-books', {
  hosts: ['www.googleapis.com'],
  port: { port: 80, targetPort: 443 },
  originateTls: TlsOrigination.of(ClientTls.simple({ sni: 'www.googleapis.com', subjectAltNames: ['www.googleapis.com'], caCertificates: 'system' }), { from: 80 }),
});
details.calls(books);

const ingress = new IngressGateway(edge, 'ingress', { hosts: ['bookinfo.example.com'], tls: ServerTls.simple('bookinfo-example-com') });
ingress.exposes(productpage, {
  paths: [Path.exact('/productpage'), Path.prefix('/static/'), Path.exact('/login'), Path.exact('/logout'), Path.prefix('/api/v1/products')],
});

// Whoever comes from outside shows who they are: programs in the Authorization header, browsers in a cookie. Only to log in or out,
// and for what pages are made of, nobody needs to.
const accounts = JwtIssuer.of('https://accounts.example.com', {
  audiences: ['bookinfo.example.com'],
  keys: Jwks.uri('https://accounts.example.com/.well-known/jwks.json'),
  from: [TokenPlace.header('authorization', 'Bearer '), TokenPlace.cookie('id_token')],
});
new RequireJwt(ingress, 'jwt', { issuers: [accounts], open: [Path.prefix('/static/'), Path.exact('/login'), Path.exact('/logout')] });

// What watches over it, for the operator for Prometheus and Grafana: in dist/platform, but for what stands beside the services.
const observability = mesh.namespace('observability', { dataPlane: 'none' });
MeshApp.assign(observability, 'platform');
const labels = { release: 'prometheus' };
new MeshMonitoring(observability, 'monitoring', { labels });
new MeshAlerts(observability, 'mesh-alerts', { team: 'platform', labels });
new AlertRouting(observability, 'routing', {
  otherwise: Receiver.slack('books', '#books', { secret: 'slack', key: 'url' }),
  routes: [
    { severity: 'critical', to: Receiver.pagerDuty('on-call', { secret: 'pagerduty', key: 'routing-key' }) },
    { team: 'platform', to: Receiver.slack('platform', '#platform', { secret: 'slack', key: 'url' }) },
  ],
});
new MeshDashboards(observability, 'dashboards', { ztunnel: false, ruleLabels: labels });
new GrafanaDataSources(observability, 'data-sources', {
  prometheus: 'http://prometheus-operated.observability:9090',
  tempo: 'http://tempo.observability:3200',
  loki: 'http://loki.observability:3100',
});

// Spans, access logs and what the services write themselves go through one collector.
const collector = new OpenTelemetryCollector(observability, 'collector', { traces: 'http://tempo.observability:4318', logs: 'http://loki.observability:3100/otlp' });
new MeshTracing(mesh, 'tracing', { collector, samplingPercent: 5 });
new AccessLogs(mesh, 'access-logs', { to: collector });
new PodLogs(observability, 'pod-logs', { to: collector });

// The page is what people see: three nines of it are answered, and nearly all of them within a second.
new Slo(productpage, 'availability', { objective: 99.9, team: 'books', labels });
new Slo(productpage, 'latency', { objective: 99, indicator: Sli.latency(Duration.seconds(1)), team: 'books', labels });

app.synth();
