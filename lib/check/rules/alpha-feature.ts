import { defineRuleOfEvery, yaml } from '../rule.ts';

const alphaKinds: ReadonlySet<string> = new Set([
  'networking.istio.io/EnvoyFilter', 'extensions.istio.io/WasmPlugin', 'extensions.istio.io/TrafficExtension',
  ...['TCPRoute', 'TLSRoute', 'UDPRoute', 'BackendTLSPolicy'].map(kind => `gateway.networking.k8s.io/${kind}`),
  ...['XListenerSet', 'XBackendTrafficPolicy', 'XMesh'].map(kind => `gateway.networking.x-k8s.io/${kind}`),
]);

export const alphaFeature = defineRuleOfEvery({
  id: 'MW0423',
  name: 'alpha-feature',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'The mesh leans on an alpha feature',
  why: 'Istio makes no promise about what is alpha: it may change or go in any release, and weaknesses in it are no reason for a security release.',
  fix: 'Look for a stable way; where there is none, try it out at each upgrade.',
  source: 'https://istio.io/latest/docs/releases/feature-stages/',
  of: alphaKinds,
  examples: {
    bad: yaml`
      apiVersion: extensions.istio.io/v1alpha1
      kind: WasmPlugin
      metadata: { name: filter, namespace: shop }
      spec: { url: "file:///opt/filter.wasm" }
    `,
    good: yaml`
      apiVersion: telemetry.istio.io/v1
      kind: Telemetry
      metadata: { name: default, namespace: shop }
      spec: { accessLogging: [{ providers: [{ name: envoy }] }] }
    `,
  },

  *check(on) {
    if (on.manifest.object.apiVersion.includes('alpha')) yield { at: 'apiVersion', message: `${on.kind} is alpha in ${on.manifest.object.apiVersion}` };
  },
});
