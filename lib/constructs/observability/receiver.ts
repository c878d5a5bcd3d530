import type { AlertmanagerReceiver, SecretKeySelector } from '../alertmanager-config.ts';

/** A value in a Secret that exists already: it is named, never written. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** Someone who is told of alerts. */
export type Receiver =
  | { readonly by: 'slack'; readonly name: string; readonly channel: string; readonly url: SecretKey }
  | { readonly by: 'pagerDuty'; readonly name: string; readonly routingKey: SecretKey }
  | { readonly by: 'opsgenie'; readonly name: string; readonly apiKey: SecretKey }
  | { readonly by: 'email'; readonly name: string; readonly mail: Mail }
  | { readonly by: 'webhook'; readonly name: string; readonly url: string; readonly token: SecretKey | undefined }
  | { readonly by: 'nobody'; readonly name: string };

/** How a mail is sent. */
export interface Mail {
  readonly to: string;
  readonly from: string;
  /** The server that takes it, as `host:port`. */
  readonly smarthost: string;
  /** @default - the server asks for none */
  readonly username?: string | undefined;
  /** @default - the server asks for none */
  readonly password?: SecretKey | undefined;
}

/**
 * Someone who is told of alerts. What is secret about them is a key of a Secret.
 *
 * @example
 * Receiver.pagerDuty('on-call', { secret: 'pagerduty', key: 'routing-key' })
 */
export const Receiver = {
  /** A channel, by the URL of an incoming webhook. */
  slack: (name: string, channel: string, url: SecretKey): Receiver => ({ by: 'slack', name, channel, url }),
  pagerDuty: (name: string, routingKey: SecretKey): Receiver => ({ by: 'pagerDuty', name, routingKey }),
  opsgenie: (name: string, apiKey: SecretKey): Receiver => ({ by: 'opsgenie', name, apiKey }),
  email: (name: string, mail: Mail): Receiver => ({ by: 'email', name, mail }),
  /** Anything that takes Alertmanager's JSON; the token, if any, goes into the header Authorization. */
  webhook: (name: string, url: string, token?: SecretKey): Receiver => ({ by: 'webhook', name, url, token }),
  /** Alerts that are only to be seen in Alertmanager. */
  nobody: (name = 'nobody'): Receiver => ({ by: 'nobody', name }),
};

/** A receiver as the operator for Prometheus takes it. */
export function operatorReceiver(receiver: Receiver): AlertmanagerReceiver {
  const { name } = receiver;
  const sendResolved = true;
  switch (receiver.by) {
    case 'slack': return { name, slackConfigs: [{ apiURL: selector(receiver.url), channel: receiver.channel, sendResolved }] };
    case 'pagerDuty': return { name, pagerdutyConfigs: [{ routingKey: selector(receiver.routingKey), sendResolved }] };
    case 'opsgenie': return { name, opsgenieConfigs: [{ apiKey: selector(receiver.apiKey), sendResolved }] };
    case 'email': {
      const { to, from, smarthost, username, password } = receiver.mail;
      return { name, emailConfigs: [{ to, from, smarthost, authUsername: username, authPassword: password && selector(password), sendResolved }] };
    }
    case 'webhook': return { name, webhookConfigs: [{ url: receiver.url, httpConfig: receiver.token && { authorization: { credentials: selector(receiver.token) } }, sendResolved }] };
    case 'nobody': return { name };
  }
}

/**
 * A receiver as the file of Alertmanager says it, with each secret in the file that the operator mounts it as.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/
 */
export function fileReceiver(receiver: Receiver): Readonly<Record<string, unknown>> {
  const { name } = receiver;
  const resolved = { send_resolved: true };
  switch (receiver.by) {
    case 'slack': return { name, slack_configs: [{ api_url_file: mounted(receiver.url), channel: receiver.channel, ...resolved }] };
    case 'pagerDuty': return { name, pagerduty_configs: [{ routing_key_file: mounted(receiver.routingKey), ...resolved }] };
    case 'opsgenie': return { name, opsgenie_configs: [{ api_key_file: mounted(receiver.apiKey), ...resolved }] };
    case 'email': {
      const { to, from, smarthost, username, password } = receiver.mail;
      return { name, email_configs: [{ to, from, smarthost, ...(username === undefined ? {} : { auth_username: username }), ...(password ? { auth_password_file: mounted(password) } : {}), ...resolved }] };
    }
    case 'webhook': return { name, webhook_configs: [{ url: receiver.url, ...(receiver.token ? { http_config: { authorization: { credentials_file: mounted(receiver.token) } } } : {}), ...resolved }] };
    case 'nobody': return { name };
  }
}

/** The Secrets that a receiver needs. */
export function secretsOf(receiver: Receiver): readonly SecretKey[] {
  switch (receiver.by) {
    case 'slack': return [receiver.url];
    case 'pagerDuty': return [receiver.routingKey];
    case 'opsgenie': return [receiver.apiKey];
    case 'email': return receiver.mail.password ? [receiver.mail.password] : [];
    case 'webhook': return receiver.token ? [receiver.token] : [];
    case 'nobody': return [];
  }
}

function selector({ secret, key }: SecretKey): SecretKeySelector {
  return { name: secret, key };
}

function mounted({ secret, key }: SecretKey): string {
  return `/etc/alertmanager/secrets/${secret}/${key}`;
}
