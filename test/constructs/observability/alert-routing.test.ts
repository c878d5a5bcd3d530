import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertRouting, type AlertRoutingProps, Receiver } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { testWithTool } from '../../tools.ts';
import { shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);
const testWithAmtool = testWithTool('amtool');

const platform = Receiver.slack('platform', '#platform', { secret: 'slack', key: 'url' });
const onCall = Receiver.pagerDuty('on-call', { secret: 'pagerduty', key: 'routing-key' });
const books = Receiver.email('books', { to: 'books@example.com', from: 'alerts@example.com', smarthost: 'mail.example.com:587', username: 'alerts', password: { secret: 'mail', key: 'password' } });
const pager = Receiver.opsgenie('books-pager', { secret: 'opsgenie', key: 'api-key' });
const bot = Receiver.webhook('bot', 'https://bot.example.com/alerts', { secret: 'bot', key: 'token' });

const props: AlertRoutingProps = {
  otherwise: platform,
  routes: [
    { match: { alertname: 'MeshErrors' }, to: bot, continue: true },
    { team: 'books', severity: 'critical', to: pager },
    { team: 'books', to: books },
    { severity: ['critical', 'warning'], match: { namespace: 'istio-system' }, to: onCall },
    { severity: 'info', to: Receiver.nobody() },
  ],
};

function routing(given: AlertRoutingProps) {
  const { mesh, shop } = shopMesh();
  new AlertRouting(shop, 'routing', given);
  return mesh;
}

test('for the operator, as an AlertmanagerConfig', () => {
  golden('operator.yaml', emitted(routing({ ...props, labels: { alertmanager: 'main' } }), 'AlertmanagerConfig'));
});

test('as the file of Alertmanager, in a ConfigMap', () => {
  golden('file.yaml', emitted(routing({ ...props, as: 'alertmanager.yml' }), 'ConfigMap'));
});

describe('the real amtool', () => {
  let folder = '';
  const amtool = (...args: readonly string[]): string => execFileSync('amtool', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'amtool-'));
    const [map] = emitted(routing({ ...props, as: 'alertmanager.yml' }), 'ConfigMap') as unknown as readonly [{ data: Record<string, string> }];
    writeFileSync(join(folder, 'alertmanager.yml'), map.data['alertmanager.yml'] ?? '');
  });
  afterAll(() => { rmSync(folder, { recursive: true }); });

  testWithAmtool('accepts the file', () => {
    expect(amtool('check-config', 'alertmanager.yml')).toContain('SUCCESS');
  });

  const routed: readonly (readonly [string, readonly string[]])[] = [
    ['books-pager', ['alertname=ErrorBudgetBurnsFast', 'team=books', 'severity=critical']],
    ['books', ['alertname=ErrorBudgetBurns', 'team=books', 'severity=warning']],
    ['on-call', ['alertname=IstiodAbsent', 'namespace=istio-system', 'severity=critical']],
    ['nobody', ['alertname=IstioConfigInvalid', 'severity=info']],
    ['platform', ['alertname=Other', 'severity=critical']],
    ['bot,books-pager', ['alertname=MeshErrors', 'team=books', 'severity=critical']],
  ];
  for (const [receiver, labels] of routed) {
    testWithAmtool(`sends ${labels.join(', ')} to ${receiver}`, () => {
      expect(amtool('config', 'routes', 'test', '--config.file=alertmanager.yml', `--verify.receivers=${receiver}`, ...labels)).toContain(receiver);
    });
  }
});

describe('a mistake fails at once, with the construct path', () => {
  const cases: readonly (readonly [string, AlertRoutingProps, string])[] = [
    ['a route that never takes an alert', { otherwise: platform, routes: [{ team: 'books', to: books }, { team: 'books', severity: 'critical', to: pager }] }, 'mesh/shop/routing: routes[1] never takes an alert: routes[0] before it takes all of them; put it first, or let the other continue'],
    ['a route that takes every alert', { otherwise: platform, routes: [{ to: books }] }, 'a route takes every alert; give it a team, a severity or a label'],
    ['two receivers of one name', { otherwise: platform, routes: [{ team: 'a', to: Receiver.nobody('platform') }] }, 'two receivers are called "platform"'],
    ['a secret in the place of its key', { otherwise: Receiver.slack('a', '#a', { secret: 'slack', key: 'https://hooks.example.com/T0/B0/x' }) }, 'got one of 33 characters for receiver a; name the key, not its value'],
    ['a password in a URL', { otherwise: Receiver.webhook('a', 'https://user:pass@example.com/') }, 'the webhook of receiver a carries a password; give it as token, from a Secret'],
    ['a URL that is none', { otherwise: Receiver.webhook('a', 'example') }, 'the webhook of receiver a must be an http or https URL'],
    ['a label that is none', { otherwise: platform, routes: [{ match: { 'a-b': 'c' }, to: books }] }, 'the label of an alert has letters, digits and "_", got "a-b"'],
  ];
  test.each(cases)('%s', (_, given, message) => {
    expect(() => routing(given)).toThrow(message);
    expect(() => routing(given)).not.toThrow('pass@');
  });
});
