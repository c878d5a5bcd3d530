import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { check, type Finding } from '../../lib/check/index.ts';
import { readPaths } from '../../lib/files/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { samples, testWith } from '../oracles.ts';

const testSamples = testWith(samples, 'samples');
const there = existsSync(samples);

/** Errors that a sample rightly has, each with its reason. */
const explained: readonly (readonly [file: string, message: RegExp, why: string])[] = [
  ['bookinfo/networking/destination-rule-all.yaml', /^subset "v2(-mysql|-mysql-vm)?" of (ratings|details) selects nothing/, 'it names versions that bookinfo.yaml does not deploy; other files of platform/kube do'],
  ['bookinfo/networking/destination-rule-all-mtls.yaml', /^subset "v2(-mysql|-mysql-vm)?" of (ratings|details) selects nothing/, 'the same'],
  ['bookinfo/networking/destination-rule-all.yaml', /stands again in .*(destination-rule-all-mtls|destination-rule-reviews|fault-injection-details-v1)\.yaml, and that one holds$/, 'the other file is an alternative, and replaces it'],
  ['bookinfo/networking/certmanager-gateway.yaml', /^the host "cert-manager-resolver" is no Service/, 'cert-manager makes the Service when it is installed'],
  ['bookinfo/networking/egress-rule-google-apis.yaml', /^TLS to www\.googleapis\.com at port 443 is SIMPLE, but there are no caCertificates$/, 'it is so: istioctl analyze says the same (IST0129)'],
  ['helloworld/helloworld-gateway.yaml', /^the host "helloworld" is no Service/, 'its Service is in helloworld.yaml'],
  ['httpbin/httpbin-gateway.yaml', /^the host "httpbin" is no Service/, 'its Service is in httpbin.yaml'],
  ['tcp-echo/tcp-echo-20-v2.yaml', /./, 'it follows on tcp-echo-all-v1.yaml and tcp-echo-services.yaml, which have its Gateway, DestinationRule and Service'],
  ['tcp-echo/tcp-echo-all-v1.yaml', /^the host "tcp-echo" is no Service/, 'its Service is in tcp-echo-services.yaml'],
  ['tcp-echo/gateway-api/tcp-echo-20-v2.yaml', /no version v1alpha2 of TCPRoute/, 'the CRD that the facts are made from serves TCPRoute as v1 alone'],
  ['tcp-echo/gateway-api/tcp-echo-all-v1.yaml', /no version v1alpha2 of TCPRoute/, 'the same'],
];

function errorsOf(...paths: readonly string[]): readonly Finding[] {
  const { texts, unreadable } = readPaths(paths.map(path => join(samples, path)));
  expect(unreadable).toEqual([]);
  const readings = texts.map(source => readManifests(source));
  const { findings } = check(Mesh.from(readings.flatMap(({ manifests }) => manifests)), { problems: readings.flatMap(({ problems }) => problems) });
  return findings.filter(({ severity }) => severity === 'error');
}

const used = new Set<number>();
function unexplained(errors: readonly Finding[]): string[] {
  return errors.filter(({ file = '', message }) => {
    const row = explained.findIndex(([path, pattern]) => relative(samples, file) === path && pattern.test(message));
    used.add(row);
    return row === -1;
  }).map(({ file = '', line, code, message }) => `${relative(samples, file)}:${line} ${code} ${message}`);
}

const yamlIn = (folder: string): string[] => (there ? readdirSync(join(samples, folder), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml')).map(name => join(folder, name)).sort() : []);
const bookinfo = 'bookinfo/platform/kube/bookinfo.yaml';
const networking = yamlIn('bookinfo/networking');
const gatewayApi = yamlIn('bookinfo/gateway-api');

describe('a scenario of Istio\'s samples has no error but those that are explained', () => {
  for (const file of networking) {
    testSamples(`bookinfo, its destination rules, ${file}`, () => {
      expect(unexplained(errorsOf(bookinfo, 'bookinfo/networking/destination-rule-all.yaml', file))).toEqual([]);
    });
  }

  for (const file of gatewayApi) {
    testSamples(`bookinfo, its versions, ${file}`, () => {
      expect(unexplained(errorsOf(bookinfo, 'bookinfo/platform/kube/bookinfo-versions.yaml', file))).toEqual([]);
    });
  }

  for (const file of yamlIn('.').filter(name => !networking.includes(name) && !gatewayApi.includes(name))) {
    testSamples(`${file} alone`, () => {
      expect(unexplained(errorsOf(file))).toEqual([]);
    });
  }

  testSamples('and each explanation is needed', () => {
    expect(explained.filter((_, i) => !used.has(i)).map(([file]) => file)).toEqual([]);
  });
});

testSamples('of the whole folder at once, alternatives are reported as duplicates', () => {
  const codes = errorsOf('.').map(({ code }) => code);
  expect(codes.filter(code => code === 'MW0004').length).toBeGreaterThan(50);
});

test('the YAML of this project has nothing to find', () => {
  const { texts } = readPaths([join(import.meta.dirname, '..', '..', 'dist')]);
  const readings = texts.map(source => readManifests(source));
  expect(check(Mesh.from(readings.flatMap(({ manifests }) => manifests)), { problems: readings.flatMap(({ problems }) => problems) }).findings).toEqual([]);
});
