import { describe, expect, test } from 'vitest';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh, mtlsModeOf } from '../../lib/mesh/index.ts';

function policy(spec: string, { name = 'a', namespace = 'shop', createdAt = '' } = {}): string {
  return `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: ${name}, namespace: ${namespace}, creationTimestamp: "${createdAt}" }\nspec: ${spec}\n`;
}

function mode(documents: readonly string[], port?: number): string {
  const { mode: found, from } = mtlsModeOf(Mesh.from(readManifests({ file: 'a.yaml', text: documents.join('---\n') }).manifests), { namespace: 'shop', labels: new Map([['app', 'cart']]) }, port);
  return from ? `${found} by ${from.on.namespace}/${from.on.name} ${from.at}` : found;
}

const own = '{ selector: { matchLabels: { app: cart } }, mtls: { mode: DISABLE }, portLevelMtls: { "8080": { mode: STRICT }, "8081": { mode: UNSET } } }';
const root = { namespace: 'istio-system' };

describe('the mTLS mode of a port', () => {
  test.each<[string, readonly string[], number | undefined, string]>([
    ['nobody says anything', [], 80, 'PERMISSIVE'],
    ['the mesh says it', [policy('{ mtls: { mode: STRICT } }', root)], 80, 'STRICT by istio-system/a spec.mtls.mode'],
    ['the namespace before the mesh', [policy('{ mtls: { mode: STRICT } }', root), policy('{ mtls: { mode: DISABLE } }')], 80, 'DISABLE by shop/a spec.mtls.mode'],
    ['what the namespace leaves unset the mesh says', [policy('{ mtls: { mode: STRICT } }', root), policy('{ mtls: { mode: UNSET } }')], 80, 'STRICT by istio-system/a spec.mtls.mode'],
    ['the workload before its namespace', [policy('{ mtls: { mode: STRICT } }'), policy(own, { name: 'b' })], 80, 'DISABLE by shop/b spec.mtls.mode'],
    ['the port before the workload', [policy(own)], 8080, 'STRICT by shop/a spec.portLevelMtls["8080"].mode'],
    ['a port that is unset has the workload\'s', [policy(own)], 8081, 'DISABLE by shop/a spec.mtls.mode'],
    ['ports of a policy for a whole namespace do not count', [policy('{ mtls: { mode: STRICT }, portLevelMtls: { "8080": { mode: DISABLE } } }')], 8080, 'STRICT by shop/a spec.mtls.mode'],
    ['a selector in the root namespace does not count', [policy('{ selector: { matchLabels: { app: cart } }, mtls: { mode: STRICT } }', root)], 80, 'PERMISSIVE'],
    ['the older of two', [policy('{ mtls: { mode: STRICT } }', { createdAt: '2024-01-02T00:00:00Z' }), policy('{ mtls: { mode: DISABLE } }', { name: 'z', createdAt: '2024-01-01T00:00:00Z' })], 80, 'DISABLE by shop/z spec.mtls.mode'],
  ])('%s', (_, documents, port, expected) => {
    expect(mode(documents, port)).toBe(expected);
  });
});
