import { describe, expect, test } from 'vitest';
import { type Upgrade, upgradePlan, type UpgradeStep } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { at, backEnds, installed, objectsOf, served } from './installed.ts';

const golden = goldens(import.meta.url);

const steps: readonly (UpgradeStep | undefined)[] = [...upgradePlan.map(({ step }) => step), undefined];
const upgradeAt = (step: UpgradeStep | undefined, rest: Omit<Upgrade, 'step' | 'from'> = {}): { upgrade?: Upgrade } => (step ? { upgrade: { from: '1.29.6', step, ...rest } } : {});

test.each(Object.entries(backEnds))('each step is a synth: %s', (name, backEnd) => {
  const text = steps.map(step => {
    const { app } = installed({ backEnd, ...upgradeAt(step), tags: ['prod'], profile: 'ambient', ingressGateways: [{ name: 'istio-ingress' }] });
    return [`# ${step ?? 'without upgrade'}`, ...objectsOf(app).filter(({ kind }) => kind !== 'Namespace').map(said)].join('\n');
  });
  golden(`${name}.txt`, `${text.join('\n\n')}\n`);
});

test('the last step is the same as no upgrade', () => {
  const files = (step: UpgradeStep | undefined): [string, string][] => [...installed({ ...upgradeAt(step), tags: ['prod'] }).app.render()];
  expect(files('remove-old')).toEqual(files(undefined));
});

test('the old control plane may be the one without a name', () => {
  const { app, mesh } = served({}, { ...upgradeAt('install-new', { fromRevision: 'default' }), tags: [] });
  mesh.namespace('shop');
  mesh.namespace('first', { revision: '1-30-3' });
  expect(objectsOf(app, 'Application').map(({ metadata }) => metadata.name)).toEqual(['istio-base', 'istiod', 'istiod-1-30-3']);
});

test('a namespace at the canary tag is served as long as the tag is there', () => {
  for (const step of steps) {
    const { app, mesh } = served({}, { ...upgradeAt(step), tags: ['prod'] });
    mesh.namespace('shop', { revision: 'prod-canary' });
    const synth = expect(() => app.render());
    if (step === 'remove-old' || step === undefined) synth.toThrow('asks for revision "prod-canary"');
    else synth.not.toThrow();
  }
});

describe('an upgrade that Istio does not support is refused:', () => {
  test.each<[string, string, Upgrade, string]>([
    ['back', '1.29.6', { from: '1.30.3', step: 'install-new' }, 'an upgrade goes from 1.30.3 back to 1.29.6'],
    ['back by a patch', '1.30.2', { from: '1.30.3', step: 'install-new' }, 'an upgrade goes from 1.30.3 back to 1.30.2'],
    ['too far', '1.30.3', { from: '1.27.9', step: 'install-new' }, 'an upgrade from 1.27.9 to 1.30.3 skips 2 minor releases, and Istio supports one; go by way of 1.29'],
    ['to itself', '1.30.3', { from: '1.30.3', step: 'install-new' }, 'old and new control plane are both revision "1-30-3"'],
    ['by a step that is none', '1.30.3', { from: '1.29.6', step: 'move-tags' as 'move-tag' }, '"move-tags" is no step of an upgrade; did you mean "move-tag"?'],
    ['from what is no release', '1.30.3', { from: 'latest', step: 'move-tag' }, 'istio: upgrade.from must be a release of Istio'],
  ])('%s', (_, version, upgrade, message) => {
    expect(() => installed({ version, upgrade, tags: ['prod'] })).toThrow(message);
  });

  test('over two minor releases, where a node agent would be two behind', () => {
    expect(() => installed({ version: '1.30.3', upgrade: { from: '1.28.10', step: 'install-new' }, tags: ['prod'] })).not.toThrow();
    expect(() => installed({ version: '1.30.3', upgrade: { from: '1.28.10', step: 'install-new' }, tags: ['prod'], profile: 'ambient' })).toThrow('cni 1.28.10 is 2 minor releases behind the control plane 1.30.3');
  });

  test('on a Kubernetes that one of the two does not support', () => {
    expect(() => installed({ version: '1.30.3', upgrade: { from: '1.29.6', step: 'install-new' }, kubernetes: '1.36' })).toThrow('Istio 1.29.6 supports Kubernetes 1.31 to 1.35, but the cluster runs 1.36');
  });
});

/** An object in a line: its release, and what it points to. */
function said(object: object): string {
  const first = (...paths: (readonly (string | number)[])[]): string => paths.map(path => at(object, ...path)).find(value => typeof value === 'string') ?? '';
  const version = first(['spec', 'source', 'targetRevision'], ['spec', 'chart', 'spec', 'version'], ['spec', 'version'], ['spec', 'tag']);
  const to = first(['webhooks', 0, 'clientConfig', 'service', 'name'], ['spec', 'targetRef', 'name'], ['spec', 'source', 'helm', 'valuesObject', 'revision'], ['spec', 'values', 'revision'], ['spec', 'template', 'metadata', 'labels', 'istio.io/rev']);
  const components = Object.entries((at(object, 'spec', 'components') ?? {}) as Record<string, { readonly enabled?: boolean }>).filter(([, { enabled }]) => enabled).map(([name]) => name);
  return [first(['kind']), first(['metadata', 'name']), version, to === '' ? '' : `→ ${to}`, components.length > 0 ? `(${components.join(', ')})` : ''].filter(part => part !== '').join(' ');
}
