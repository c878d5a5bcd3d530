import { keyMaterialIn, type Entity, type Secret } from '../../mesh/index.ts';
import { field, type KubernetesObject } from '../../manifest/index.ts';
import { defineRuleOfEvery, yaml } from '../rule.ts';

export const keyInManifest = defineRuleOfEvery({
  id: 'MW0440',
  name: 'key-in-manifest',
  category: 'security',
  severity: 'error',
  title: 'A private or symmetric key stands in a manifest',
  why: 'Whoever can read the manifest, its repository or its history can serve as the host, sign as the issuer or join the mesh. Secrets read from a cluster, which have a uid, are where keys belong.',
  fix: 'Take the key out and replace it, for it has been seen; let the manifest name a Secret, made by an ExternalSecret, a SealedSecret or cert-manager.',
  of: 'every',
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: keys, namespace: shop }
      data: { jwks.json: '{"keys":[{"kty":"oct","k":"bm90IGEgc2VjcmV0"}]}' }
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: keys, namespace: shop }
      data: { jwks.json: '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}' }
    `,
  },

  *check(on) {
    if (isFromCluster(on.manifest.object)) return;
    for (const { at, kind } of isSecret(on) ? on.material : keyMaterialIn(on.manifest.object)) {
      // The rule of RequestAuthentications says that of their own keys.
      if (on.kind === 'RequestAuthentication' && /^spec\.jwtRules\[\d+\]\.jwks$/.test(at) && kind.includes('JWK')) continue;
      yield { at, message: `a ${kind} stands here` };
    }
  },
});

function isSecret(on: Entity): on is Secret {
  return on.group === '' && on.kind === 'Secret';
}

/** A Secret of a cluster has what the API server gives it. */
function isFromCluster({ kind, metadata }: KubernetesObject): boolean {
  return kind === 'Secret' && field(metadata, 'uid') !== undefined;
}
