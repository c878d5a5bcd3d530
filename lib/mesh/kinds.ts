import { configMapOf, type ConfigMap } from './entities/config-map.ts';
import { destinationRuleOf, type DestinationRule } from './entities/destination-rule.ts';
import type { Entity } from './entities/entity.ts';
import { backendTlsPolicyOf, type BackendTlsPolicy } from './entities/backend-tls-policy.ts';
import {
  kubernetesGatewayOf, kubernetesRouteOf, listenerSetOf, referenceGrantOf, type KubernetesGateway, type KubernetesRoute, type ListenerSet, type ReferenceGrant,
} from './entities/gateway-api.ts';
import { gatewayOf, type Gateway } from './entities/gateway.ts';
import { installationOf, type Installation } from './entities/installation.ts';
import type { MeshConfig } from './entities/mesh-config.ts';
import { namespaceOf, type NamespaceEntity } from './entities/namespace.ts';
import { networkPolicyOf, type NetworkPolicy } from './entities/network-policy.ts';
import {
  authorizationPolicyOf, envoyFilterOf, extensionOf, peerAuthenticationOf, requestAuthenticationOf, telemetryOf, type AuthorizationPolicy, type EnvoyFilter,
  type Extension, type PeerAuthentication, type RequestAuthentication, type Telemetry,
} from './entities/policies.ts';
import { roleBindingOf, roleOf, type Role, type RoleBinding } from './entities/rbac.ts';
import { secretOf, type Secret } from './entities/secret.ts';
import { serviceEntryOf, workloadEntryOf, workloadGroupOf, type ServiceEntry, type WorkloadEntry, type WorkloadGroup } from './entities/service-entry.ts';
import { serviceOf, type Service } from './entities/service.ts';
import { sidecarOf, type Sidecar } from './entities/sidecar.ts';
import { virtualServiceOf, type VirtualService } from './entities/virtual-service.ts';
import { webhookConfigurationOf, type WebhookConfiguration } from './entities/webhook-configuration.ts';
import { workloadOf, type Workload } from './entities/workload.ts';

/** The kinds that a mesh gives a meaning to, and what an object of each becomes. Others are entities without more. */
export interface Kinds {
  readonly Namespace: NamespaceEntity;
  readonly Service: Service;
  readonly ConfigMap: ConfigMap;
  readonly Secret: Secret;
  readonly ServiceAccount: Entity;
  readonly EndpointSlice: Entity;
  readonly Ingress: Entity;
  readonly Node: Entity;
  readonly CustomResourceDefinition: Entity;
  readonly MutatingWebhookConfiguration: WebhookConfiguration;
  readonly ValidatingWebhookConfiguration: WebhookConfiguration;
  readonly Pod: Workload;
  readonly Deployment: Workload;
  readonly StatefulSet: Workload;
  readonly DaemonSet: Workload;
  readonly ReplicaSet: Workload;
  readonly ReplicationController: Workload;
  readonly Job: Workload;
  readonly CronJob: Workload;
  readonly VirtualService: VirtualService;
  readonly DestinationRule: DestinationRule;
  readonly Gateway: Gateway;
  readonly ServiceEntry: ServiceEntry;
  readonly WorkloadEntry: WorkloadEntry;
  readonly WorkloadGroup: WorkloadGroup;
  readonly Sidecar: Sidecar;
  readonly EnvoyFilter: EnvoyFilter;
  readonly PeerAuthentication: PeerAuthentication;
  readonly RequestAuthentication: RequestAuthentication;
  readonly AuthorizationPolicy: AuthorizationPolicy;
  readonly Telemetry: Telemetry;
  readonly WasmPlugin: Extension;
  readonly TrafficExtension: Extension;
  /** The Gateway of the Gateway API. */
  readonly KubernetesGateway: KubernetesGateway;
  readonly HTTPRoute: KubernetesRoute;
  readonly GRPCRoute: KubernetesRoute;
  readonly TLSRoute: KubernetesRoute;
  readonly TCPRoute: KubernetesRoute;
  readonly UDPRoute: KubernetesRoute;
  readonly ReferenceGrant: ReferenceGrant;
  readonly ListenerSet: ListenerSet;
  readonly GatewayClass: Entity;
  readonly BackendTLSPolicy: BackendTlsPolicy;
  readonly NetworkPolicy: NetworkPolicy;
  readonly Role: Role;
  readonly ClusterRole: Role;
  readonly RoleBinding: RoleBinding;
  readonly ClusterRoleBinding: RoleBinding;
  /** An Istio of the Sail operator. */
  readonly SailIstio: Installation;
  readonly IstioCNI: Entity;
  readonly IstioOperator: Installation;
  /** A certificate that cert-manager issues. */
  readonly Certificate: Entity;
}

export type KindName = keyof Kinds;

/** How objects of a kind are read. */
export interface Kind<Result extends Entity = Entity> {
  readonly group: string;
  readonly kind: string;
  read(entity: Entity, config: MeshConfig): Result;
}

const networking = 'networking.istio.io';
const security = 'security.istio.io';
const rbac = 'rbac.authorization.k8s.io';
const sail = 'sailoperator.io';
const gatewayApi = 'gateway.networking.k8s.io';
const admission = 'admissionregistration.k8s.io';
const asItIs = (entity: Entity): Entity => entity;

export const kinds: { readonly [Name in KindName]: Kind<Kinds[Name]> } = {
  Namespace: { group: '', kind: 'Namespace', read: namespaceOf },
  Service: { group: '', kind: 'Service', read: serviceOf },
  ConfigMap: { group: '', kind: 'ConfigMap', read: configMapOf },
  Secret: { group: '', kind: 'Secret', read: secretOf },
  ServiceAccount: { group: '', kind: 'ServiceAccount', read: asItIs },
  EndpointSlice: { group: 'discovery.k8s.io', kind: 'EndpointSlice', read: asItIs },
  Ingress: { group: 'networking.k8s.io', kind: 'Ingress', read: asItIs },
  Node: { group: '', kind: 'Node', read: asItIs },
  CustomResourceDefinition: { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition', read: asItIs },
  MutatingWebhookConfiguration: { group: admission, kind: 'MutatingWebhookConfiguration', read: webhookConfigurationOf },
  ValidatingWebhookConfiguration: { group: admission, kind: 'ValidatingWebhookConfiguration', read: webhookConfigurationOf },
  Pod: { group: '', kind: 'Pod', read: workloadOf },
  Deployment: { group: 'apps', kind: 'Deployment', read: workloadOf },
  StatefulSet: { group: 'apps', kind: 'StatefulSet', read: workloadOf },
  DaemonSet: { group: 'apps', kind: 'DaemonSet', read: workloadOf },
  ReplicaSet: { group: 'apps', kind: 'ReplicaSet', read: workloadOf },
  ReplicationController: { group: '', kind: 'ReplicationController', read: workloadOf },
  Job: { group: 'batch', kind: 'Job', read: workloadOf },
  CronJob: { group: 'batch', kind: 'CronJob', read: workloadOf },
  VirtualService: { group: networking, kind: 'VirtualService', read: virtualServiceOf },
  DestinationRule: { group: networking, kind: 'DestinationRule', read: destinationRuleOf },
  Gateway: { group: networking, kind: 'Gateway', read: gatewayOf },
  ServiceEntry: { group: networking, kind: 'ServiceEntry', read: serviceEntryOf },
  WorkloadEntry: { group: networking, kind: 'WorkloadEntry', read: workloadEntryOf },
  WorkloadGroup: { group: networking, kind: 'WorkloadGroup', read: workloadGroupOf },
  Sidecar: { group: networking, kind: 'Sidecar', read: sidecarOf },
  EnvoyFilter: { group: networking, kind: 'EnvoyFilter', read: envoyFilterOf },
  PeerAuthentication: { group: security, kind: 'PeerAuthentication', read: peerAuthenticationOf },
  RequestAuthentication: { group: security, kind: 'RequestAuthentication', read: requestAuthenticationOf },
  AuthorizationPolicy: { group: security, kind: 'AuthorizationPolicy', read: authorizationPolicyOf },
  Telemetry: { group: 'telemetry.istio.io', kind: 'Telemetry', read: telemetryOf },
  WasmPlugin: { group: 'extensions.istio.io', kind: 'WasmPlugin', read: extensionOf },
  TrafficExtension: { group: 'extensions.istio.io', kind: 'TrafficExtension', read: extensionOf },
  KubernetesGateway: { group: gatewayApi, kind: 'Gateway', read: kubernetesGatewayOf },
  HTTPRoute: { group: gatewayApi, kind: 'HTTPRoute', read: kubernetesRouteOf },
  GRPCRoute: { group: gatewayApi, kind: 'GRPCRoute', read: kubernetesRouteOf },
  TLSRoute: { group: gatewayApi, kind: 'TLSRoute', read: kubernetesRouteOf },
  TCPRoute: { group: gatewayApi, kind: 'TCPRoute', read: kubernetesRouteOf },
  UDPRoute: { group: gatewayApi, kind: 'UDPRoute', read: kubernetesRouteOf },
  ReferenceGrant: { group: gatewayApi, kind: 'ReferenceGrant', read: referenceGrantOf },
  ListenerSet: { group: gatewayApi, kind: 'ListenerSet', read: listenerSetOf },
  GatewayClass: { group: gatewayApi, kind: 'GatewayClass', read: asItIs },
  BackendTLSPolicy: { group: gatewayApi, kind: 'BackendTLSPolicy', read: backendTlsPolicyOf },
  NetworkPolicy: { group: 'networking.k8s.io', kind: 'NetworkPolicy', read: networkPolicyOf },
  Role: { group: rbac, kind: 'Role', read: roleOf },
  ClusterRole: { group: rbac, kind: 'ClusterRole', read: roleOf },
  RoleBinding: { group: rbac, kind: 'RoleBinding', read: roleBindingOf },
  ClusterRoleBinding: { group: rbac, kind: 'ClusterRoleBinding', read: roleBindingOf },
  SailIstio: { group: sail, kind: 'Istio', read: installationOf },
  IstioCNI: { group: sail, kind: 'IstioCNI', read: asItIs },
  IstioOperator: { group: 'install.istio.io', kind: 'IstioOperator', read: installationOf },
  Certificate: { group: 'cert-manager.io', kind: 'Certificate', read: asItIs },
};

/** Kinds whose objects run, or make what runs. */
export const workloadKindNames = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob', 'Pod'] as const satisfies readonly KindName[];

export const routeKindNames = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const satisfies readonly KindName[];

/** `group/Kind`: the name of a kind among the objects of a mesh. */
export function kindKey({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}

/** The key of a kind that a mesh knows by name. */
export const keyOfKind: { readonly [Name in KindName]: string } = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, kindKey(kind)])) as { readonly [Name in KindName]: string };

/** How an object of `group/Kind` is read. */
export const kindByKey: ReadonlyMap<string, Kind> = new Map(Object.values<Kind>(kinds).map(kind => [kindKey(kind), kind]));
