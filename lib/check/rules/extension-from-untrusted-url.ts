import { defineRule, yaml } from '../rule.ts';

export const extensionFromUntrustedUrl = defineRule({
  id: 'MW0422',
  name: 'extension-from-untrusted-url',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A proxy loads code that nobody pinned',
  why: 'Whoever can change what stands at the address runs code in the proxies, which see all requests in the clear.',
  fix: 'Load it by digest (`oci://registry/image@sha256:…`), or over https with sha256.',
  source: 'https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/#WasmPlugin',
  of: ['WasmPlugin', 'TrafficExtension', 'EnvoyFilter'],
  examples: {
    bad: yaml`
      apiVersion: extensions.istio.io/v1alpha1
      kind: WasmPlugin
      metadata: { name: filter, namespace: shop }
      spec: { url: "oci://registry.example.com/filter:latest" }
    `,
    good: yaml`
      apiVersion: extensions.istio.io/v1alpha1
      kind: WasmPlugin
      metadata: { name: filter, namespace: shop }
      spec: { url: "oci://registry.example.com/filter@sha256:1e9c86e9a3b9d0ff1d1e6d5b9a2a1f7e5c8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c" }
    `,
  },

  *check(on) {
    if ('patches' in on) {
      for (const { remoteCode, path } of on.patches) for (const uri of remoteCode) if (/^http:/i.test(uri)) yield { at: `${path}.patch.value`, message: `code comes from ${uri}, without TLS` };
      return;
    }
    const { url, sha256, urlPath } = on;
    if (url === '' || url.startsWith('file://')) return;
    if (/^http:/i.test(url) && sha256 === '') yield { at: urlPath, message: `code comes from ${url}, without TLS and without a hash` };
    else if (sha256 === '' && !/@sha256:[0-9a-f]{64}$/.test(url)) yield { at: urlPath, message: `code comes from ${url}, without a hash` };
  },
});
