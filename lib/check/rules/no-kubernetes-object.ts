import { defineMeshRule, yaml } from '../rule.ts';

export const noKubernetesObject = defineMeshRule({
  id: 'MW0002',
  name: 'no-kubernetes-object',
  category: 'input',
  severity: 'warning',
  title: 'A document is no Kubernetes object',
  why: 'It is passed over. Values of Helm and other configuration may stand among manifests; a manifest that has lost its first lines looks the same.',
  fix: 'Leave the file out of what is checked, or give it an apiVersion and a kind.',
  of: 'mesh',
  examples: {
    bad: yaml`
      replicas: 3
      image: reviews
    `,
    good: yaml`
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: reviews, namespace: shop }
      data: { replicas: "3", image: reviews }
    `,
  },
  // Found when the text is read.
  check: () => [],
});
