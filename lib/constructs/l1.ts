// The one door to the generated classes: intents import them from here.
export {
  Gateway, DestinationRule, ProxyConfig, ServiceEntry, Sidecar, VirtualService, WorkloadEntry, WorkloadGroup,
} from '../../imports/networking.istio.io.ts';
export type {
  ClientTLSSettings, ConnectionPoolSettings, ConsistentHashLB, CorsPolicy, Destination, DestinationRuleSpec, GatewaySpec, Headers, HTTPDirectResponse,
  HTTPFaultInjection, HTTPMatchRequest, HTTPRedirect, HTTPRetry, HTTPRewrite, HTTPRoute, HTTPRouteDestination, L4MatchAttributes, LoadBalancerSettings,
  OutlierDetection, PortTrafficPolicy, ReadinessProbe, RetryBudget, RouteDestination, Server, ServerTLSSettings, ServiceEntrySpec, SidecarSpec,
  StringMatch, Subset, TCPRoute, TLSMatchAttributes, TLSRoute, TrafficPolicy, VirtualServiceSpec, WorkloadEntrySpec, WorkloadGroupSpec,
} from '../../imports/networking.istio.io.ts';
export { TrafficExtension, WasmPlugin } from '../../imports/extensions.istio.io.ts';
export type { TrafficSelector, WasmConfig } from '../../imports/extensions.istio.io.ts';
export { AuthorizationPolicy, PeerAuthentication, RequestAuthentication } from '../../imports/security.istio.io.ts';
export type {
  AuthorizationPolicySpec, Condition, JWTRule, Operation, PeerAuthenticationSpec, RequestAuthenticationSpec, Rule, RuleFrom, Source,
} from '../../imports/security.istio.io.ts';
export { PodMonitor, PrometheusRule, ServiceMonitor, type PodMonitorProps, type ServiceMonitorProps } from '../../imports/monitoring.coreos.com.ts';
export { Telemetry } from '../../imports/telemetry.istio.io.ts';
export type { TelemetrySpec } from '../../imports/telemetry.istio.io.ts';
export { Certificate, Issuer, type CertificateSpec } from '../../imports/cert-manager.io.ts';
export { duration, type GoDuration } from '../../imports/duration.ts';
export { applyPatches, checkPatches } from '../../imports/patch.ts';
export { Application } from '../../imports/argoproj.io.ts';
export { HelmRelease } from '../../imports/helm.toolkit.fluxcd.io.ts';
export { HelmRepository, OCIRepository } from '../../imports/source.toolkit.fluxcd.io.ts';
export { Istio, IstioCNI, IstioRevisionTag, ZTunnel } from '../../imports/sailoperator.io.ts';
export type { IstioCNISpecValues, IstioSpec, IstioSpecValues, ZTunnelSpec, ZTunnelSpecValues } from '../../imports/sailoperator.io.ts';
export { facts as sailFacts } from '../../imports/facts/sailoperator.io.js';
export { Gateway as KubernetesGateway } from '../../imports/gateway.networking.k8s.io.ts';
