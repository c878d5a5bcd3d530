import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';

/** A key of a Secret in the same namespace. */
export interface SecretKeySelector {
  readonly name: string;
  readonly key: string;
}

/** A test of one label of an alert. */
export interface AlertMatcher {
  readonly name: string;
  readonly value: string;
  readonly matchType: '=' | '=~' | '!=' | '!~';
}

export interface AlertmanagerRoute {
  readonly receiver: string;
  readonly groupBy?: readonly string[] | undefined;
  readonly groupWait?: string | undefined;
  readonly groupInterval?: string | undefined;
  readonly repeatInterval?: string | undefined;
  readonly matchers?: readonly AlertMatcher[] | undefined;
  readonly continue?: boolean | undefined;
  readonly routes?: readonly AlertmanagerRoute[] | undefined;
}

export interface AlertmanagerReceiver {
  readonly name: string;
  readonly slackConfigs?: readonly { readonly apiURL: SecretKeySelector; readonly channel: string; readonly sendResolved: boolean }[];
  readonly pagerdutyConfigs?: readonly { readonly routingKey: SecretKeySelector; readonly sendResolved: boolean }[];
  readonly opsgenieConfigs?: readonly { readonly apiKey: SecretKeySelector; readonly sendResolved: boolean }[];
  readonly emailConfigs?: readonly {
    readonly to: string;
    readonly from: string;
    readonly smarthost: string;
    readonly authUsername?: string | undefined;
    readonly authPassword?: SecretKeySelector | undefined;
    readonly sendResolved: boolean;
  }[];
  readonly webhookConfigs?: readonly { readonly url: string; readonly httpConfig?: { readonly authorization: { readonly credentials: SecretKeySelector } } | undefined; readonly sendResolved: boolean }[];
}

export interface AlertmanagerConfigSpec {
  readonly route: AlertmanagerRoute;
  readonly receivers: readonly AlertmanagerReceiver[];
  readonly inhibitRules: readonly { readonly sourceMatch: readonly AlertMatcher[]; readonly targetMatch: readonly AlertMatcher[]; readonly equal: readonly string[] }[];
}

/**
 * The part that intents need of the kind `AlertmanagerConfig` (`monitoring.coreos.com/v1alpha1`).
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/
 */
export class AlertmanagerConfig extends ApiObject {
  constructor(scope: Construct, id: string, props: { readonly metadata: { readonly name: string; readonly labels?: Record<string, string> }; readonly spec: AlertmanagerConfigSpec }) {
    super(scope, id, { apiVersion: 'monitoring.coreos.com/v1alpha1', kind: 'AlertmanagerConfig', ...props });
  }
}
