import { Duration, Yaml } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { AlertmanagerConfig, type AlertMatcher, type AlertmanagerConfigSpec, type AlertmanagerRoute } from '../alertmanager-config.ts';
import { domainName, freeId, metadataKeys } from '../values/name.ts';
import { prometheusDuration } from './prometheus-duration.ts';
import type { AlertSeverity } from './prometheus-rules.ts';
import { fileReceiver, operatorReceiver, type Receiver, secretsOf } from './receiver.ts';

/** Who is told of which alerts. An alert goes to the first route that takes it. */
export interface AlertRoute {
  /** @default - of every team */
  readonly team?: string | undefined;
  /** @default - however severe */
  readonly severity?: AlertSeverity | readonly AlertSeverity[] | undefined;
  /** Further labels that an alert must carry, each with its value. @default - none */
  readonly match?: Readonly<Record<string, string>> | undefined;
  readonly to: Receiver;
  /** Whether routes that follow may take the alert as well. @default false */
  readonly continue?: boolean | undefined;
}

export interface AlertRoutingProps {
  /** Who is told of what no route takes. */
  readonly otherwise: Receiver;
  /** In order. @default - none: all alerts go to one receiver */
  readonly routes?: readonly AlertRoute[] | undefined;
  /** Alerts that have these labels in common are told at once. @default - alertname, namespace, service */
  readonly groupBy?: readonly string[] | undefined;
  /** How long the first alert waits for others. @default 30 seconds */
  readonly groupWait?: Duration | undefined;
  /** How long until further alerts of a group are told. @default 5 minutes */
  readonly groupInterval?: Duration | undefined;
  /** How long until an alert that goes on is told again. @default 4 hours */
  readonly repeatInterval?: Duration | undefined;
  /**
   * What is written: an object for the operator for Prometheus, which by default limits it to alerts of its own namespace
   * (`alertmanagerConfigMatcherStrategy` of the Alertmanager), or the file `alertmanager.yml` in a ConfigMap.
   *
   * @default AlertmanagerConfig
   */
  readonly as?: 'AlertmanagerConfig' | 'alertmanager.yml' | undefined;
  /** Labels by which Alertmanager finds the object. @default - none */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/**
 * Who is told of which alerts, by team and severity. What is critical keeps the warnings about the same thing silent, and
 * an absent istiod those about what only istiod could do.
 *
 * @example
 * new AlertRouting(observability, 'routing', {
 *   otherwise: Receiver.slack('platform', '#platform', { secret: 'slack', key: 'url' }),
 *   routes: [{ severity: 'critical', to: Receiver.pagerDuty('on-call', { secret: 'pagerduty', key: 'routing-key' }) }],
 * });
 *
 * @see https://prometheus.io/docs/alerting/latest/configuration/
 */
export class AlertRouting extends Construct {
  /** @throws when a route can never take an alert, or two receivers share a name */
  constructor(scope: Construct, id: string, props: AlertRoutingProps) {
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { otherwise, routes = [], labels = {} } = props;
    metadataKeys(where, 'label', labels);
    const matchers = routes.map(route => matchersOf(where, route));
    for (const [i, own] of matchers.entries()) {
      const earlier = matchers.findIndex((other, j) => j < i && routes[j]?.continue !== true && takesAll(other, own));
      if (earlier >= 0) throw new Error(`${where}: routes[${i}] never takes an alert: routes[${earlier}] before it takes all of them; put it first, or let the other continue`);
    }
    const receivers = distinct(where, [otherwise, ...routes.map(({ to }) => to)]);
    for (const receiver of receivers) checkReceiver(where, receiver);
    const metadata = { name: domainName(where, 'the id of a routing', id), ...(Object.keys(labels).length > 0 ? { labels: { ...labels } } : {}) };
    const spec = this.#spec(props, receivers, matchers);
    if (props.as === 'alertmanager.yml') new k8s.KubeConfigMap(this, 'file', { metadata, data: { 'alertmanager.yml': file(spec, receivers) } });
    else new AlertmanagerConfig(this, 'config', { metadata, spec });
  }

  #spec(props: AlertRoutingProps, receivers: readonly Receiver[], matchers: readonly (readonly AlertMatcher[])[]): AlertmanagerConfigSpec {
    const where = this.node.path;
    const { otherwise, routes = [], groupBy = ['alertname', 'namespace', 'service'] } = props;
    return {
      route: {
        receiver: otherwise.name,
        groupBy: [...groupBy],
        groupWait: prometheusDuration(where, 'groupWait', props.groupWait ?? Duration.seconds(30)),
        groupInterval: prometheusDuration(where, 'groupInterval', props.groupInterval ?? Duration.minutes(5)),
        repeatInterval: prometheusDuration(where, 'repeatInterval', props.repeatInterval ?? Duration.hours(4)),
        ...(routes.length > 0 ? { routes: routes.map((route, i) => ({ receiver: route.to.name, matchers: matchers[i] ?? [], ...(route.continue ? { continue: true } : {}) })) } : {}),
      },
      receivers: receivers.map(operatorReceiver),
      inhibitRules: inhibitions,
    };
  }
}

const inhibitions: AlertmanagerConfigSpec['inhibitRules'] = [
  { sourceMatch: [is('severity', 'critical'), like('slo', '.+')], targetMatch: [like('severity', 'warning|info')], equal: ['slo'] },
  { sourceMatch: [is('severity', 'critical')], targetMatch: [like('severity', 'warning|info')], equal: ['alertname', 'namespace', 'pod', 'service'] },
  { sourceMatch: [is('alertname', 'IstiodAbsent')], targetMatch: [like('alertname', 'IstioConfig.*|IstioPush.*|IstioValidation.*|IstioVersionSkew|SidecarInjectionFails')], equal: [] },
];

function is(name: string, value: string): AlertMatcher {
  return { name, value, matchType: '=' };
}

function like(name: string, value: string): AlertMatcher {
  return { name, value, matchType: '=~' };
}

function matchersOf(where: string, { team, severity, match = {} }: AlertRoute): readonly AlertMatcher[] {
  const severities = severity === undefined ? [] : [severity].flat();
  for (const name of Object.keys(match)) {
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) throw new Error(`${where}: the label of an alert has letters, digits and "_", got ${JSON.stringify(name)}`);
  }
  const matchers = [
    ...(team === undefined ? [] : [is('team', team)]),
    ...(severities.length === 0 ? [] : [severities.length === 1 ? is('severity', severities[0] ?? '') : like('severity', severities.join('|'))]),
    ...Object.entries(match).map(([name, value]) => is(name, value)),
  ];
  if (matchers.length === 0) throw new Error(`${where}: a route takes every alert; give it a team, a severity or a label, or make its receiver the one of "otherwise"`);
  return matchers;
}

/** Whether each alert that passes the second tests passes the first. */
function takesAll(wide: readonly AlertMatcher[], narrow: readonly AlertMatcher[]): boolean {
  return wide.every(a => narrow.some(b => a.name === b.name && b.value.split('|').every(value => a.value.split('|').includes(value))));
}

function distinct(where: string, receivers: readonly Receiver[]): readonly Receiver[] {
  const byName = new Map<string, Receiver>();
  for (const receiver of receivers) {
    const other = byName.get(receiver.name);
    if (other && JSON.stringify(other) !== JSON.stringify(receiver)) throw new Error(`${where}: two receivers are called ${JSON.stringify(receiver.name)}; give one of them another name`);
    byName.set(receiver.name, receiver);
  }
  return [...byName.values()];
}

function checkReceiver(where: string, receiver: Receiver): void {
  if (receiver.name === '') throw new Error(`${where}: a receiver needs a name`);
  for (const { secret, key } of secretsOf(receiver)) {
    domainName(where, `the Secret of receiver ${receiver.name}`, secret);
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) throw new Error(`${where}: the key of a Secret has letters, digits, "-", "_" and ".", got one of ${key.length} characters for receiver ${receiver.name}; name the key, not its value`);
  }
  if (receiver.by !== 'webhook') return;
  const url = URL.canParse(receiver.url) ? new URL(receiver.url) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Error(`${where}: the webhook of receiver ${receiver.name} must be an http or https URL`);
  if (url.username !== '' || url.password !== '') throw new Error(`${where}: the webhook of receiver ${receiver.name} carries a password; give it as token, from a Secret`);
}

function file({ route, inhibitRules }: AlertmanagerConfigSpec, receivers: readonly Receiver[]): string {
  return Yaml.stringify({
    route: fileRoute(route),
    receivers: receivers.map(fileReceiver),
    inhibit_rules: inhibitRules.map(({ sourceMatch, targetMatch, equal }) => ({ source_matchers: sourceMatch.map(text), target_matchers: targetMatch.map(text), equal })),
  });
}

function fileRoute({ receiver, groupBy, groupWait, groupInterval, repeatInterval, matchers, continue: goesOn, routes }: AlertmanagerRoute): Readonly<Record<string, unknown>> {
  return {
    receiver,
    ...(matchers ? { matchers: matchers.map(text) } : {}),
    ...(goesOn ? { continue: true } : {}),
    ...(groupBy ? { group_by: groupBy, group_wait: groupWait, group_interval: groupInterval, repeat_interval: repeatInterval } : {}),
    ...(routes ? { routes: routes.map(fileRoute) } : {}),
  };
}

function text({ name, matchType, value }: AlertMatcher): string {
  return `${name}${matchType}${JSON.stringify(value)}`;
}
