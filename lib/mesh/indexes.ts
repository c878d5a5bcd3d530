import { addressText } from './addresses.ts';
import { HostIndex } from './queries/host-index.ts';
import { indexOf, type IndexDefinition } from './keyed.ts';
import { routeKindNames, workloadKindNames, type KindName } from './kinds.ts';
import { runsGateway } from './entities/workload.ts';
import { selectorIndexOf } from './selector-index.ts';

/** An object by its own `namespace/name`. */
const fullName = ({ namespace, name }: { readonly namespace: string; readonly name: string }): readonly string[] => [`${namespace}/${name}`];
const ownNamespace = ({ namespace }: { readonly namespace: string }): readonly string[] => [namespace];

export const namespaceByName = indexOf('namespace', ['Namespace'], ({ name }) => [name]);
export const serviceByName = indexOf('service', ['Service'], fullName);
export const serviceEntryByName = indexOf('service entry', ['ServiceEntry'], fullName);
export const gatewayByName = indexOf('gateway', ['Gateway'], fullName);
export const kubernetesGatewayByName = indexOf('kubernetes gateway', ['KubernetesGateway'], fullName);
export const secretByName = indexOf('secret', ['Secret'], fullName);
export const serviceAccountByName = indexOf('service account', ['ServiceAccount'], fullName);
export const configMapByName = indexOf('config map', ['ConfigMap'], ({ name }) => [name]);
export const nodeByName = indexOf('node', ['Node'], ({ name }) => [name]);

/** Namespaces in which something stands. */
export const anythingByNamespace: IndexDefinition = { name: 'anything', of: 'every', keys: ownNamespace };

export const workloadByName = indexOf('workload', workloadKindNames, fullName);

export const workloadsOf = indexOf('workload of namespace', workloadKindNames, ownNamespace);

/** Workloads by `namespace label=value`. */
export const workloadsByLabel = indexOf('workload label', workloadKindNames, ({ namespace, podLabels }) => [...podLabels].map(([key, text]) => `${namespace} ${key}=${text}`));

/** Workloads of all namespaces by `label=value`. */
export const workloadsByLabelAnywhere = indexOf('workload label anywhere', workloadKindNames, ({ podLabels }) => [...podLabels].map(([key, text]) => `${key}=${text}`));

/** Workloads by `namespace/service account`. */
export const workloadsByServiceAccount = indexOf('workload service account', workloadKindNames, ({ namespace, serviceAccount }) => [`${namespace}/${serviceAccount}`]);

/** Namespaces and workloads that are in ambient mode, or say so. */
export const sayingAmbient = indexOf('in ambient mode', ['Namespace', ...workloadKindNames], on => {
  const ambient = 'podLabels' in on ? on.podLabels.get('istio.io/dataplane-mode') === 'ambient' || on.podAnnotations.get('ambient.istio.io/redirection') === 'enabled' : on.ambient;
  return ambient ? [''] : [];
});

/** Workloads that are proxies by themselves. */
export const gatewayWorkloads = indexOf('gateway workload', workloadKindNames, workload => (runsGateway(workload) ? [''] : []));

/** Services by namespace and selector; those without one have no workloads. */
export const servicesSelecting = selectorIndexOf('service selector', ['Service'], ({ namespace, selector }) => (selector.size > 0 ? namespace : undefined), ({ selector }) => selector);

/** Who answers to which host: Services before ServiceEntries, older before newer. */
export const hostOwners = indexOf('host', ['Service', 'ServiceEntry'], owner => HostIndex.keys('hosts' in owner ? owner.hosts : [owner.host]));

/** Services and ServiceEntries by the wildcards that cover them label by label: `*.shop.svc.cluster.local`. */
export const hostsBelow = indexOf('host below', ['Service', 'ServiceEntry'], owner => ('hosts' in owner ? owner.hosts : [owner.host]).flatMap(HostIndex.above));

export const destinationRulesOfHost = indexOf('destination rule', ['DestinationRule'], ({ fullHost }) => HostIndex.keys([fullHost]));
/** Services and ServiceEntries by the ports that they offer. */
export const ownersByPort = indexOf('port', ['Service', 'ServiceEntry'], ({ ports }) => ports.map(({ number }) => String(number)));

/** Services and ServiceEntries by each address of theirs, as text in order; `blocks` for those that have blocks of addresses. */
export const ownersByAddress = indexOf('address', ['Service', 'ServiceEntry'], owner => ('hosts' in owner ? owner.addresses : owner.clusterIps).map(address => (address.includes('/') ? 'blocks' : addressText(address) ?? address)));

/** ServiceEntries by the addresses of their endpoints. */
export const serviceEntriesByEndpoint = indexOf('endpoint', ['ServiceEntry'], ({ endpoints }) => endpoints.map(({ address }) => address));

/** ServiceEntries with a workload selector, by namespace. */
export const serviceEntriesSelecting = indexOf('service entry selecting', ['ServiceEntry'], ({ namespace, workloadSelector }) => (workloadSelector && workloadSelector.size > 0 ? [namespace] : []));

/** Pods by address. */
export const podsByAddress = indexOf('pod address', ['Pod'], ({ ips }) => ips.map(ip => addressText(ip) ?? ip));

/** EndpointSlices by `namespace/name` of their Service. */
export const endpointSlicesOf = indexOf('endpoint slice', ['EndpointSlice'], ({ namespace, labels }) => [`${namespace}/${labels.get('kubernetes.io/service-name') ?? ''}`]);

export const virtualServiceByName = indexOf('virtual service by name', ['VirtualService'], fullName);
export const virtualServicesOfHost = indexOf('virtual service', ['VirtualService'], ({ fullHosts }) => HostIndex.keys(fullHosts));

/** VirtualServices by `namespace/name` of a gateway, or `mesh`. */
export const virtualServicesOfGateway = indexOf('virtual service of gateway', ['VirtualService'], ({ gateways }) => gateways);

/** VirtualServices by the full hosts of their destinations. */
export const virtualServicesToHost = indexOf('virtual service to host', ['VirtualService'], ({ routes }) => routes.flatMap(({ destinations, mirrors }) => [...destinations, ...mirrors].map(({ fullHost }) => fullHost)));

export const gatewaysByPort = indexOf('gateway port', ['Gateway'], ({ servers }) => servers.map(({ port }) => String(port)));
export const gatewaysOf = indexOf('gateway of namespace', ['Gateway'], ownNamespace);

/** Gateways by each `label=value` of their selector. */
export const gatewaysBySelector = indexOf('gateway selector', ['Gateway'], ({ selector }) => [...selector].map(([key, text]) => `${key}=${text}`));

export const servicesOf = indexOf('service of namespace', ['Service'], ownNamespace);
export const serviceAccountsOf = indexOf('service account of namespace', ['ServiceAccount'], ownNamespace);
export const workloadEntriesOf = indexOf('workload entry', ['WorkloadEntry'], ownNamespace);
export const workloadGroupsOf = indexOf('workload group', ['WorkloadGroup'], ownNamespace);
/** Sidecars by namespace and selector. */
export const sidecarsSelecting = selectorIndexOf('sidecar selector', ['Sidecar'], ({ namespace }) => namespace, ({ workloadSelector }) => workloadSelector);

const policyKindNames = ['PeerAuthentication', 'RequestAuthentication', 'AuthorizationPolicy', 'Telemetry', 'WasmPlugin', 'TrafficExtension', 'EnvoyFilter'] as const satisfies readonly KindName[];

/** Policies by `kind namespace` and selector; those that are attached by targetRefs are not among them. */
export const policiesBySelector = selectorIndexOf('policy selector', policyKindNames, ({ kind, namespace, targetRefs }) => (targetRefs.length > 0 ? undefined : `${kind} ${namespace}`), ({ selector }) => selector);

/** Policies by `kind namespace/name` of what they are attached to. */
export const policiesByTarget = indexOf('policy target', policyKindNames, ({ namespace, targetRefs }) => targetRefs.map(({ kind, name }) => `${kind} ${namespace}/${name}`));

export const telemetriesOf = indexOf('telemetry', ['Telemetry'], ownNamespace);
export const podsOf = indexOf('pod', ['Pod'], ownNamespace);
export const kubernetesGatewaysOf = indexOf('kubernetes gateway of namespace', ['KubernetesGateway'], ownNamespace);

/** Routes of the Gateway API by `kind namespace/name` of what they are attached to. */
export const kubernetesRoutesOf = indexOf('kubernetes route', routeKindNames, ({ parents }) => parents.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`));

/** ListenerSets by `namespace/name` of the Gateway that they add to. */
export const listenerSetsOf = indexOf('listener set', ['ListenerSet'], ({ gateway }) => [`${gateway.namespace}/${gateway.name}`]);
export const gatewayClassByName = indexOf('gateway class', ['GatewayClass'], ({ name }) => [name]);

/** BackendTLSPolicies by `kind namespace/name` of what they are attached to. */
export const backendTlsPoliciesOf = indexOf('backend TLS policy', ['BackendTLSPolicy'], ({ namespace, targets }) => targets.map(({ kind, name }) => `${kind} ${namespace}/${name}`));

export const networkPoliciesOf = indexOf('network policy', ['NetworkPolicy'], ownNamespace);

/** ClusterRoles by name, Roles by `namespace/name`. */
export const roleByName = indexOf('role', ['Role', 'ClusterRole'], ({ namespace, name }) => [namespace === '' ? name : `${namespace}/${name}`]);

/** Gateways by `port host` of their servers. */
export const gatewaysByHost = indexOf('gateway host', ['Gateway'], ({ servers }) => servers.flatMap(({ port, hosts }) => hosts.map(({ host }) => `${port} ${host}`)));
