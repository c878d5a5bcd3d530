import { Duration } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { Machine, MachineGroup, type MeshService, Probe } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { findings } from './accepted.ts';
import { reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

test('machines outside Kubernetes take requests of a service beside its pods', () => {
  const { mesh, shop } = shopMesh();
  const reviews = reviewsOf(shop);
  new Machine(reviews, 'vm-1', { version: 'v2', address: '10.0.0.7', ports: { http: 9090 }, labels: { rack: '3' }, locality: 'eu/a', weight: 2 });
  new Machine(reviews, 'vm-2', { version: 'v3', address: '10.0.0.8', network: 'vm-network', serviceAccount: 'vms' });
  new MachineGroup(reviews, 'http', { version: 'v1', annotations: { team: 'shop' }, network: 'vm-network', readiness: Probe.http('/health', 9080, { initialDelay: Duration.seconds(5), period: Duration.seconds(10), timeout: Duration.seconds(2), successThreshold: 1, failureThreshold: 3 }) });
  new MachineGroup(reviews, 'tcp', { version: 'v2', readiness: Probe.tcp(9080) });
  new MachineGroup(reviews, 'command', { version: 'v3', readiness: Probe.command(['/bin/ready']) });
  golden('machines.yaml', emitted(mesh).filter(({ kind }) => kind.startsWith('Workload')));
  expect(findings(mesh)).toEqual([]);
});

describe('a mistake fails at once, with the construct path', () => {
  test('a machine that is nowhere', () => {
    expect(() => new Machine(reviewsOf(shopMesh().shop), 'vm', { version: 'v1' })).toThrow('mesh/shop/reviews/vm: a machine needs an address, or a network that it is reached through');
  });
  test('a version that is none', () => {
    expect(() => new Machine<string>(reviewsOf(shopMesh().shop) as MeshService, 'vm', { version: 'v9', address: '1.1.1.1' })).toThrow('version is "v9", which is no version of reviews');
  });
  test('a probe in parts of seconds', () => {
    expect(() => new MachineGroup(reviewsOf(shopMesh().shop), 'vms', { version: 'v1', readiness: Probe.tcp(1, { period: Duration.millis(1500) }) })).toThrow('period of a probe must be whole seconds, got 1500 ms');
  });
});
