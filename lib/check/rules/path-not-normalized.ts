import { meshConfigObject } from '../../mesh/index.ts';
import { defineMeshRule, yaml } from '../rule.ts';

export const pathNotNormalized = defineMeshRule({
  id: 'MW0404',
  name: 'path-not-normalized',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Policies look at paths that are not normalized',
  why: 'Servers take `//admin` and `/%2Fadmin` for `/admin`; a policy that names `/admin` does not.',
  fix: 'Set meshConfig.pathNormalization.normalization to MERGE_SLASHES, or DECODE_AND_MERGE_SLASHES where servers decode slashes.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#customize-your-system-on-path-normalization',
  of: 'mesh',
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { paths: [/reviews] } }] }] }
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio, namespace: istio-system }
      data: { mesh: "pathNormalization: { normalization: MERGE_SLASHES }" }
      ---
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { paths: [/reviews] } }] }] }
    `,
  },

  *check(mesh) {
    if (/MERGE_SLASHES$/.test(mesh.config.pathNormalization)) return;
    for (const on of mesh.authorizationPolicies) {
      const operation = on.rules.flatMap(({ to }) => to).find(({ paths, notPaths }) => paths.length + notPaths.length > 0);
      if (!operation) continue;
      const said = meshConfigObject(mesh);
      const message = `paths are normalized as ${mesh.config.pathNormalization} says, and AuthorizationPolicy ${on.namespace}/${on.name} looks at them`;
      yield said ? { on: said, message } : { on, at: `${operation.path}.${operation.paths.length > 0 ? 'paths' : 'notPaths'}`, message: `${message}; the mesh config is not among the objects` };
      return;
    }
  },
});
