import { describe, expect, test } from 'vitest';
import { BackEnd, Deliver, type Deliverer, Delivery, type Fleet, IstioInstallation, type IstioInstallationProps, type MeshApp, MultiCluster, ServiceMesh } from '../../../lib/index.ts';
import { check } from '../../../lib/check/index.ts';
import { readManifests } from '../../../lib/manifest/index.ts';
import { Mesh } from '../../../lib/mesh/index.ts';
import { goldens } from '../../golden.ts';
import { at, emptyApp, filesOf, installed, objectsOf } from './installed.ts';

const golden = goldens(import.meta.url);

const clusters = { east: { network: 'net-a' }, west: { network: 'net-b' } } as const;
const multiPrimary = (): Fleet => MultiCluster.multiPrimary({ meshId: 'mesh1', clusters });
const primaryRemote = (): Fleet => MultiCluster.primaryRemote({ meshId: 'mesh1', clusters, primary: 'east', primaryAddress: '203.0.113.7' });

/** A mesh with a namespace and Istio on each cluster. */
function appOn(fleet: Fleet, props: Partial<IstioInstallationProps> = {}, by?: Deliverer): MeshApp {
  const app = emptyApp();
  for (const cluster of fleet.clusters) {
    const mesh = new ServiceMesh(app, `mesh-${cluster.name}`, { cluster, mtls: 'STRICT' });
    mesh.namespace('shop', { dataPlane: props.profile === 'ambient' ? 'ambient' : 'sidecar' });
    new IstioInstallation(app, `istio-${cluster.name}`, { version: '1.30.3', mesh, cluster, remoteSecrets: { store: 'vault', key: 'mesh/{cluster}/kubeconfig' }, ...props });
  }
  if (by) new Delivery(app, 'delivery', { fleet, by });
  return app;
}

describe('each cluster has its folder, and objects of the same names', () => {
  test('control planes in each, by Argo CD', () => {
    golden('multi-primary.yaml', filesOf(appOn(multiPrimary(), {}, Deliver.argoCd({ repository: 'https://git.example.com/mesh', revision: 'main' }))));
  });

  test('one control plane, by the Sail operator, with a Flux for all', () => {
    const by = Deliver.flux({ source: 'mesh', kubeConfigs: { east: 'east-kubeconfig', west: 'west-kubeconfig' } });
    golden('primary-remote.yaml', filesOf(appOn(primaryRemote(), { backEnd: BackEnd.sail() }, by)));
  });

  test('ambient mode, with a Flux in each', () => {
    golden('ambient.yaml', filesOf(appOn(multiPrimary(), { backEnd: BackEnd.flux(), profile: 'ambient' }, Deliver.flux({ source: 'mesh' }))));
  });
});

test('the check finds nothing in the folder of a cluster', () => {
  for (const [fleet, props] of [[multiPrimary(), {}], [primaryRemote(), { backEnd: BackEnd.flux() }], [multiPrimary(), { profile: 'ambient' }]] as const) {
    const app = appOn(fleet, props);
    expect(() => app.synth()).not.toThrow();
    for (const { name } of fleet.clusters) {
      const manifests = [...app.render()].filter(([path]) => path.startsWith(`${name}/`)).flatMap(([file, text]) => readManifests({ file, text }).manifests);
      expect(check(Mesh.from(manifests)).findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }
  }
});

test('no credential is in the YAML, only where it is', () => {
  const secrets = objectsOf(appOn(multiPrimary()));
  expect(secrets.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  expect(secrets.filter(({ kind }) => kind === 'ExternalSecret').map(({ spec }) => at(spec, 'data', 0))).toEqual([
    { secretKey: 'west', remoteRef: { key: 'mesh/west/kubeconfig' } },
    { secretKey: 'east', remoteRef: { key: 'mesh/east/kubeconfig' } },
  ]);
});

test('clusters in one network need no gateway between them', () => {
  const app = appOn(MultiCluster.multiPrimary({ meshId: 'mesh1', clusters: { east: { network: 'net' }, west: { network: 'net' } } }));
  expect(objectsOf(app, 'Application').map(({ metadata }) => metadata.name)).toEqual(['east-istio-base', 'east-istiod', 'west-istio-base', 'west-istiod']);
});

test('a tag in a cluster without a control plane asks for injection in the name of that cluster', () => {
  const { app } = installed({ cluster: primaryRemote().cluster('west'), tags: ['prod'] });
  expect(at(objectsOf(app, 'MutatingWebhookConfiguration'), 0, 'webhooks', 0, 'clientConfig', 'service', 'path')).toBe('/inject/cluster/west/net/net-b');
});

test('a stage that stays empty is not delivered', () => {
  const app = emptyApp();
  const fleet = multiPrimary();
  for (const cluster of fleet.clusters) new ServiceMesh(app, `mesh-${cluster.name}`, { cluster, mtls: 'STRICT' });
  new Delivery(app, 'delivery', { fleet, by: Deliver.flux({ source: 'mesh' }) });
  expect(objectsOf(app, 'Kustomization').map(({ metadata }) => metadata.name)).toEqual(['east-mesh', 'west-mesh']);
});

describe('a mistake is refused:', () => {
  test.each<[string, () => unknown, string]>([
    ['a mesh of one', () => MultiCluster.multiPrimary({ meshId: 'm', clusters: { east: { network: 'n' } } }), 'mesh "m" has one cluster; a mesh of one needs no MultiCluster'],
    ['a cluster that is no name', () => MultiCluster.multiPrimary({ meshId: 'm', clusters: { '../east': { network: 'n' }, west: { network: 'n' } } }), 'the name of a cluster must be a DNS label'],
    ['a cluster that is named as a stage', () => MultiCluster.multiPrimary({ meshId: 'm', clusters: { mesh: { network: 'n' }, west: { network: 'n' } } }), 'a cluster cannot be named "mesh"'],
    ['a primary that is no cluster', () => MultiCluster.primaryRemote({ meshId: 'm', clusters, primary: 'north' as 'east', primaryAddress: '10.0.0.1' }), 'primary "north" is no cluster of mesh "m"; take one of east, west'],
    ['an address that is none', () => MultiCluster.primaryRemote({ meshId: 'm', clusters, primary: 'east', primaryAddress: 'http://x' }), 'primaryAddress must be the IP address or host name'],
    ['a cluster that is not there', () => multiPrimary().cluster('north'), 'mesh "mesh1" has no cluster "north"; it has east, west'],
    ['ambient mode without a control plane', () => installed({ cluster: primaryRemote().cluster('west'), profile: 'ambient' }), 'ambient mode has no clusters without a control plane'],
    ['ambient mode over networks, too early', () => installed({ cluster: multiPrimary().cluster('west'), profile: 'ambient', version: '1.26.8' }), 'ambient mode reaches over networks from 1.27 on'],
    ['a profile where there is no control plane', () => installed({ cluster: primaryRemote().cluster('west'), profile: 'demo' }), 'its profile is "remote"; leave profile out'],
    ['a network that is said otherwise', () => installed({ cluster: multiPrimary().cluster('west'), values: { global: { network: 'other' } } }), 'values.global.network is "other", but the installation makes it "net-b"'],
    ['a cluster without its kubeconfig', () => appOn(multiPrimary(), {}, Deliver.flux({ source: 'mesh', kubeConfigs: { east: 'a' } })), 'no kubeconfig for cluster "west"'],
    ['a path out of the repository', () => new Delivery(emptyApp(), 'delivery', { fleet: multiPrimary(), by: Deliver.flux({ source: 'mesh' }), path: '../dist' }), 'path must be inside the repository'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('a delivery that comes before what it delivers', () => {
    const app = emptyApp();
    const fleet = multiPrimary();
    new Delivery(app, 'delivery', { fleet, by: Deliver.flux({ source: 'mesh' }) });
    new ServiceMesh(app, 'mesh', { cluster: fleet.cluster('east'), mtls: 'STRICT' });
    expect(() => app.render()).toThrow('the mesh of cluster "east" was declared after delivery, which would not deliver it; create the Delivery last');
  });
});
