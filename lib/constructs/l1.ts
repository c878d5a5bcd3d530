// The one door to the generated classes: intents import them from here.
export { Gateway, DestinationRule, Sidecar, VirtualService } from '../../imports/networking.istio.io.ts';
export type {
  DestinationRuleSpec, GatewaySpec, HTTPMatchRequest, HTTPRetry, HTTPRouteDestination, SidecarSpec, StringMatch, Subset, ToRoute,
  TrafficPolicy, VirtualServiceSpec,
} from '../../imports/networking.istio.io.ts';
export { AuthorizationPolicy, PeerAuthentication } from '../../imports/security.istio.io.ts';
export type { AuthorizationPolicySpec, Operation, PeerAuthenticationSpec, Rule } from '../../imports/security.istio.io.ts';
export { duration, type GoDuration } from '../../imports/duration.ts';
export { applyPatches, checkPatches } from '../../imports/patch.ts';
