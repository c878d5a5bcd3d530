import { describe, expect, test } from 'vitest';
import { positionOf, readManifests, type Reading } from '../../lib/manifest/index.ts';

const read = (text: string): Reading => readManifests({ file: 'a', text });
const names = (text: string): readonly unknown[] => read(text).manifests.map(({ object }) => (object.metadata as { name?: unknown } | undefined)?.name);
const json = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { brace: 'a { "b" \\ }' } });

describe('JSON values one after the other', () => {
  test.each([
    ['on lines of their own', `${json('a')}\n${json('b')}\n${json('c')}\n`],
    ['with nothing between', `${json('a')}${json('b')}${json('c')}`],
    ['over several lines', [json('a'), json('b'), json('c')].map(one => JSON.stringify(JSON.parse(one), undefined, 2)).join('\n')],
    ['after a line that begins a document', `---\n${json('a')}\n${json('b')}\n---\n${json('c')}\n`],
    ['with Windows line ends', `${json('a')}\r\n${json('b')}\r\n\r\n${json('c')}\r\n`],
  ])('%s', (_, text) => {
    expect(read(text).problems).toEqual([]);
    expect(names(text)).toEqual(['a', 'b', 'c']);
  });

  test('have each its place', () => {
    const place = (text: string, index: number): unknown => {
      const origin = read(text).manifests[index]?.origin;
      return origin && positionOf(origin, 'metadata.name');
    };
    const column = json('a').indexOf('"name"') + 1;
    expect(place(`${json('a')}\n${json('b')}\n`, 1)).toEqual({ line: 2, column });
    expect(place(`${json('a')}${json('b')}`, 1)).toEqual({ line: 1, column: json('a').length + column });
  });

  test('are read up to one that is broken, and it is said where that is', () => {
    const { manifests, problems } = read(`${json('a')}\n${json('b')}\n{"apiVersion":`);
    expect(manifests).toHaveLength(2);
    expect(problems).toMatchObject([{ severity: 'error' }]);
    expect(problems[0]?.line).toBeGreaterThanOrEqual(3);
  });

  test('are not what a mapping of YAML and something else are', () => {
    expect(read('{ a: 1 } b').problems).toHaveLength(1);
    expect(read('{{ .Values.a }}\n{{ .Values.b }}\n').problems).toHaveLength(1);
  });
});

describe('what tools write', () => {
  test('helm template: sources as comments, templates that came out empty, hooks', () => {
    const text = `---
# Source: shop/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: cart
  labels:
    helm.sh/chart: shop-0.1.0
---
# Source: shop/templates/ingress.yaml
---

---
# Source: shop/templates/hpa.yaml
# autoscaling is off
---
# Source: shop/templates/service.yaml

apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports:
    - port: 80
      targetPort: http
---
# Source: shop/templates/tests/test-connection.yaml
apiVersion: v1
kind: Pod
metadata:
  name: "cart-test-connection"
  annotations:
    "helm.sh/hook": test
spec:
  containers: []
`;
    expect(read(text).problems).toEqual([]);
    expect(names(text)).toEqual(['cart', 'cart', 'cart-test-connection']);
    const origin = read(text).manifests[1]?.origin;
    expect(origin && positionOf(origin, 'spec.ports[0].targetPort')).toEqual({ line: 26, column: 7 });
  });

  test('kustomize build: no marker before the first, creation timestamps of null, block scalars with markers in them', () => {
    const text = `apiVersion: v1
data:
  config.yaml: |
    a: 1
    ---
    b: 2
  notes: |-
    ... and more
kind: ConfigMap
metadata:
  creationTimestamp: null
  name: config-7dg9h5b2kd
---
apiVersion: v1
kind: Service
metadata:
  name: cart
`;
    expect(read(text).problems).toEqual([]);
    expect(names(text)).toEqual(['config-7dg9h5b2kd', 'cart']);
  });

  test('kubectl get: a List, with what the server adds', () => {
    const text = 'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: cart\n    managedFields: [{ fieldsV1: { "f:spec": { "f:ports": { ".": {}, \'k:{"port":80}\': {} } } } }]\n  status: { loadBalancer: {} }\nkind: List\nmetadata:\n  resourceVersion: ""\n';
    expect(read(text).problems).toEqual([]);
    expect(names(text)).toEqual(['cart']);
  });

  test.each([
    ['a marker alone', '---\n'], ['markers', '---\n---\n'], ['an end alone', '...\n'], ['comments', '# one\n---\n# two\n'], ['a List of nothing', 'apiVersion: v1\nkind: List\nitems: []\n'], ['a directive', '%YAML 1.2\n---\n'],
  ])('nothing: %s', (_, text) => {
    expect(read(text)).toEqual({ manifests: [], problems: [] });
  });

  test('documents that end with three dots', () => {
    expect(names('---\nmetadata: { name: a }\napiVersion: v1\nkind: A\n...\n---\napiVersion: v1\nkind: A\nmetadata: { name: b }\n...\n')).toEqual(['a', 'b']);
  });

  test('the notes of a release are no manifest, and what stands before them is read', () => {
    const { manifests, problems } = read('---\napiVersion: v1\nkind: Service\nmetadata: { name: cart }\n---\nNOTES:\n1. Get the URL: run this\n  kubectl "get\n');
    expect(manifests).toHaveLength(1);
    expect(problems).toHaveLength(1);
  });
});
