export { positionOf, readManifests, type KubernetesObject, type Limits, type Manifest, type Problem, type SourceText } from '../manifest/index.ts';
export type { Clause, Dimension, DimensionKind, From, Interval, Pred, Rule, Stage, Test } from './conditions.ts';
export { kindOf } from './conditions.ts';
export { addressOf, addressText, intervalOf, portInterval, portText } from './addresses.ts';
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
export { somePolicy, type DestinationRule, type Subset, type TrafficPolicy } from './entities/destination-rule.ts';
export { isClusterScoped, type Entity } from './entities/entity.ts';
export type { BackendTlsPolicy } from './entities/backend-tls-policy.ts';
export type { KubernetesGateway, KubernetesRoute, Listener, ListenerSet, ListenerTls, ParentReference, Reference, ReferenceGrant } from './entities/gateway-api.ts';
export type { Gateway, Server, ServerHost } from './entities/gateway.ts';
export { covers, fullHost, hostsMeet } from './entities/hosts.ts';
export { claimDimension } from './entities/claim.ts';
export type { JwtKey, JwtRule, TokenPlace } from './entities/jwt-rule.ts';
export type { Installation } from './entities/installation.ts';
export type { MeshConfig } from './entities/mesh-config.ts';
export { isSystemNamespace, type NamespaceEntity } from './entities/namespace.ts';
export type { NetworkPolicy } from './entities/network-policy.ts';
export type {
  AuthorizationPolicy, AuthorizationRule, EnvoyFilter, Extension, MtlsMode, Operation, PeerAuthentication, Policy, RequestAuthentication, Source,
  TargetRef, Telemetry,
} from './entities/policies.ts';
export { isHttp, isTls, protocolNamed, protocolOf, type Protocol } from './entities/protocol.ts';
export { grantedVerbs, type Role, type RoleBinding } from './entities/rbac.ts';
export type { Certificate, Secret } from './entities/secret.ts';
export { labelsPass, selects, selectorText, type LabelSelector, type Selector } from './entities/selector.ts';
export type { Endpoint, ServiceEntry, ServiceEntryPort, WorkloadEntry, WorkloadGroup } from './entities/service-entry.ts';
export type { Service, ServicePort } from './entities/service.ts';
export type { EgressHost, EgressListener, IngressListener, Sidecar } from './entities/sidecar.ts';
export type { Destination, Route, VirtualService } from './entities/virtual-service.ts';
export { isVisible, visibilitiesMeet, type Visibility } from './entities/visibility.ts';
export type { Webhook, WebhookConfiguration } from './entities/webhook-configuration.ts';
export { runsGateway, workloadPort, type Container, type Workload } from './entities/workload.ts';
export { mayBeGatewayElsewhere, workloadsOfGateway } from './queries/gateway-workloads.ts';
export { HostIndex } from './queries/host-index.ts';
export { hasAmbient, hasSidecar, isAmbient } from './queries/in-mesh.ts';
export { ownersOf, portsOf, type HostOwner } from './queries/known-host.ts';
export { accessThroughZtunnel, accessTo, type Access, type CustomVerdict } from './queries/access.ts';
export { mtlsModeOf, mtlsModeOfNamespace, type MtlsDecision } from './queries/peer-authentication.ts';
export { authorizationPoliciesFor, envoyFiltersFor, extensionsFor, requestAuthenticationsFor, type PolicyTarget } from './queries/policies-for.ts';
export { policiesSelecting } from './queries/policies-selecting.ts';
export { meshConfigObject } from './queries/mesh-config-object.ts';
export { ownerNamed } from './queries/owner-named.ts';
export { backendTls } from './queries/gateway-api/backend-tls.ts';
export { gatewayApiPort } from './queries/gateway-api/gateway-api-port.ts';
export { isServedByIstio } from './queries/gateway-api/is-served.ts';
export { admits, listenersOf, type GatewayListener } from './queries/gateway-api/listeners-of.ts';
export { mayRefer } from './queries/gateway-api/may-refer.ts';
export { serviceRoutes, type ServiceRoutes } from './queries/gateway-api/service-routes.ts';
export type { HttpActions } from './entities/http-actions.ts';
export { httpMatchOf, type HttpMatch } from './entities/http-match.ts';
export { sniClause, tcpStage, tlsStage } from './queries/connection-rules.ts';
export { destinationRuleFor, type MergedDestinationRule } from './queries/destination-rule-for.ts';
export { effectivePolicy, type EffectivePolicy, type PolicyPart } from './queries/effective-policy.ts';
export { endpointsOf, knowsWorkloads, type ServiceEndpoint } from './queries/endpoints-of.ts';
export { gatewayPort, type ConnectionChain, type GatewayPort, type GatewayVirtualHost, type HttpChain, type TlsChain } from './queries/gateway-port.ts';
export { gatewayServers } from './queries/gateway-servers.ts';
export { httpRules, type RouteContext } from './queries/http-rules.ts';
export { isService as isServiceOwner, ofOwner, registeredService, type RegisteredPort, type RegisteredService } from './queries/registered-service.ts';
export { fullNames, hostName } from './queries/service-domains.ts';
export { hasAddress, servicesAtAddress } from './queries/services-at-address.ts';
export { servicesOnPort } from './queries/services-on-port.ts';
export { servicesTargeting, type Target as ServiceTarget } from './queries/services-targeting.ts';
export { importsService, scopeAt, sidecarFor, type Scope } from './queries/sidecar-scope.ts';
export { httpServiceAt, seenService, sidecarVirtualHost, virtualHostOf, type SidecarVirtualHost } from './queries/sidecar-virtual-host.ts';
export { virtualServicesForSidecar } from './queries/virtual-services-for.ts';
export { workloadAtAddress } from './queries/workload-at-address.ts';
export { knownHostNames } from './queries/known-host-names.ts';
export { ingressesAsGateways } from './queries/ingresses-as-gateways.ts';
export { consistentHashOf, type ConsistentHash } from './queries/consistent-hash.ts';
export {
  ingressUsesWaypoint, waypointOf, waypointOfNamespace, waypointOfService, waypointOfWorkload, waypointTraffic, type Waypoint, type WaypointTraffic, type WaypointTrouble,
} from './queries/waypoint-of.ts';
export { waypointVirtualHost } from './queries/waypoint-rules.ts';
export { calleesOf } from './queries/calls.ts';
export { callsTo, longestCall, longestOf, someCallsEnd, virtualServiceOf, type Call, type LongestCall } from './queries/call-cost.ts';
export { httpEntries, type HttpEntry } from './queries/http-entries.ts';
export { clausesOf } from './queries/match-clauses.ts';
export { implies } from './queries/implies.ts';
export { isAmbientService } from './queries/ambient-service.ts';
export { beyondZtunnel } from './queries/beyond-ztunnel.ts';
