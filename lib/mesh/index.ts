export { readManifests, type KubernetesObject, type Limits, type Manifest, type Problem, type SourceText } from '../manifest/index.ts';
export type { Clause, Dimension, DimensionKind, From, Interval, Pred, Rule, Stage, Test } from './conditions.ts';
export { kindOf } from './conditions.ts';
export { addressText, intervalOf, portInterval, portText } from './addresses.ts';
export type {
  ConnectionRule, ConnectionStage, ConnectionTreatment, Cors, DirectResponse, Fault, Forward, HeaderOperation, HttpRule, HttpStage, HttpTreatment,
  MirrorTo, NotFound, NotModelled, PathRewrite, Redirect, Retries, Share, Target, VirtualHost,
} from './treatments.ts';
export { indexOf, type Change, type IndexDefinition } from './keyed.ts';
export { kindKey, kinds, keyOfKind, routeKindNames, workloadKindNames, type KindName, type Kinds } from './kinds.ts';
export { LayeredMap } from './layered-map.ts';
export { Mesh, type Difference, type MeshChange, type MeshOptions } from './mesh.ts';
export * as indexes from './indexes.ts';
export type { ConfigMap } from './entities/config-map.ts';
export type { DestinationRule, Subset, TrafficPolicy } from './entities/destination-rule.ts';
export { isClusterScoped, type Entity } from './entities/entity.ts';
export type { BackendTlsPolicy } from './entities/backend-tls-policy.ts';
export type { KubernetesGateway, KubernetesRoute, Listener, ListenerSet, ListenerTls, ParentReference, Reference, ReferenceGrant } from './entities/gateway-api.ts';
export type { Gateway, Server, ServerHost } from './entities/gateway.ts';
export { covers, fullHost, hostsMeet } from './entities/hosts.ts';
export { claimDimension } from './entities/claim.ts';
export type { JwtKey, JwtRule, TokenPlace } from './entities/jwt-rule.ts';
export type { MeshConfig } from './entities/mesh-config.ts';
export { isSystemNamespace, type NamespaceEntity } from './entities/namespace.ts';
export type {
  AuthorizationPolicy, AuthorizationRule, EnvoyFilter, MtlsMode, Operation, PeerAuthentication, Policy, RequestAuthentication, Source,
  TargetRef, Telemetry,
} from './entities/policies.ts';
export { isHttp, isTls, protocolNamed, protocolOf, type Protocol } from './entities/protocol.ts';
export type { Certificate, Secret } from './entities/secret.ts';
export { labelsPass, selects, selectorText, type LabelSelector, type Selector } from './entities/selector.ts';
export type { Endpoint, ServiceEntry, ServiceEntryPort, WorkloadEntry, WorkloadGroup } from './entities/service-entry.ts';
export type { Service, ServicePort } from './entities/service.ts';
export type { EgressHost, EgressListener, Sidecar } from './entities/sidecar.ts';
export type { Destination, Route, VirtualService } from './entities/virtual-service.ts';
export { isVisible, type Visibility } from './entities/visibility.ts';
export type { Webhook, WebhookConfiguration } from './entities/webhook-configuration.ts';
export type { Container, Workload } from './entities/workload.ts';
export { mayBeGatewayElsewhere, workloadsOfGateway } from './queries/gateway-workloads.ts';
export { HostIndex } from './queries/host-index.ts';
export { hasSidecar, isAmbient } from './queries/in-mesh.ts';
export { ownersOf, portsOf, type HostOwner } from './queries/known-host.ts';
export { accessThroughZtunnel, accessTo, type Access, type CustomVerdict } from './queries/access.ts';
export { mtlsModeOf, mtlsModeOfNamespace, type MtlsDecision } from './queries/peer-authentication.ts';
export { authorizationPoliciesFor, requestAuthenticationsFor, type PolicyTarget } from './queries/policies-for.ts';
export { ownerNamed } from './queries/owner-named.ts';
export { backendTls } from './queries/gateway-api/backend-tls.ts';
export { gatewayChains, type GatewayChain } from './queries/gateway-api/gateway-chains.ts';
export { isServedByIstio } from './queries/gateway-api/is-served.ts';
export { listenersOf, type GatewayListener } from './queries/gateway-api/listeners-of.ts';
export { serviceRoutes, type ServiceRoutes } from './queries/gateway-api/service-routes.ts';
