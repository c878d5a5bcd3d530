import type { Rule } from '../rule.ts';
import { annotationAlpha } from './annotation-alpha.ts';
import { annotationMisused } from './annotation-misused.ts';
import { applicationUidReserved } from './application-uid-reserved.ts';
import { authorizationPolicyHostUnknown } from './authorization-policy-host-unknown.ts';
import { authorizationPolicyMethodUnknown } from './authorization-policy-method-unknown.ts';
import { authorizationPolicyNamespaceUnknown } from './authorization-policy-namespace-unknown.ts';
import { authorizationPolicySelectsNothing } from './authorization-policy-selects-nothing.ts';
import { conditionNegative } from './condition-negative.ts';
import { crdTooOld } from './crd-too-old.ts';
import { delegateRouteDropped } from './delegate-route-dropped.ts';
import { delegateUnknown } from './delegate-unknown.ts';
import { deprecatedField } from './deprecated-field.ts';
import { destinationPortRequired } from './destination-port-required.ts';
import { destinationRuleHostUnknown } from './destination-rule-host-unknown.ts';
import { destinationRuleReachesNobody } from './destination-rule-reaches-nobody.ts';
import { destinationRulesSameHost } from './destination-rules-same-host.ts';
import { destinationTwice } from './destination-twice.ts';
import { destinationUnknown } from './destination-unknown.ts';
import { envoyFilterOperations } from './envoy-filter-operations.ts';
import { exportNamespaceUnknown } from './export-namespace-unknown.ts';
import { externalControlPlane } from './external-control-plane.ts';
import { externalNamePortName } from './external-name-port-name.ts';
import { failoverWithoutOutlierDetection } from './failover-without-outlier-detection.ts';
import { gatewayCertificateShared } from './gateway-certificate-shared.ts';
import { gatewayCredentialUnknown } from './gateway-credential-unknown.ts';
import { gatewayCredentialUnusable } from './gateway-credential-unusable.ts';
import { gatewayHostRepeated } from './gateway-host-repeated.ts';
import { gatewayInternal } from './gateway-internal.ts';
import { gatewayLacksHost } from './gateway-lacks-host.ts';
import { gatewayPortNotOnService } from './gateway-port-not-on-service.ts';
import { gatewaySelectsNothing } from './gateway-selects-nothing.ts';
import { gatewayUnknown } from './gateway-unknown.ts';
import { gatewaysConflict } from './gateways-conflict.ts';
import { grantNamespaceUnknown } from './grant-namespace-unknown.ts';
import { hashRingTooLarge } from './hash-ring-too-large.ts';
import { imageAutoInPod } from './image-auto-in-pod.ts';
import { imageAutoNotInjected } from './image-auto-not-injected.ts';
import { jwksFetchUnrestricted } from './jwks-fetch-unrestricted.ts';
import { jwtClaimRouteWithoutAuthentication } from './jwt-claim-route-without-authentication.ts';
import { keyInManifest } from './key-in-manifest.ts';
import { kubernetesGatewaysConflict } from './kubernetes-gateways-conflict.ts';
import { l7PolicyWithoutWaypoint } from './l7-policy-without-waypoint.ts';
import { lightstepProvider } from './lightstep-provider.ts';
import { matchNeverHolds } from './match-never-holds.ts';
import { meshHostTakenTwice } from './mesh-host-taken-twice.ts';
import { meshNetworksRegistryUnknown } from './mesh-networks-registry-unknown.ts';
import { mirrorsMultiply } from './mirrors-multiply.ts';
import { mtlsModesContradict } from './mtls-modes-contradict.ts';
import { namespaceInjectedByDefault } from './namespace-injected-by-default.ts';
import { namespaceInjectedTwice } from './namespace-injected-twice.ts';
import { namespaceNotInjected } from './namespace-not-injected.ts';
import { noKubernetesObject } from './no-kubernetes-object.ts';
import { objectGivenTwice } from './object-given-twice.ts';
import { outboundModeUnset } from './outbound-mode-unset.ts';
import { peerAuthenticationsOverlap } from './peer-authentications-overlap.ts';
import { plaintextToStrict } from './plaintext-to-strict.ts';
import { podWithoutProxy } from './pod-without-proxy.ts';
import { policyDoesNothing } from './policy-does-nothing.ts';
import { policySelectsNothing } from './policy-selects-nothing.ts';
import { policyTargetUnknown } from './policy-target-unknown.ts';
import { portNameUnconventional } from './port-name-unconventional.ts';
import { principalUnknown } from './principal-unknown.ts';
import { proxyImageDiffers } from './proxy-image-differs.ts';
import { refusedByIstiod } from './refused-by-istiod.ts';
import { retriesMultiply } from './retries-multiply.ts';
import { retriesOutlastTimeout } from './retries-outlast-timeout.ts';
import { rewriteGroupUnknown } from './rewrite-group-unknown.ts';
import { rootSidecarWithSelector } from './root-sidecar-with-selector.ts';
import { routeBackendUnknown } from './route-backend-unknown.ts';
import { routeOutsideServiceNamespace } from './route-outside-service-namespace.ts';
import { routeParentUnknown } from './route-parent-unknown.ts';
import { routeShadowed } from './route-shadowed.ts';
import { routeWithoutWaypoint } from './route-without-waypoint.ts';
import { schemaViolated } from './schema-violated.ts';
import { selectorIgnoredByGateway } from './selector-ignored-by-gateway.ts';
import { serverCertificateNotVerified } from './server-certificate-not-verified.ts';
import { serviceEntriesSamePort } from './service-entries-same-port.ts';
import { serviceEntryProtocolsDiffer } from './service-entry-protocols-differ.ts';
import { serviceEntryWithoutAddress } from './service-entry-without-address.ts';
import { sidecarAndAmbient } from './sidecar-and-ambient.ts';
import { sidecarEgressHostUnknown } from './sidecar-egress-host-unknown.ts';
import { sidecarInAmbient } from './sidecar-in-ambient.ts';
import { envoyFilterInAmbient } from './envoy-filter-in-ambient.ts';
import { mtlsDisabledInAmbient } from './mtls-disabled-in-ambient.ts';
import { sidecarAnnotationInAmbient } from './sidecar-annotation-in-ambient.ts';
import { sidecarSelectsNothing } from './sidecar-selects-nothing.ts';
import { sidecarsOverlap } from './sidecars-overlap.ts';
import { sidecarsWithoutSelector } from './sidecars-without-selector.ts';
import { sourceIdentityWithoutMtls } from './source-identity-without-mtls.ts';
import { subsetIgnoredAtGateway } from './subset-ignored-at-gateway.ts';
import { subsetSelectsNothing } from './subset-selects-nothing.ts';
import { subsetUnknown } from './subset-unknown.ts';
import { subsetWithoutLabels } from './subset-without-labels.ts';
import { targetPortUnknown } from './target-port-unknown.ts';
import { telemetriesOverlap } from './telemetries-overlap.ts';
import { telemetriesWithoutSelector } from './telemetries-without-selector.ts';
import { telemetryChangesSeries } from './telemetry-changes-series.ts';
import { telemetryLabelUnbounded } from './telemetry-label-unbounded.ts';
import { telemetryProviderUnknown } from './telemetry-provider-unknown.ts';
import { telemetrySelectsNothing } from './telemetry-selects-nothing.ts';
import { telemetryWithoutProvider } from './telemetry-without-provider.ts';
import { timeoutShorterThanCallee } from './timeout-shorter-than-callee.ts';
import { tlsOfWiderRuleDropped } from './tls-of-wider-rule-dropped.ts';
import { unreadableDocument } from './unreadable-document.ts';
import { unusedSuppression } from './unused-suppression.ts';
import { virtualServiceReachesNobody } from './virtual-service-reaches-nobody.ts';
import { waypointIgnoresSelector } from './waypoint-ignores-selector.ts';
import { waypointOutsideAmbient } from './waypoint-outside-ambient.ts';
import { waypointUnknown } from './waypoint-unknown.ts';
import { webhookInvalid } from './webhook-invalid.ts';
import { weightOfOnlyDestination } from './weight-of-only-destination.ts';
import { workloadGroupAccountUnknown } from './workload-group-account-unknown.ts';
import { workloadGroupsSameLabels } from './workload-groups-same-labels.ts';
import { workloadPortProtocolsDiffer } from './workload-port-protocols-differ.ts';
import { workloadTargetPortsDiffer } from './workload-target-ports-differ.ts';
import { workloadWithoutAuthorizationPolicy } from './workload-without-authorization-policy.ts';
import { mtlsNotStrict } from './mtls-not-strict.ts';
import { defaultDenyMissing } from './default-deny-missing.ts';
import { authorizationPatternUnsafe } from './authorization-pattern-unsafe.ts';
import { pathNotNormalized } from './path-not-normalized.ts';
import { pathHasOtherSpellings } from './path-has-other-spellings.ts';
import { tokenNotRequired } from './token-not-required.ts';
import { jwksOverHttp } from './jwks-over-http.ts';
import { jwksCanSign } from './jwks-can-sign.ts';
import { anySubjectAllowed } from './any-subject-allowed.ts';
import { gatewayTakesAnyHost } from './gateway-takes-any-host.ts';
import { gatewayRightsBroad } from './gateway-rights-broad.ts';
import { hostReachedByWildcardServer } from './host-reached-by-wildcard-server.ts';
import { serverNameNotVerified } from './server-name-not-verified.ts';
import { outboundAllowsAny } from './outbound-allows-any.ts';
import { outboundNotEnforced } from './outbound-not-enforced.ts';
import { trafficBypassesProxy } from './traffic-bypasses-proxy.ts';
import { networkRightsInPod } from './network-rights-in-pod.ts';
import { proxyImageNotDistroless } from './proxy-image-not-distroless.ts';
import { firstPartyTokens } from './first-party-tokens.ts';
import { istiodPortsOpen } from './istiod-ports-open.ts';
import { gatewayWithoutConnectionLimit } from './gateway-without-connection-limit.ts';
import { extensionFromUntrustedUrl } from './extension-from-untrusted-url.ts';
import { alphaFeature } from './alpha-feature.ts';
import { istioVersionUnsupported } from './istio-version-unsupported.ts';
import { networkPolicyMissing } from './network-policy-missing.ts';
import { podLeavesTheMesh } from './pod-leaves-the-mesh.ts';
import { caSelfSigned } from './ca-self-signed.ts';
import { certificateLivesLong } from './certificate-lives-long.ts';
import { trustDomainUnknown } from './trust-domain-unknown.ts';

/** Every rule, by code. Kept by hand: what is not listed does not run. */
export const rules: readonly Rule[] = [
  deprecatedField,
  lightstepProvider,
  authorizationPolicyNamespaceUnknown,
  destinationUnknown,
  gatewayCredentialUnknown,
  gatewaySelectsNothing,
  gatewayUnknown,
  sidecarSelectsNothing,
  subsetUnknown,
  telemetrySelectsNothing,
  namespaceNotInjected,
  podWithoutProxy,
  refusedByIstiod,
  annotationMisused,
  meshHostTakenTwice,
  sidecarsOverlap,
  sidecarsWithoutSelector,
  destinationPortRequired,
  workloadPortProtocolsDiffer,
  portNameUnconventional,
  namespaceInjectedTwice,
  meshNetworksRegistryUnknown,
  authorizationPolicySelectsNothing,
  serverCertificateNotVerified,
  gatewayLacksHost,
  serviceEntryWithoutAddress,
  annotationAlpha,
  workloadTargetPortsDiffer,
  gatewayCertificateShared,
  webhookInvalid,
  subsetIgnoredAtGateway,
  applicationUidReserved,
  gatewaysConflict,
  imageAutoNotInjected,
  imageAutoInPod,
  namespaceInjectedByDefault,
  jwtClaimRouteWithoutAuthentication,
  externalNamePortName,
  envoyFilterOperations,
  telemetryWithoutProvider,
  proxyImageDiffers,
  telemetriesOverlap,
  telemetriesWithoutSelector,
  gatewayCredentialUnusable,
  gatewayPortNotOnService,
  externalControlPlane,
  gatewayInternal,
  selectorIgnoredByGateway,
  sidecarInAmbient,
  envoyFilterInAmbient,
  mtlsDisabledInAmbient,
  sidecarAnnotationInAmbient,
  conditionNegative,
  subsetSelectsNothing,
  destinationRuleHostUnknown,
  jwksFetchUnrestricted,
  crdTooOld,
  serviceEntryProtocolsDiffer,
  unreadableDocument,
  noKubernetesObject,
  unusedSuppression.rule,
  objectGivenTwice,
  schemaViolated,
  peerAuthenticationsOverlap,
  policySelectsNothing,
  exportNamespaceUnknown,
  authorizationPolicyMethodUnknown,
  authorizationPolicyHostUnknown,
  sourceIdentityWithoutMtls,
  principalUnknown,
  subsetWithoutLabels,
  rootSidecarWithSelector,
  outboundModeUnset,
  destinationRulesSameHost,
  tlsOfWiderRuleDropped,
  plaintextToStrict,
  targetPortUnknown,
  sidecarEgressHostUnknown,
  weightOfOnlyDestination,
  destinationTwice,
  grantNamespaceUnknown,
  workloadGroupAccountUnknown,
  workloadGroupsSameLabels,
  l7PolicyWithoutWaypoint,
  waypointIgnoresSelector,
  routeWithoutWaypoint,
  routeOutsideServiceNamespace,
  serviceEntriesSamePort,
  workloadWithoutAuthorizationPolicy,
  sidecarAndAmbient,
  waypointOutsideAmbient,
  waypointUnknown,
  routeParentUnknown,
  routeBackendUnknown,
  kubernetesGatewaysConflict,
  routeShadowed,
  matchNeverHolds,
  delegateUnknown,
  delegateRouteDropped,
  virtualServiceReachesNobody,
  destinationRuleReachesNobody,
  policyDoesNothing,
  policyTargetUnknown,
  gatewayHostRepeated,
  rewriteGroupUnknown,
  hashRingTooLarge,
  retriesOutlastTimeout,
  timeoutShorterThanCallee,
  retriesMultiply,
  mirrorsMultiply,
  mtlsModesContradict,
  failoverWithoutOutlierDetection,
  mtlsNotStrict,
  defaultDenyMissing,
  authorizationPatternUnsafe,
  pathNotNormalized,
  pathHasOtherSpellings,
  tokenNotRequired,
  jwksOverHttp,
  jwksCanSign,
  anySubjectAllowed,
  gatewayTakesAnyHost,
  gatewayRightsBroad,
  hostReachedByWildcardServer,
  serverNameNotVerified,
  outboundAllowsAny,
  outboundNotEnforced,
  trafficBypassesProxy,
  networkRightsInPod,
  proxyImageNotDistroless,
  firstPartyTokens,
  istiodPortsOpen,
  gatewayWithoutConnectionLimit,
  extensionFromUntrustedUrl,
  alphaFeature,
  istioVersionUnsupported,
  networkPolicyMissing,
  podLeavesTheMesh,
  caSelfSigned,
  certificateLivesLong,
  trustDomainUnknown,
  keyInManifest,
  telemetryChangesSeries,
  telemetryLabelUnbounded,
  telemetryProviderUnknown,
];
