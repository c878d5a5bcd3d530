import { field, parseYaml } from '../../manifest/index.ts';
import { indexes, isSystemNamespace, type Mesh, type NamespaceEntity } from '../../mesh/index.ts';
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
  of: ['Namespace'],
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

  *check(on, mesh) {
    if (injectionOf(mesh, on) === 'by default') yield { message: `pods of namespace ${on.name} get a sidecar by default` };
  },
});

/** How a namespace is labelled for injection; undefined for those that Istio injects nothing into. */
export function injectionOf(mesh: Mesh, { name, injection = '', revision, labels }: NamespaceEntity): 'silent' | 'by default' | 'both' | 'injected' | 'not injected' | undefined {
  if (name === mesh.config.rootNamespace || isSystemNamespace(name)) return undefined;
  const ambient = labels.get('istio.io/dataplane-mode') === 'ambient';
  const asked = [injection === 'enabled', revision !== undefined && injection !== 'disabled', ambient && injection !== 'disabled'].filter(ask => ask).length;
  if (asked > 1) return 'both';
  if (injection === '' && revision === undefined && !ambient) return injectsByDefault(mesh) ? 'by default' : 'silent';
  return asked === 1 && !ambient ? 'injected' : 'not injected';
}

/** The name of the ConfigMap that configures injection for a revision. */
export function injectorOf(revision: string): string {
  return revision === '' || revision === 'default' ? 'istio-sidecar-injector' : `istio-sidecar-injector-${revision}`;
}

function injectsByDefault(mesh: Mesh): boolean {
  return mesh.derived('injects by default', () => {
    const [injector] = mesh.at(indexes.configMapByName, injectorOf(''));
    return field(field(injector && parseYaml(injector.data.get('values') ?? ''), 'sidecarInjectorWebhook'), 'enableNamespacesByDefault') === true;
  });
}
