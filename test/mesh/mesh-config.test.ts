import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

const meshOf = (text: string): Mesh => Mesh.from(readManifests({ file: 'a.yaml', text }).manifests);

const operator = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: istio, namespace: istio-system }
spec: { meshConfig: { trustDomain: shop.example }, values: { global: { istioNamespace: istio, proxy: { clusterDomain: k8s.example } } } }`;

const sail = `
apiVersion: sailoperator.io/v1
kind: Istio
metadata: { name: default }
spec: { namespace: istio, values: { meshConfig: { trustDomain: shop.example }, global: { proxy: { clusterDomain: k8s.example } } } }`;

const values = '{ meshConfig: { trustDomain: shop.example }, global: { istioNamespace: istio, proxy: { clusterDomain: k8s.example } } }';
const application = (source: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: istiod, namespace: argocd }
spec: { project: default, destination: {}, ${source} }`;
const release = (spec: string): string => `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: istiod, namespace: flux-system }
spec: { interval: 1h, ${spec}, values: ${values} }`;

describe('the mesh config is read from whatever installs istiod:', () => {
  test.each([
    ['an IstioOperator', operator],
    ['an Istio of the Sail operator', sail],
    ['an Application with values as an object', application(`source: { chart: istiod, helm: { valuesObject: ${values} } }`)],
    ['an Application with values as text', application(`source: { chart: istiod, helm: { values: ${JSON.stringify(values)} } }`)],
    ['an Application of several sources', application(`sources: [{ chart: base }, { chart: istiod, helm: { valuesObject: ${values} } }]`)],
    ['a HelmRelease', release('chart: { spec: { chart: istiod, sourceRef: { kind: HelmRepository, name: istio } } }')],
    ['a HelmRelease from a registry', release('chartRef: { kind: OCIRepository, name: x }')],
  ])('%s', (_, text) => {
    expect(meshOf(text).config).toMatchObject({ trustDomain: 'shop.example', rootNamespace: 'istio', clusterDomain: 'k8s.example' });
  });
});

test('charts other than istiod have nothing to say', () => {
  expect(meshOf(application(`source: { chart: gateway, helm: { valuesObject: ${values} } }`)).config.trustDomain).toBe('cluster.local');
});

test('of several revisions the default one counts', () => {
  const named = application('source: { chart: istiod, helm: { valuesObject: { revision: a, meshConfig: { trustDomain: a.example } } } }').replace('name: istiod', 'name: istiod-a');
  const usual = application('source: { chart: istiod, helm: { valuesObject: { meshConfig: { trustDomain: b.example } } } }');
  expect(meshOf(named).config.trustDomain).toBe('a.example');
  expect(meshOf(`${named}\n---${usual}`).config.trustDomain).toBe('b.example');
});

test('what runs counts more than what installs it', () => {
  const configMap = `
apiVersion: v1
kind: ConfigMap
metadata: { name: istio, namespace: istio-system }
data: { mesh: "trustDomain: runs.example" }`;
  expect(meshOf(`${sail}\n---${configMap}`).config.trustDomain).toBe('runs.example');
});

test('a change of what installs istiod is a change of the mesh config', () => {
  const mesh = meshOf(application('source: { chart: istiod }'));
  const put = readManifests({ file: 'b.yaml', text: application(`source: { chart: istiod, helm: { valuesObject: ${values} } }`) }).manifests;
  expect(mesh.with({ put }).config.trustDomain).toBe('shop.example');
});

test('values that are no YAML say nothing', () => {
  expect(meshOf(application('source: { chart: istiod, helm: { values: "{ a: [" } }')).config.trustDomain).toBe('cluster.local');
});
