import { field, parseYaml } from '../../manifest/index.ts';
import { isSystemNamespace, type Mesh, type NamespaceEntity } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const namespaceInjectedByDefault = defineRule({
  id: 'IST0148',
  name: 'namespace-injected-by-default',
  category: 'injection',
  severity: 'info',
  title: 'A namespace gets sidecars because the installation injects by default',
  why: 'Its pods are in the mesh although nothing in the namespace says so.',
  fix: 'Label it istio-injection=enabled, or disabled where it is not meant.',
  analyzers: ['injection.Analyzer'],
  reads: ['Namespace', 'ConfigMap'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop }
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio-sidecar-injector, namespace: istio-system }
      data: { values: '{ "sidecarInjectorWebhook": { "enableNamespacesByDefault": true } }' }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio-sidecar-injector, namespace: istio-system }
      data: { values: '{ "sidecarInjectorWebhook": { "enableNamespacesByDefault": true } }' }
    `,
  },

  *check(mesh) {
    for (const { on, state } of injectionOf(mesh)) if (state === 'by default') yield { on, message: `pods of namespace ${on.name} get a sidecar by default` };
  },
});

/** How each namespace that Istio may inject into is labelled. */
export function injectionOf(mesh: Mesh): { readonly on: NamespaceEntity; readonly state: 'silent' | 'by default' | 'both' | 'injected' | 'not injected' }[] {
  const byDefault = injectsByDefault(mesh);
  return mesh.namespaces.filter(({ name }) => name !== mesh.config.rootNamespace && !isSystemNamespace(name)).map(on => {
    const { injection = '', revision, labels } = on;
    const ambient = labels.get('istio.io/dataplane-mode') === 'ambient';
    const asked = [injection === 'enabled', revision !== undefined && injection !== 'disabled', ambient && injection !== 'disabled'].filter(ask => ask).length;
    if (asked > 1) return { on, state: 'both' };
    if (injection === '' && revision === undefined && !ambient) return { on, state: byDefault ? 'by default' : 'silent' };
    return { on, state: asked === 1 && !ambient ? 'injected' : 'not injected' };
  });
}

/** The name of the ConfigMap that configures injection for a revision. */
export function injectorOf(revision: string): string {
  return revision === '' || revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`;
}

function injectsByDefault(mesh: Mesh): boolean {
  const injector = mesh.configMaps.find(({ name }) => name === injectorOf(''));
  const values = injector && parseYaml(injector.data.get('values') ?? '');
  return field(field(values, 'sidecarInjectorWebhook'), 'enableNamespacesByDefault') === true;
}
