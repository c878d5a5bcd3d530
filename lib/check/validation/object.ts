import { field, identityOf, text, type KubernetesObject } from '../../manifest/index.ts';
import { authorizationPolicy } from './authorization-policy.ts';
import { destinationRule } from './destination-rule.ts';
import { envoyFilter } from './envoy-filter.ts';
import { trafficExtension, wasmPlugin } from './extensions.ts';
import { gateway } from './gateway.ts';
import { peerAuthentication } from './peer-authentication.ts';
import { requestAuthentication } from './request-authentication.ts';
import { shown, type Said, type Say } from './said.ts';
import { workloadSelector } from './selection.ts';
import { serviceEntry, workloadEntry } from './service-entry.ts';
import { sidecar } from './sidecar.ts';
import { telemetry } from './telemetry.ts';
import { virtualService } from './virtual-service.ts';
import { workloadGroup } from './workload-group.ts';

interface Context {
  readonly name: string;
  readonly namespace: string;
  readonly object: KubernetesObject;
}

const kinds: Readonly<Record<string, (say: Say, spec: unknown, context: Context) => void>> = {
  'networking.istio.io/VirtualService': (say, spec, { namespace }) => { virtualService(say, spec, namespace); },
  'networking.istio.io/DestinationRule': (say, spec, { namespace }) => { destinationRule(say, spec, namespace); },
  'networking.istio.io/Gateway': (say, spec, { name }) => { gateway(say, spec, name); },
  'networking.istio.io/ServiceEntry': (say, spec, { namespace, object }) => { serviceEntry(say, spec, namespace, field(object.metadata, 'labels')); },
  'networking.istio.io/WorkloadEntry': (say, spec) => { workloadEntry(say, spec, 'spec'); },
  'networking.istio.io/WorkloadGroup': workloadGroup,
  'networking.istio.io/Sidecar': sidecar,
  'networking.istio.io/EnvoyFilter': envoyFilter,
  'networking.istio.io/ProxyConfig': proxyConfig,
  'security.istio.io/AuthorizationPolicy': authorizationPolicy,
  'security.istio.io/RequestAuthentication': requestAuthentication,
  'security.istio.io/PeerAuthentication': peerAuthentication,
  'telemetry.istio.io/Telemetry': telemetry,
  'extensions.istio.io/WasmPlugin': wasmPlugin,
  'extensions.istio.io/TrafficExtension': trafficExtension,
};

/** The kinds that istiod's webhook looks at, as `group/Kind`. */
export const validatedKinds: readonly string[] = Object.keys(kinds);

/** Annotations that nobody but Istio itself may set. */
const reserved = ['internal.istio.io/webhook-always-reject', 'internal.istio.io/parents', 'internal.istio.io/parent-namespace'];

/**
 * What istiod's webhook says of an object; nothing for kinds that it does not look at. What the schema refuses is left
 * to the schema.
 *
 * Source: istio/istio pkg/config/validation (1.31)
 */
export function validate(object: KubernetesObject, defaultNamespace: string): readonly Said[] {
  const { group, kind, name, namespace } = identityOf(object);
  const rules = kinds[`${group}/${kind}`];
  const all: Said[] = [];
  if (!rules) return all;
  const say: Say = said => { all.push(said); };
  const annotations = field(object.metadata, 'annotations');
  for (const key of reserved) if (text(field(annotations, key)) !== undefined) say({ path: `metadata.annotations[${JSON.stringify(key)}]`, message: `${key} is reserved for Istio itself` });
  const dryRun = text(field(annotations, 'istio.io/dry-run'));
  if (dryRun !== undefined) dryRunAllowed(say, kind, dryRun, text(field(object.spec, 'action')) ?? 'ALLOW');
  rules(say, object.spec, { name, namespace: namespace === '' ? defaultNamespace : namespace, object });
  return all;
}

function dryRunAllowed(say: Say, kind: string, value: string, action: string): void {
  const path = 'metadata.annotations["istio.io/dry-run"]';
  if (kind !== 'AuthorizationPolicy') say({ path, message: 'a dry run is for AuthorizationPolicies only' });
  else if (!/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value)) say({ path, message: `must be true or false, got ${shown(value)}` });
  else if (action !== 'ALLOW' && action !== 'DENY') say({ path, message: `a dry run is for actions ALLOW and DENY, got ${shown(action)}` });
}

function proxyConfig(say: Say, spec: unknown): void {
  workloadSelector(say, field(spec, 'selector'), 'spec.selector', 'matchLabels');
  const concurrency = field(spec, 'concurrency');
  if (typeof concurrency === 'number' && concurrency < 0) say({ path: 'spec.concurrency', message: `must not be negative, got ${concurrency}` });
}
