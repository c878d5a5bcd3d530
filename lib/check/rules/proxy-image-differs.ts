import { field, parseYaml, text } from '../../manifest/index.ts';
import { indexes, type Mesh } from '../../mesh/index.ts';
import { listed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';
import { injectorOf } from './namespace-injected-by-default.ts';

export const proxyImageDiffers = defineRule({
  id: 'IST0158',
  name: 'proxy-image-differs',
  category: 'injection',
  severity: 'warning',
  title: 'Proxies of a namespace are of another image than the one that is injected',
  why: 'They still run what an earlier control plane injected, and miss its fixes.',
  fix: 'Restart the workloads of the namespace.',
  analyzers: ['injection.ImageAnalyzer'],
  of: ['Namespace'],
  examples: {
    bad: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop }
      spec: { containers: [{ name: istio-proxy, image: "registry.istio.io/release/proxyv2:1.30.0" }] }
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio-sidecar-injector, namespace: istio-system }
      data: { values: '{ "global": { "hub": "registry.istio.io/release", "tag": "1.31.0", "proxy": { "image": "proxyv2" } } }' }
    `,
    good: yaml`
      apiVersion: v1
      kind: Namespace
      metadata: { name: shop, labels: { istio-injection: enabled } }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: reviews, namespace: shop }
      spec: { containers: [{ name: istio-proxy, image: "registry.istio.io/release/proxyv2:1.31.0" }] }
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: { name: istio-sidecar-injector, namespace: istio-system }
      data: { values: '{ "global": { "hub": "registry.istio.io/release", "tag": "1.31.0", "proxy": { "image": "proxyv2" } } }' }
    `,
  },

  *check(on, mesh) {
    const images = mesh.derived('injected images', () => injectedImages(mesh));
    const revision = on.revision ?? (on.injection === 'enabled' ? 'default' : undefined);
    const wanted = revision === undefined ? undefined : images.get(injectorOf(revision));
    if (wanted === undefined) return;
    const differing = mesh.at(indexes.podsOf, on.name).filter(pod => {
      // A pod that asks for an image of its own gets it.
      if ((pod.annotations.get('sidecar.istio.io/proxyImage') ?? '') !== '') return false;
      const proxy = [...pod.containers, ...pod.initContainers].find(({ name }) => name === 'istio-proxy');
      return proxy !== undefined && !same(proxy.image, wanted);
    });
    if (differing.length > 0) yield { message: `the proxies of ${listed(differing.map(({ name }) => name))} are not of the image that is injected` };
  },
});

/** The image of each injector, by the name of its ConfigMap. */
function injectedImages(mesh: Mesh): Map<string, string> {
  const images = new Map<string, string>();
  for (const { name, data } of mesh.configMaps) {
    if (!name.startsWith('istio-sidecar-injector')) continue;
    const global = field(parseYaml(data.get('values') ?? ''), 'global');
    const image = text(field(field(global, 'proxy'), 'image')) ?? '';
    const tag = field(global, 'tag');
    if (image !== '') images.set(name, image.includes('/') ? image : `${text(field(global, 'hub')) ?? ''}/${image}:${typeof tag === 'number' ? String(tag) : text(tag) ?? ''}`);
  }
  return images;
}

/** A variant of the image, such as `-distroless`, is of the same release. */
function same(image: string, wanted: string): boolean {
  return image === wanted || image.startsWith(`${wanted}-`);
}
