import { describe, expect, test } from 'vitest';
import { told } from './told.ts';

const service = (port: string): string => `{ apiVersion: v1, kind: Service, metadata: { name: reviews, namespace: shop }, spec: { selector: { app: reviews }, ports: [{ name: http, ${port} }] } }`;
const deployment = (ports: string, version = 'v1', namespace = 'shop'): string => `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: reviews-${version}, namespace: ${namespace} }, spec: { template: { metadata: { labels: { app: reviews, version: ${version} } }, spec: { containers: [{ name: app, image: reviews, ports: [${ports}] }] } } } }`;

describe('a target port', () => {
  test('with a name that no container has leads nowhere', () => {
    expect(told('MW0113', service('port: 80, targetPort: web'), deployment('{ name: http, containerPort: 9080 }'))).toEqual(['no container of Deployment reviews-v1 has a TCP port named "web", so that port 80 has no endpoint']);
    expect(told('MW0113', service('port: 80, targetPort: web'), deployment('')), 'nor where containers list none').toHaveLength(1);
  });

  test('with a name has the protocol of the port too', () => {
    expect(told('MW0113', service('port: 80, targetPort: web'), deployment('{ name: web, containerPort: 9080, protocol: UDP }'))).toHaveLength(1);
  });

  test('that one of several workloads has is served', () => {
    expect(told('MW0113', service('port: 80, targetPort: web'), deployment('{ name: http, containerPort: 1 }'), deployment('{ name: web, containerPort: 2 }', 'v2'))).toEqual([]);
  });

  test('is the port itself where nothing is said', () => {
    expect(told('MW0113', service('port: 9080'), deployment('{ containerPort: 9080 }'))).toEqual([]);
    expect(told('MW0113', service('port: 80'), deployment('{ containerPort: 9080 }'))).toEqual(['port 80 leads to 80, which is not among the ports that containers of Deployment reviews-v1 list']);
  });

  test('need not be listed where no port is', () => {
    expect(told('MW0113', service('port: 80'), deployment(''))).toEqual([]);
  });

  test('is not looked for in another namespace, or where no workload is among the objects', () => {
    expect(told('MW0113', service('port: 80, targetPort: web'), deployment('', 'v1', 'bank'))).toEqual([]);
    expect(told('MW0113', service('port: 80, targetPort: web'))).toEqual([]);
  });
});
