import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { facts } from '../../../imports/facts/sailoperator.io.js';
import {
  BackEnd, IstioCsr, IstioInstallation, type IstioInstallationProps, Machine, type MeshCa, MeshService, MultiCluster, PluggedInCa, SecretFrom, selfSignedCa, ServiceMesh, SpireCa, warnings,
} from '../../../lib/index.ts';
import { check } from '../../../lib/check/index.ts';
import { manifestOf, readManifests } from '../../../lib/manifest/index.ts';
import { Mesh } from '../../../lib/mesh/index.ts';
import { violations, type Schema } from '../../../lib/schema/index.ts';
import { goldens } from '../../golden.ts';
import { testWithTool } from '../../tools.ts';
import type { Emitted } from '../bookinfo-shop.ts';
import { at, backEnds, emptyApp, filesOf, installed, objectsOf, served, valuesOf } from './installed.ts';

const golden = goldens(import.meta.url);

const gateways = { ingressGateways: [{ name: 'istio-ingress' }], egressGateways: [{ name: 'istio-egress', ports: [{ name: 'tls', port: 8443 }] }] } as const;

describe.each(Object.entries(backEnds))('with %s', (name, backEnd) => {
  const sidecars = (): ReturnType<typeof served> => {
    const made = served({ outbound: 'REGISTRY_ONLY', trustDomain: 'shop.example' }, { backEnd, ...gateways, cni: true, availability: 'high', size: 'small', tags: ['prod'] });
    made.mesh.namespace('shop', { revision: 'prod' });
    return made;
  };
  const ambient = (): ReturnType<typeof served> => {
    const made = served({}, { backEnd, profile: 'ambient', cni: { namespace: 'istio-cni' }, ztunnel: { namespace: 'ztunnel', values: { ztunnel: { logLevel: 'debug' } } } });
    made.mesh.namespace('shop', { dataPlane: 'ambient' });
    return made;
  };

  test('sidecars, gateways, a tag and several of everything', () => {
    golden(`sidecars-${name}.yaml`, filesOf(sidecars().app, 'install', 'platform', 'istioctl'));
  });

  test('ambient mode, with its node agents in namespaces of their own', () => {
    golden(`ambient-${name}.yaml`, filesOf(ambient().app, 'install', 'platform', 'istioctl'));
  });

  test('what it emits fits the CRDs, and the check finds nothing', () => {
    for (const { app } of [sidecars(), ambient()]) {
      const manifests = objectsOf(app).map(object => manifestOf({ ...object }));
      expect(check(Mesh.from(manifests)).findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    }
  });

  test('the model reads the mesh config that is installed', () => {
    const meshConfig = { pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' }, enableAutoMtls: false } as const;
    const { app } = served({ outbound: 'REGISTRY_ONLY', trustDomain: 'shop.example', clusterDomain: 'k8s.example', autoMtls: false }, { backEnd, meshConfig, namespace: 'istio', tags: ['prod'] });
    const { manifests } = [...app.render()].map(([file, text]) => readManifests({ file, text })).reduce((all, one) => ({ manifests: [...all.manifests, ...one.manifests], problems: [] }));
    expect(Mesh.from(manifests).config).toMatchObject({
      outboundTrafficPolicy: 'REGISTRY_ONLY', trustDomain: 'shop.example', clusterDomain: 'k8s.example', pathNormalization: 'DECODE_AND_MERGE_SLASHES',
      autoMtls: false, rootNamespace: 'istio-system',
    });
  });

  testWithTool('kubectl')('kubectl reads every file that is applied', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meshwright-kubectl-'));
    try {
      for (const { app } of [sidecars(), ambient()]) {
        for (const [path, text] of app.render()) {
          const file = join(folder, path.replaceAll('/', '-'));
          writeFileSync(file, text);
          const count = loadAll(text).length;
          const said = execFileSync('kubectl', ['label', '--local', '--dry-run=client', '-f', file, 'checked=yes', '-o', 'name'], { encoding: 'utf8' });
          expect(said.trim().split('\n')).toHaveLength(count);
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('Helm values fit the facts of the Sail operator', () => {
  const schemaOf = (kind: 'Istio' | 'IstioCNI' | 'ZTunnel'): Schema => at(facts.kinds[kind].versions.v1.schema, 'properties', 'spec', 'properties', 'values') as Schema;
  // What only the charts know.
  const chartKeys = ['base.validationFailurePolicy', 'profile'];
  const known = (paths: readonly { readonly path: string }[]): string[] => paths.map(({ path }) => path).filter(path => !chartKeys.includes(path));

  test('in the CRs and files of every golden', () => {
    const folder = new URL('../../../__snapshots__/constructs/install/', import.meta.url);
    const objects = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.yaml')).flatMap(file => loadAll(readFileSync(new URL(file, folder), 'utf8')) as (Emitted | null)[]).filter(object => object !== null);
    const wrong = objects.flatMap(object => goldenValues(object).flatMap(({ kind, values }) => known(violations(schemaOf(kind), values)).map(path => `${object.kind} ${object.metadata.name}: ${path}`)));
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Application', 'HelmRelease', 'Istio', 'IstioCNI', 'ZTunnel', 'IstioOperator']));
    expect(wrong).toEqual([]);
  });

  test.each(['argo-cd', 'flux'] as const)('%s', name => {
    const { app } = installed({ backEnd: backEnds[name], profile: 'ambient', availability: 'high', size: 'large', meshConfig: { accessLogFile: '/dev/stdout' }, ztunnel: { values: { ztunnel: { Labels: { team: 'mesh' } } } } });
    expect(known(violations(schemaOf('Istio'), valuesOf(app, 'istiod')))).toEqual([]);
    expect(known(violations(schemaOf('IstioCNI'), valuesOf(app, 'cni')))).toEqual([]);
    const { profile, labels, ...ztunnel } = valuesOf(app, 'ztunnel');
    expect({ profile, labels }).toEqual({ profile: 'ambient', labels: { team: 'mesh' } });
    expect(known(violations(schemaOf('ZTunnel'), { ztunnel }))).toEqual([]);
  });
});

/** The values in an object that installs, each with the kind whose facts they fit. */
function goldenValues({ kind, spec }: Emitted): { readonly kind: 'Istio' | 'IstioCNI' | 'ZTunnel'; readonly values: object }[] {
  if (kind === 'Istio' || kind === 'IstioCNI' || kind === 'ZTunnel') return [{ kind, values: at(spec, 'values') ?? {} }];
  if (kind === 'IstioOperator') {
    // istioctl takes the values of all charts in one, and the mesh config beside them.
    const { cni, ztunnel, gateways: _, ...values } = (at(spec, 'values') ?? {}) as Record<string, unknown>;
    return [{ kind: 'Istio', values: { ...values, meshConfig: at(spec, 'meshConfig') ?? {} } }, { kind: 'IstioCNI', values: { cni: cni ?? {} } }, { kind: 'ZTunnel', values: { ztunnel: ztunnel ?? {} } }];
  }
  const values = (at(spec, 'source', 'helm', 'valuesObject') ?? at(spec, 'values') ?? {}) as Record<string, unknown>;
  const chart = at(spec, 'source', 'chart') ?? at(spec, 'chart', 'spec', 'chart');
  if (chart === 'istiod') return [{ kind: 'Istio', values }];
  if (chart === 'cni') return [{ kind: 'IstioCNI', values }];
  const { profile: _, global, labels, annotations, ...own } = values;
  return chart === 'ztunnel' ? [{ kind: 'ZTunnel', values: { ...(global === undefined ? {} : { global }), ztunnel: { ...own, ...(labels === undefined ? {} : { Labels: labels }), ...(annotations === undefined ? {} : { Annotations: annotations }) } } }] : [];
}

describe('the authority that signs', () => {
  const authorities: Record<string, (chart: Chart, mesh: ServiceMesh) => MeshCa> = {
    'one plugged in': chart => new PluggedInCa(chart, 'ca', { from: SecretFrom.existing(), workloadHours: 12 }),
    'cert-manager': (chart, mesh) => new IstioCsr(chart, 'ca', { mesh, issuer: 'self-signed' }),
    SPIRE: (chart, mesh) => new SpireCa(chart, 'ca', { mesh }),
    'Istio itself': () => selfSignedCa({ workloadHours: 12, rootDays: 365 }),
  };
  test.each(Object.keys(authorities).flatMap(ca => Object.keys(backEnds).map(by => [ca, by as keyof typeof backEnds] as const)))('%s, by %s', (ca, by) => {
    const app = emptyApp();
    const mesh = new ServiceMesh(app, 'mesh', { trustDomain: 'shop.example', trustDomainAliases: ['old.example'] });
    const { values } = (authorities[ca] as (chart: Chart, mesh: ServiceMesh) => MeshCa)(new Chart(app, 'ca'), mesh);
    new IstioInstallation(app, 'istio', { version: '1.30.3', backEnd: backEnds[by], mesh, values });
    const found = { 'argo-cd': ['Application', 'source', 'helm', 'valuesObject'], flux: ['HelmRelease', 'values'], sail: ['Istio', 'values'], istioctl: ['IstioOperator', 'values'] }[by];
    const [kind = '', ...path] = found;
    const object = objectsOf(app, kind).at(-1);
    expect(at(object, 'spec', ...path)).toMatchObject(values);
    expect(at(object, 'spec', ...(by === 'istioctl' ? [] : path), 'meshConfig')).toMatchObject({ trustDomain: 'shop.example', trustDomainAliases: ['old.example'] });
  });
});

describe('charts wait for each other', () => {
  test('by waves, with Argo CD', () => {
    const { app } = installed({ profile: 'ambient', ...gateways });
    const waves = objectsOf(app, 'Application').map(({ metadata }) => [metadata.name, at(metadata, 'annotations', 'argocd.argoproj.io/sync-wave')]);
    expect(waves).toEqual([['istio-base', '0'], ['istiod', '1'], ['istio-cni', '2'], ['ztunnel', '3'], ['istio-ingress', '4'], ['istio-egress', '4']]);
  });

  test('by name, with Flux, and never for each other', () => {
    const { app } = installed({ backEnd: BackEnd.flux(), profile: 'ambient', ...gateways });
    const done = new Set<string>();
    for (const { metadata, spec } of objectsOf(app, 'HelmRelease')) {
      for (const { name } of (at(spec, 'dependsOn') ?? []) as { name: string }[]) expect(done).toContain(name);
      done.add(metadata.name);
    }
    expect([...done]).toEqual(['istio-base', 'istiod', 'istio-cni', 'ztunnel', 'istio-ingress', 'istio-egress']);
  });
});

test('charts may come from a registry', () => {
  const { app } = installed({ backEnd: BackEnd.flux({ charts: 'oci://registry.example/istio' }) });
  expect(objectsOf(app, 'OCIRepository').map(({ spec }) => at(spec, 'url'))).toEqual(['oci://registry.example/istio/base', 'oci://registry.example/istio/istiod']);
  expect(objectsOf(app, 'HelmRelease').map(({ spec }) => at(spec, 'chartRef', 'name'))).toEqual(['istio-base-1-30-3', 'istio-istiod-1-30-3']);
  const argo = installed({ backEnd: BackEnd.argoCd({ charts: 'oci://registry.example/istio' }) });
  expect(at(objectsOf(argo.app, 'Application'), 0, 'spec', 'source', 'repoURL')).toBe('registry.example/istio');
});

test('an IstioOperator is in no folder that is applied', () => {
  const { app } = installed({ backEnd: BackEnd.istioctl() });
  const paths = [...app.render()].filter(([, text]) => text.includes('kind: IstioOperator')).map(([path]) => path);
  expect(paths).toEqual(['istioctl/istio-operator.k8s.yaml']);
});

test('the default tag serves namespaces that name no revision', () => {
  const { app, mesh } = served({}, { tags: ['default'] });
  mesh.namespace('shop');
  expect((at(objectsOf(app, 'MutatingWebhookConfiguration'), 0, 'webhooks') as { name: string }[]).map(({ name }) => name)).toContain('namespace.sidecar-injector.istio.io');
});

test('a gateway that the Sail operator does not install stands with its namespace, be that of the mesh or not', () => {
  const app = emptyApp();
  const mesh = new ServiceMesh(app, 'mesh');
  mesh.namespace('istio-ingress');
  new IstioInstallation(app, 'istio', { version: '1.30.3', backEnd: BackEnd.sail(), mesh, ingressGateways: [{ name: 'istio-ingress' }], egressGateways: [{ name: 'istio-egress' }] });
  const places = [...app.render()].flatMap(([path, text]) => (loadAll(text) as { kind: string; metadata: { name: string } }[]).filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => `${metadata.name} in ${path}`));
  expect(places).toEqual(['istio-ingress in mesh/istio-ingress.k8s.yaml', 'istio-egress in install/istio.k8s.yaml']);
});

test('the Sail operator names revisions by itself where they are RevisionBased, and a tag follows them', () => {
  const { app, mesh } = served({}, { backEnd: BackEnd.sail({ updateStrategy: 'RevisionBased', inactiveRevisionDeletionGracePeriodSeconds: 60 }), tags: ['prod'] });
  mesh.namespace('shop', { revision: 'prod' });
  expect(at(objectsOf(app, 'Istio'), 0, 'spec', 'updateStrategy')).toEqual({ type: 'RevisionBased', inactiveRevisionDeletionGracePeriodSeconds: 60 });
  expect(at(objectsOf(app, 'IstioRevisionTag'), 0, 'spec', 'targetRef')).toEqual({ kind: 'Istio', name: 'default' });
  mesh.namespace('next');
  expect(() => app.render()).toThrow('namespace mesh/next asks for injection by the default revision, but there is only prod, default-v1-30-3');
});

test('a release that is newer than the facts is taken, with a word', () => {
  const { app } = installed({ version: '1.31.4' });
  expect(warnings(app)).toEqual(['istio: Istio 1.31.4 is newer than 1.30.3, which its values are checked against; look at what it changed']);
  expect(objectsOf(app, 'Application').map(({ spec }) => at(spec, 'source', 'targetRevision'))).toEqual(['1.31.4', '1.31.4']);
});

test('values of the user win over presets, and lists are replaced', () => {
  const { app } = installed({ availability: 'high', size: 'large', values: { pilot: { autoscaleMin: 3, topologySpreadConstraints: [] } } });
  expect(valuesOf(app, 'istiod').pilot).toMatchObject({ autoscaleMin: 3, autoscaleMax: 5, topologySpreadConstraints: [], resources: { requests: { cpu: '2' } } });
});

test('values that nobody checks reach the chart', () => {
  const { app } = installed({ unchecked: { pdb: { minAvailable: 2 }, meshConfig: { newField: true } } });
  expect(valuesOf(app, 'istiod')).toMatchObject({ pdb: { minAvailable: 2 }, meshConfig: { newField: true } });
});

test('props are left as they were', () => {
  const freeze = <Value>(value: Value): Value => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
    return value;
  };
  const props = freeze({ values: { pilot: { env: { A: 'b' } } }, meshConfig: { accessLogFile: '/dev/stdout' }, ingressGateways: [{ name: 'istio-ingress', values: { labels: { a: 'b' } } }] } satisfies Partial<IstioInstallationProps>);
  expect(() => installed({ ...props, availability: 'high', size: 'small' })).not.toThrow();
});

describe('a mistake fails at once, with the construct path and the nearest name', () => {
  const cases: readonly (readonly [string, Partial<IstioInstallationProps>, string])[] = [
    ['a version that is none', { version: '1.30' }, 'istio: version must be a release of Istio such as "1.30.3", got "1.30"'],
    ['a version with a v', { version: 'v1.30.3' }, 'did you mean "1.30.3"?'],
    ['a patch that was never released', { version: '1.27.0-rc.9' }, 'version 1.27.0-rc.9 is no known release of Istio'],
    ['a version of the far future', { version: '1.99.0' }, 'version 1.99.0 is no known release of Istio'],
    ['a version whose charts took other values', { version: '1.22.8' }, 'version 1.22.8 is older than 1.24'],
    ['a profile that is none', { profile: 'ambiant' as 'ambient' }, 'istio: "ambiant" is no profile of Istio; did you mean "ambient"?'],
    ['a profile like no other', { profile: 'constructor' as 'ambient' }, '"constructor" is no profile of Istio; take one of default, minimal, demo'],
    ['a value that is none', { values: { pilot: { autoscaleMinn: 2 } as object } }, 'values.pilot.autoscaleMinn: unknown field "autoscaleMinn"; did you mean "autoscaleMin"?'],
    ['a mesh config that is none', { meshConfig: { trustDomian: 'x' } as object }, 'meshConfig.trustDomian: unknown field "trustDomian"; did you mean "trustDomain"?'],
    ['a value of the wrong kind', { meshConfig: { outboundTrafficPolicy: { mode: 'REGISTRY' as 'ALLOW_ANY' } } }, 'must be one of REGISTRY_ONLY'],
    ['mesh config among the values', { values: { meshConfig: {} } as object }, 'values.meshConfig is a prop of its own'],
    ['a value of ztunnel that is none', { profile: 'ambient', ztunnel: { values: { ztunnel: { logLevl: 'debug' } as object } } }, 'did you mean "logLevel"?'],
    ['a value of a gateway that is none', { ingressGateways: [{ name: 'g', values: { autoscale: {} } }] }, 'istio: gateway "g": unknown value "autoscale"; did you mean "autoscaling"?'],
    ['a gateway with no port', { ingressGateways: [{ name: 'g', ports: [{ name: 'http', port: 0 }] }] }, 'port "http" must be between 1 and 65535, got 0'],
    ['two gateways of one name', { ingressGateways: [{ name: 'g' }], egressGateways: [{ name: 'g' }] }, 'two gateways are named "g"'],
    ['ztunnel without ambient', { ztunnel: {} }, 'ztunnel is the node proxy of ambient mode, but the profile is "default"'],
    ['ambient without its CNI plugin', { profile: 'ambient', cni: false }, 'ambient mode needs the CNI plugin'],
    ['a Kubernetes that is too old', { kubernetes: '1.29' }, 'Istio 1.30.3 supports Kubernetes 1.32 to 1.36, but the cluster runs 1.29; take Istio 1.24 or 1.25 or 1.26 or 1.27, or upgrade'],
    ['a Kubernetes that is none', { kubernetes: 'new' }, 'kubernetes must be a release such as "1.33", got "new"'],
    ['a node agent ahead of the control plane', { version: '1.29.6', cni: { version: '1.30.3' } }, 'cni 1.30.3 is ahead of the control plane 1.29.6'],
    ['a gateway far behind the control plane', { ingressGateways: [{ name: 'g', version: '1.28.10' }] }, 'gateway "g" 1.28.10 is 2 minor releases behind the control plane 1.30.3'],
    ['a tag that is the revision', { revision: 'prod', tags: ['prod'] }, 'the tag "prod" is the name of a revision as well'],
    ['a tag that is there twice', { tags: ['a', 'a'] }, 'the tag "a" is there twice'],
    ['tags among the values', { unchecked: { revisionTags: ['a'] } }, 'say tags instead of revisionTags'],
    ['a release that the operator does not install', { backEnd: BackEnd.sail(), version: '1.31.4' }, 'the Sail operator that meshwright knows installs Istio up to 1.30.3, got 1.31.4'],
    ['unchecked values for the operator', { backEnd: BackEnd.sail(), unchecked: { pdb: {} } }, 'unchecked values (pdb) are for charts'],
    ['no version', { version: undefined as unknown as string }, 'istio: version must be a release of Istio such as "1.30.3", got nothing'],
    ['a version that YAML made a number of', { version: 1.3 as unknown as string }, 'istio: version must be a release of Istio such as "1.30.3", got 1.3'],
    ['a tag that is no list', { tags: 'prod' as unknown as string[] }, 'istio: tags must be a list, got "prod"; write [\'prod\']'],
    ['a gateway without a name', { ingressGateways: [{} as { name: string }] }, 'istio: a gateway of ingress needs a name, got nothing; give name: \'istio-ingress\''],
    ['a back end that is none', { backEnd: { kind: 'helm' } as unknown as BackEnd }, 'istio: "helm" is no back end; take BackEnd.argoCd(), .flux(), .sail() or .istioctl()'],
    ['secrets of other clusters, and none', { remoteSecrets: { store: 'vault', key: 'mesh/{cluster}' } }, 'istio: remoteSecrets are for the other clusters of a mesh, and the installation is in none'],
    ['a revision beside RevisionBased', { backEnd: BackEnd.sail({ updateStrategy: 'RevisionBased' }), revision: 'a' }, 'with RevisionBased the Sail operator names revisions'],
  ];
  test.each(cases)('%s', (_, props, message) => {
    expect(() => installed(props)).toThrow(message);
  });

  test('mesh config that says otherwise than the mesh', () => {
    expect(() => served({ trustDomain: 'a.example' }, { meshConfig: { trustDomain: 'b.example' } })).toThrow('istio: values.meshConfig.trustDomain is "b.example", but the mesh mesh makes it "a.example"; say it in one place');
    expect(() => served({}, { meshConfig: { enableAutoMtls: false } })).toThrow('values.meshConfig.enableAutoMtls is false, but the mesh mesh makes it true');
  });

  test('aliases that are not those of the mesh, or the trust domain itself', () => {
    const trust = { trustDomain: 'new.example', trustDomainAliases: ['old.example'] };
    expect(() => served(trust, { meshConfig: { trustDomainAliases: ['older.example'] } })).toThrow('values.meshConfig.trustDomainAliases is ["older.example"], but the mesh mesh makes it ["old.example"]');
    expect(() => served({ ...trust, trustDomainAliases: ['new.example'] })).toThrow('mesh: the trust domain "new.example" is its own alias');
  });

  test('a cluster that is not that of the mesh, or a primary that nobody reaches', () => {
    const clusters = { east: { network: 'east' }, west: { network: 'west' } };
    const fleet = MultiCluster.multiPrimary({ meshId: 'mesh1', clusters });
    expect(() => served({ cluster: fleet.cluster('east') }, { cluster: fleet.cluster('west') })).toThrow('istio: it is for cluster "west", but the mesh mesh for cluster "east"; give both the same cluster');
    expect(() => served({}, { cluster: fleet.cluster('west') })).toThrow('it is for cluster "west", but the mesh mesh for cluster none');
    expect(() => MultiCluster.primaryRemote({ meshId: 'mesh1', clusters, primary: 'east', primaryAddress: undefined as unknown as string })).toThrow('primaryAddress must be the IP address or host name at which the east-west gateway of "east" answers, got nothing');
  });

  test('two installations of one revision', () => {
    const { app } = installed();
    expect(() => new IstioInstallation(app, 'other', { version: '1.29.6', controlPlaneOnly: true })).toThrow('other: revision or tag "default" is installed by istio already');
  });

  test('two installations that both have CRDs', () => {
    const { app } = installed();
    expect(() => new IstioInstallation(app, 'other', { version: '1.29.6', revision: 'old' })).toThrow('other: CRDs, node agents and gateways are installed by istio already; say controlPlaneOnly: true');
  });
});

describe('the synth fails where a namespace asks for what is not installed:', () => {
  test('an ambient namespace without ztunnel', () => {
    const { app, mesh } = served({});
    mesh.namespace('shop', { dataPlane: 'ambient' });
    expect(() => app.render()).toThrow('namespace mesh/shop is ambient, but no ztunnel is installed: take an ambient profile');
  });

  test('an authorizer that the mesh config does not define', () => {
    expect(() => served({ authorizers: ['opa'] }).app.render()).toThrow('mesh knows the authorizer "opa", which nothing defines in the mesh config; there is no provider: add it to meshConfig.extensionProviders');
    const meshConfig = { extensionProviders: [{ name: 'opa', envoyExtAuthzGrpc: { service: 'opa.opa.svc.cluster.local', port: 9191 } }] };
    expect(() => served({ authorizers: ['opa'] }, { meshConfig }).app.render()).not.toThrow();
  });

  test('a revision that no installation has', () => {
    const { app, mesh } = served({}, { tags: ['prod'] });
    mesh.namespace('shop', { revision: 'prd' });
    expect(() => app.render()).toThrow('namespace mesh/shop asks for revision "prd", which no installation has; did you mean "prod"?');
  });

  test('the default revision where all have names', () => {
    const { app, mesh } = served({}, { tags: ['prod'] });
    mesh.namespace('shop');
    expect(() => app.render()).toThrow('namespace mesh/shop asks for injection by the default revision, but there is only prod, 1-30-3: give it a revision or tag, or the installation the tag "default"');
  });

  test('what ambient mode lacks: machines outside Kubernetes', () => {
    const { app, mesh } = served({}, { profile: 'ambient' });
    const shop = mesh.namespace('shop', { dataPlane: 'ambient' });
    const ratings = new MeshService(shop, 'ratings', { port: 9080, versions: { v1: { image: 'ratings:1' } } });
    new Machine(ratings, 'vm', { version: 'v1', address: '10.0.0.7' });
    expect(() => app.render()).toThrow('a machine outside Kubernetes runs a sidecar');
  });

  test('nothing, when everything is there', () => {
    const { app, mesh } = served({}, { tags: ['prod'] });
    mesh.namespace('shop', { revision: 'prod' });
    mesh.namespace('next', { revision: '1-30-3' });
    mesh.namespace('outside', { dataPlane: 'none' });
    expect(() => app.render()).not.toThrow();
  });
});

test('an app without a mesh installs Istio alone', () => {
  const app = emptyApp();
  new IstioInstallation(app, 'istio', { version: '1.30.3' });
  expect(objectsOf(app).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['Application istio-base', 'Application istiod']);
});
