import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, recheck, rules } from '../../lib/check/index.ts';
import { manifestOf, readManifests, type Manifest } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

function meshOf(text: string, options = {}): Mesh {
  return Mesh.from(readManifests({ file: 'a.yaml', text }).manifests, options);
}

describe('Istio\'s defaults are filled in', () => {
  test('a VirtualService without gateways is for the mesh, and its short hosts are of its namespace', () => {
    const [service] = meshOf('apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a, namespace: shop }\nspec: { hosts: [reviews, "*.example.com"], http: [{ route: [{ destination: { host: reviews } }] }] }').virtualServices;
    expect(service).toMatchObject({ gateways: ['mesh'], appliesToMesh: true, fullHosts: ['reviews.shop.svc.cluster.local', '*.example.com'], visibility: { everywhere: true } });
  });

  test('an object without a namespace is of the default one; a Namespace is of none', () => {
    const mesh = meshOf('apiVersion: v1\nkind: Service\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: n }');
    expect([mesh.services[0]?.namespace, mesh.namespaces[0]?.namespace]).toEqual(['default', '']);
  });

  test.each([
    ['appProtocol wins', '{ name: tcp-a, port: 80, appProtocol: http }', 'HTTP'],
    ['the beginning of the name', '{ name: grpc-a, port: 80 }', 'GRPC'],
    ['grpc-web is one word', '{ name: grpc-web-a, port: 80 }', 'GRPC-WEB'],
    ['a server that speaks first', '{ name: db, port: 3306 }', 'TCP'],
    ['anything else is found out', '{ name: web, port: 80 }', 'AUTO'],
    ['UDP', '{ name: dns, port: 53, protocol: UDP }', 'UDP'],
  ])('the protocol of a port: %s', (_, port, protocol) => {
    expect(meshOf(`apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { ports: [${port}] }`).services[0]?.ports[0]?.protocol).toBe(protocol);
  });
});

describe('the mesh config', () => {
  test.each([
    ['of the ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio, namespace: istio-system }\ndata: { mesh: "rootNamespace: root" }', 'root'],
    ['of an IstioOperator', 'apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: a }\nspec: { meshConfig: { rootNamespace: root } }', 'root'],
    ['of a Sail Istio', 'apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: { name: a }\nspec: { values: { meshConfig: { rootNamespace: root } } }', 'root'],
    ['of nobody', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }', 'istio-system'],
  ])('%s', (_, text, rootNamespace) => {
    expect(meshOf(text).config.rootNamespace).toBe(rootNamespace);
  });

  test('what is given wins', () => {
    expect(meshOf('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: istio }\ndata: { mesh: "rootNamespace: root" }', { meshConfig: { rootNamespace: 'given' } }).config.rootNamespace).toBe('given');
  });
});

describe('a Secret', () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: a, annotations: { kubectl.kubernetes.io/last-applied-configuration: hunter2 } }\nstringData: { password: hunter2 }';

  test('is known by its keys, and its material is gone', () => {
    const mesh = meshOf(secret);
    expect(mesh.secret('a', 's')).toMatchObject({ keys: ['password'], unusable: 'it has neither the keys tls.crt and tls.key nor cert and key' });
    expect(JSON.stringify(mesh.all.map(({ manifest }) => manifest.object))).not.toContain('hunter2');
  });
});

/** Small objects that refer to each other, so that changes matter. */
const names = fc.constantFrom('a', 'b', 'c');
const namespaces = fc.constantFrom('x', 'y');
const labels = fc.record({ app: names, version: fc.constantFrom('v1', 'v2') });
const metadata = fc.record({ name: names, namespace: namespaces });
const object = fc.oneof(
  fc.record({ metadata, spec: fc.record({ selector: fc.record({ app: names }), ports: fc.constant([{ name: 'http', port: 80 }]) }) }).map(rest => ({ apiVersion: 'v1', kind: 'Service', ...rest })),
  fc.record({ metadata, labels }).map(({ metadata: own, labels: carried }) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: own, spec: { template: { metadata: { labels: carried } } } })),
  fc.record({ metadata, host: names, subset: fc.constantFrom('v1', 'v2'), exportTo: fc.constantFrom([], ['.'], ['*'], ['y']) }).map(({ metadata: own, host, subset, exportTo }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: own, spec: { hosts: [host], exportTo, http: [{ route: [{ destination: { host, subset } }] }] },
  })),
  fc.record({ metadata, host: names, version: fc.constantFrom('v1', 'v2', 'v3') }).map(({ metadata: own, host, version }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: own, spec: { host, subsets: [{ name: version, labels: { version } }] },
  })),
  fc.record({ metadata, app: names }).map(({ metadata: own, app }) => ({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata: own, spec: { selector: { matchLabels: { app } } } })),
  fc.record({ metadata, host: fc.constantFrom('a', '*.local', 'a.x.svc.cluster.local', '*.x.svc.cluster.local'), mode: fc.option(fc.constantFrom('DISABLE', 'ISTIO_MUTUAL')), exportTo: fc.constantFrom([], ['.'], ['y']) }).map(({ metadata: own, host, mode, exportTo }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', metadata: own, spec: { host, exportTo, ...(mode ? { trafficPolicy: { tls: { mode } } } : {}) },
  })),
  fc.record({ metadata, app: names, port: fc.constantFrom(80, 443), host: fc.constantFrom('*', 'a', '*.example.com', 'x/a.example.com'), credentialName: names }).map(({ metadata: own, app, port, host, credentialName }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: own,
    spec: { selector: { app }, servers: [{ hosts: [host], port: { number: port, name: 'p', protocol: port === 80 ? 'HTTP' : 'HTTPS' }, ...(port === 443 ? { tls: { mode: 'SIMPLE', credentialName } } : {}) }] },
  })),
  fc.record({ metadata, gateway: names, host: fc.constantFrom('*', 'a', 'a.example.com') }).map(({ metadata: own, gateway, host }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: own,
    spec: { hosts: [host], gateways: [gateway, 'mesh'], http: [{ match: [{ uri: { prefix: '/' } }], route: [{ destination: { host: 'a' } }] }, { route: [{ destination: { host: 'b', port: { number: 80 } } }] }] },
  })),
  fc.record({ metadata, app: fc.option(names), host: fc.constantFrom('./*', 'x/a.x.svc.cluster.local', '*/*.example.com', 'y/*') }).map(({ metadata: own, app, host }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'Sidecar', metadata: own, spec: { ...(app ? { workloadSelector: { labels: { app } } } : {}), egress: [{ hosts: [host] }] },
  })),
  fc.record({ metadata, host: fc.constantFrom('a.example.com', '*.example.com', 'a.x.svc.cluster.local'), protocol: fc.constantFrom('HTTP', 'TCP', 'TLS'), exportTo: fc.constantFrom([], ['.'], ['y']) }).map(({ metadata: own, host, protocol, exportTo }) => ({
    apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: own, spec: { hosts: [host], exportTo, ports: [{ number: 80, name: 'p', protocol }], resolution: 'DNS' },
  })),
  fc.record({ metadata, app: fc.option(names), mode: fc.constantFrom('STRICT', 'PERMISSIVE', 'DISABLE', 'UNSET') }).map(({ metadata: own, app, mode }) => ({
    apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: own, spec: { ...(app ? { selector: { matchLabels: { app } } } : {}), mtls: { mode } },
  })),
  fc.record({ metadata, app: fc.option(names), target: fc.option(names) }).map(({ metadata: own, app, target }) => ({
    apiVersion: 'security.istio.io/v1', kind: 'RequestAuthentication', metadata: own,
    spec: { ...(target ? { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: target }] } : app ? { selector: { matchLabels: { app } } } : {}), jwtRules: [{ issuer: 'a' }] },
  })),
  fc.record({ metadata, app: fc.option(names) }).map(({ metadata: own, app }) => ({
    apiVersion: 'telemetry.istio.io/v1', kind: 'Telemetry', metadata: own, spec: { ...(app ? { selector: { matchLabels: { app } } } : {}), tracing: [{ providers: [{ name: 'otel' }] }] },
  })),
  fc.record({ metadata, kind: fc.constantFrom('Gateway', 'Service'), name: names, namespace: namespaces, backend: names, hostnames: fc.constantFrom([], ['a.example.com']) }).map(({ metadata: own, kind, name, namespace, backend, hostnames }) => ({
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: own,
    spec: { parentRefs: [{ group: kind === 'Service' ? '' : 'gateway.networking.k8s.io', kind, name, namespace }], hostnames, rules: [{ backendRefs: [{ name: backend, port: 80 }] }] },
  })),
  fc.record({ metadata, waypoint: fc.boolean(), from: fc.constantFrom('Same', 'All') }).map(({ metadata: own, waypoint, from }) => ({
    apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata: own,
    spec: { gatewayClassName: waypoint ? 'istio-waypoint' : 'istio', listeners: [{ name: 'l', port: waypoint ? 15008 : 80, protocol: waypoint ? 'HBONE' : 'HTTP', allowedRoutes: { namespaces: { from } } }] },
  })),
  fc.record({ name: namespaces, labels: fc.constantFrom({}, { 'istio-injection': 'enabled' }, { 'istio.io/dataplane-mode': 'ambient' }) }).map(own => ({ apiVersion: 'v1', kind: 'Namespace', metadata: own })),
  fc.constantFrom('ROOT', 'x').map(rootNamespace => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'istio', namespace: 'istio-system' }, data: { mesh: `rootNamespace: ${rootNamespace}\nenableAutoMtls: ${rootNamespace === 'ROOT'}` } })),
);
const manifests = fc.uniqueArray(object, { selector: ({ apiVersion, kind, metadata: own }) => `${group(apiVersion)}/${kind}/${'namespace' in own ? own.namespace : ''}/${own.name}`, maxLength: 16 }).map(list => list.map(one => manifestOf(one)));

/** Istio and Kubernetes have a Gateway each. */
function group(apiVersion: unknown): string {
  return String(apiVersion).replace(/\/?[^/]*$/, '');
}

function identity({ object: { apiVersion, kind, metadata: own } }: Manifest): string {
  const { namespace = '', name } = own as { namespace?: string; name: string };
  return `${group(apiVersion)}/${String(kind)}/${namespace}/${name}`;
}

function said(mesh: Mesh): unknown {
  const { findings, summary } = check(mesh);
  return { findings, summary, config: mesh.config, all: mesh.all.map(({ manifest }) => manifest.object) };
}

describe('laws', () => {
  test('a mesh with a change is the mesh of the changed objects', () => {
    fc.assert(fc.property(manifests, manifests, fc.nat(), (before, put, at) => {
      const mesh = Mesh.from(before, { now: new Date(0) });
      said(mesh);
      const gone = mesh.all[mesh.all.length === 0 ? 0 : at % mesh.all.length];
      const remove = gone ? [gone] : [];
      const replaced = new Set([...put.map(identity), ...remove.map(({ manifest }) => identity(manifest))]);
      const after = [...before.filter(one => !replaced.has(identity(one))), ...put];
      expect(said(mesh.with({ remove, put }))).toEqual(said(Mesh.from(after, { now: new Date(0) })));
    }), { numRuns: 200 });
  });

  test('checking again after a change says what checking everything says', () => {
    fc.assert(fc.property(manifests, fc.array(fc.record({ put: manifests, at: fc.nat() }), { minLength: 1, maxLength: 3 }), (before, steps) => {
      let mesh = Mesh.from(before, { now: new Date(0) });
      let report = check(mesh, { rules, remember: true });
      for (const { put, at } of steps) {
        const gone = mesh.all[mesh.all.length === 0 ? 0 : at % mesh.all.length];
        mesh = mesh.with({ remove: gone ? [gone] : [], put });
        report = recheck(report, mesh);
        expect(report).toEqual(check(mesh, { rules }));
      }
    }), { numRuns: 300 });
  });

  test('the order of the objects changes nothing', () => {
    fc.assert(fc.property(manifests, list => {
      expect(said(Mesh.from([...list].reverse(), { now: new Date(0) }))).toEqual(said(Mesh.from(list, { now: new Date(0) })));
    }), { numRuns: 200 });
  });
});
