// Bookinfo as a mesh: the app that `npm run synth` and `cdk8s synth` run. Its YAML is in dist/.
import { Duration } from 'cdk8s';
import { Canary, IngressGateway, Match, MeshApp, MeshService, Path, ServiceMesh } from 'meshwright';

const app = new MeshApp({ name: 'bookinfo' });

const mesh = new ServiceMesh(app, 'mesh', { mtls: 'STRICT', access: 'deny-by-default', outbound: 'REGISTRY_ONLY' });
const bookinfo = mesh.namespace('bookinfo');
const edge = mesh.namespace('istio-ingress');

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
new Canary(reviews, 'v3', { from: 'v1', to: 'v3', percent: 10, pin: [Match.header('end-user').exact('jason')] });

const ingress = new IngressGateway(edge, 'ingress', { hosts: ['bookinfo.example.com'] });
ingress.exposes(productpage, {
  paths: [Path.exact('/productpage'), Path.prefix('/static/'), Path.exact('/login'), Path.exact('/logout'), Path.prefix('/api/v1/products')],
});

app.synth();
