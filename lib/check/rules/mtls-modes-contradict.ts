import {
  covers, destinationRuleFor, effectivePolicy, hasSidecar, isAmbient, isVisible, mtlsModeOf, proxyKindOf, receptionOf, selects, tlsSentBy, workloadPort, type DestinationRule, type Mesh, type Service,
  type Workload,
} from '../../mesh/index.ts';
import { text } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const mtlsModesContradict = defineRule({
  id: 'MW0331',
  name: 'mtls-modes-contradict',
  category: 'security',
  severity: 'error',
  title: 'A DestinationRule speaks TLS in a way that the workloads behind it do not take',
  why: 'Clients then get 503: mutual TLS to a pod without a proxy fails in the handshake, and a pod that takes mutual TLS only closes every other connection.',
  fix: 'Leave `tls` out, so that Istio chooses by itself (auto mTLS), or make the DestinationRule and the PeerAuthentication agree.',
  alsoKnownAs: ['KIA0205', 'KIA0206', 'KIA0207', 'KIA0208', 'KIA0505', 'KIA0506'],
  of: ['DestinationRule'],
  examples: {
    bad: example('STRICT', 'DISABLE'),
    good: example('STRICT', 'ISTIO_MUTUAL'),
  },

  when: ({ policy, subsets }) => Boolean(policy?.tlsMode) || policy?.ports.some(({ tlsMode }) => tlsMode) === true || subsets.some(subset => subset.policy),

  *check(on, mesh) {
    const wide = on.fullHost.startsWith('*');
    const told = new Set<string>();
    for (const service of servicesOfRule(mesh, on)) {
      // One Service shows what is wrong with a rule for all.
      if (wide && told.size > 0) return;
      for (const { at, message } of contradictions(mesh, on, service)) {
        if (told.has(at)) continue;
        told.add(at);
        yield { at, message };
      }
    }
  },
});

function servicesOfRule(mesh: Mesh, on: DestinationRule): readonly Service[] {
  if (!on.fullHost.startsWith('*')) return mesh.hosts.at(on.fullHost).filter((owner): owner is Service => !('hosts' in owner));
  const known = mesh.derived('services by how they take connections', () => servicesByMode(mesh));
  const modes = new Set([on.policy, ...(on.policy?.ports ?? []), ...on.subsets.flatMap(({ policy }) => (policy ? [policy, ...policy.ports] : []))].flatMap(policy => policy?.tlsMode ?? []));
  const opposed = new Set([...modes].flatMap(mode => (mode === 'ISTIO_MUTUAL' ? ['DISABLE', 'none'] : ['STRICT'])));
  const services = new Set([...opposed].flatMap(mode => known.get(mode) ?? []));
  return [...services].filter(({ host, visibility }) => covers(on.fullHost, host) && isVisible(visibility, on.namespace));
}

/** Services by what their workloads ask of clients on some port: STRICT, DISABLE, or `none` where there is no proxy. */
function servicesByMode(mesh: Mesh): Map<string, Service[]> {
  const found = new Map<string, Service[]>();
  for (const service of mesh.services) {
    const modes = new Set(mesh.workloadsOf(service).flatMap(workload => {
      if (!hasSidecar(mesh, workload) && !isAmbient(mesh, workload)) return ['none'];
      return service.ports.map(({ targetPort }) => mtlsModeOf(mesh, { namespace: workload.namespace, labels: workload.podLabels }, workloadPort(workload, targetPort)).mode);
    }));
    for (const mode of modes) {
      const services = found.get(mode);
      if (services) services.push(service);
      else found.set(mode, [service]);
    }
  }
  return found;
}

function* contradictions(mesh: Mesh, on: DestinationRule, service: Service): Generator<{ readonly at: string; readonly message: string }> {
  const merged = destinationRuleFor(mesh, service.host, service.namespace, { namespace: on.namespace, labels: on.workloadSelector ?? new Map() });
  const workloads = mesh.workloadsOf(service);
  for (const { number, targetPort } of service.ports) {
    for (const subset of ['', ...on.subsets.map(({ name }) => name)]) {
      const tls = effectivePolicy(merged, subset, number).tls;
      if (!tls || tls.from.on !== on) continue;
      const labels = on.subsets.find(({ name }) => name === subset)?.labels ?? new Map<string, string>();
      for (const workload of workloads.filter(({ podLabels }) => selects(labels, podLabels))) {
        const why = whyNot(mesh, workload, text(tls.value.mode) ?? 'DISABLE', workloadPort(workload, targetPort));
        if (why !== undefined) yield { at: `${tls.from.at}.mode`, message: `clients speak ${words(text(tls.value.mode) ?? 'DISABLE')} to port ${number} of ${service.name}, but ${why}` };
      }
    }
  }
}

function whyNot(mesh: Mesh, workload: Workload, mode: string, port = 0): string | undefined {
  const name = `${workload.kind} ${workload.namespace}/${workload.name}`;
  const proxy = proxyKindOf(mesh, workload);
  if (proxy === 'none') return mode === 'ISTIO_MUTUAL' && mesh.has('Namespace') ? `${name} has no proxy` : undefined;
  if (proxy !== 'sidecar' && proxy !== 'ambient') return undefined;
  const { namespace, podLabels: labels, serviceAccount, ips, replicas: count } = workload;
  const sent = tlsSentBy(mode);
  const { security, server, why } = receptionOf(mesh, sent, { workload, namespace, labels, serviceAccount, address: ips[0] ?? '', port, count, name }, proxy);
  if (security !== 'broken') return undefined;
  const said = server?.from ? ` (${server.from.on.kind} ${server.from.on.namespace}/${server.from.on.name})` : '';
  if (server?.mode === 'STRICT') return `${name} ${sent === 'none' ? 'takes mutual TLS only' : 'asks for a client certificate of the mesh'}${said}`;
  return `${name} ${sent === 'istio mutual' ? 'takes no mutual TLS' : `does not take it: ${why ?? ''}`}${said}`;
}

function words(mode: string): string {
  return mode === 'DISABLE' ? 'plaintext' : mode === 'ISTIO_MUTUAL' ? 'mutual TLS (ISTIO_MUTUAL)' : `TLS (${mode})`;
}

function example(server: string, client: string): string {
  return yaml`
    apiVersion: v1
    kind: Namespace
    metadata: { name: shop, labels: { istio-injection: enabled } }
    ---
    apiVersion: v1
    kind: Service
    metadata: { name: reviews, namespace: shop }
    spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: reviews, namespace: shop }
    spec: { template: { metadata: { labels: { app: reviews } } } }
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata: { name: default, namespace: shop }
    spec: { mtls: { mode: ${server} } }
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata: { name: reviews, namespace: shop }
    spec: { host: reviews, trafficPolicy: { tls: { mode: ${client} } } }
  `;
}
