import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check, rules } from '../../lib/check/index.ts';
import { manifestOf, readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

const broken = (annotations = '', namespace = 'shop'): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: ${namespace}
${annotations}
spec:
  hosts: [reviews]
  http: [{ route: [{ destination: { host: revews } }] }]
`;

function codes(text: string, options = {}): string[] {
  return check(Mesh.from(readManifests({ file: 'a.yaml', text }).manifests), options).findings.map(({ code }) => code);
}

describe('what runs', () => {
  test('only what is asked for, by code, name or the code of another tool', () => {
    expect(codes(broken(), { only: ['IST0101'] })).toEqual(['IST0101']);
    expect(codes(broken(), { only: ['destination-unknown'] })).toEqual(['IST0101']);
    expect(codes(broken(), { only: ['KIA1101'] })).toEqual(['IST0101']);
    expect(codes(broken(), { only: ['IST0109'] })).toEqual([]);
  });

  test('all but what is left out', () => {
    expect(codes(broken(), { skip: ['IST0101'] })).toEqual([]);
  });

  test('on objects of the namespaces asked for', () => {
    expect(codes(broken(), { namespaces: ['shop'] })).toEqual(['IST0101']);
    expect(codes(broken(), { namespaces: ['other'] })).toEqual([]);
  });

  test('not on objects of the cluster itself', () => {
    expect(codes(broken('', 'kube-system'))).toEqual([]);
  });
});

describe('suppressions', () => {
  test.each([
    ['Istio\'s', 'galley.istio.io/analyze-suppress: IST0101'],
    ['Istio\'s, of all', 'galley.istio.io/analyze-suppress: "*"'],
    ['Kiali\'s', 'kiali.io/ignore-validations: KIA1101'],
    ['ours, with its reason', 'meshwright/ignore: "IST0101: the host is made by another team"'],
  ])('%s holds back', (_, annotation) => {
    expect(codes(broken(`  annotations: { ${annotation} }`))).toEqual([]);
  });

  test('one that holds nothing back is a finding', () => {
    expect(codes(broken('  annotations: { meshwright/ignore: "IST0109: once needed" }'))).toEqual(['MW0003', 'IST0101']);
  });

  test('so is one without a reason', () => {
    expect(codes(broken('  annotations: { meshwright/ignore: IST0101 }'))).toEqual(['MW0003']);
  });
});

describe('what is given twice', () => {
  test('is a finding at the one that lost; the later one holds', () => {
    const text = `${broken()}---\n${broken().replace('revews', 'reviews')}`;
    const { findings } = check(Mesh.from(readManifests({ file: 'a.yaml', text }).manifests));
    expect(findings.filter(({ code }) => code === 'MW0004')).toMatchObject([{ line: 2, resource: { name: 'reviews' } }]);
    expect(findings.find(({ code }) => code === 'IST0101')?.message).toContain('"reviews"');
  });
});

test('whatever the objects hold, checking them throws nothing', () => {
  const kinds = [
    ['networking.istio.io/v1', ['VirtualService', 'DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'WorkloadEntry', 'WorkloadGroup', 'EnvoyFilter']],
    ['security.istio.io/v1', ['AuthorizationPolicy', 'RequestAuthentication', 'PeerAuthentication']],
    ['telemetry.istio.io/v1', ['Telemetry']], ['extensions.istio.io/v1alpha1', ['WasmPlugin', 'TrafficExtension']],
    ['gateway.networking.k8s.io/v1', ['Gateway', 'HTTPRoute', 'GRPCRoute', 'ReferenceGrant']],
    ['v1', ['Service', 'Pod', 'Namespace', 'ConfigMap', 'Secret', 'ServiceAccount', 'Node']], ['apps/v1', ['Deployment', 'StatefulSet']],
    ['admissionregistration.k8s.io/v1', ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']],
    ['apiextensions.k8s.io/v1', ['CustomResourceDefinition']],
  ] as const;
  const types = kinds.flatMap(([apiVersion, names]) => names.map(kind => ({ apiVersion, kind })));
  const keys = fc.constantFrom(
    'spec', 'http', 'tls', 'tcp', 'match', 'route', 'destination', 'host', 'hosts', 'subsets', 'labels', 'name', 'servers', 'port', 'ports', 'number', 'rules', 'from',
    'source', 'to', 'operation', 'when', 'selector', 'matchLabels', 'egress', 'ingress', 'endpoints', 'template', 'metadata', 'containers', 'uri', 'prefix', 'regex',
    'exportTo', 'gateways', 'weight', 'headers', 'annotations', 'data', 'webhooks', 'targetRefs', 'listeners', 'parentRefs', '__proto__', 'constructor', 'toString',
  );
  const value = fc.letrec<{ any: unknown }>(tie => ({
    any: fc.oneof({ maxDepth: 5 }, fc.constantFrom(null, true, '', '*', '*.a', 'a', 'a/b', '1s', -1, 0, 0.5, 80, 70000, '(', '{*}'), fc.string({ maxLength: 6 }),
      fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(keys, tie('any'), { maxKeys: 4 })),
  })).any;
  const object = fc.record({ type: fc.constantFrom(...types), metadata: fc.oneof(fc.constant({ name: 'a', namespace: 'b' }), value), spec: value, data: value, webhooks: value, status: value });
  fc.assert(fc.property(fc.array(object, { minLength: 1, maxLength: 5 }), objects => {
    const manifests = objects.map(({ type, ...rest }) => manifestOf({ ...type, ...rest }));
    expect(() => { check(Mesh.from(manifests), { rules }); }).not.toThrow();
  }), { numRuns: 400 });
});
