import { describe, expect, test } from 'vitest';
import { defineService } from 'meshwright/runtime/contract';
import { type MeshNamespaceProps, MeshService, Profiles } from '../../../lib/index.ts';
import { goldens } from '../../golden.ts';
import { findings } from '../accepted.ts';
import { reviewsOf, shopMesh } from '../bookinfo-shop.ts';
import { emitted } from '../emitted.ts';

const golden = goldens(import.meta.url);
const cart = defineService({ name: 'cart', port: 9080, profiling: {} });
const pyroscope = 'http://pyroscope.observability:4040';

function profiles(props: MeshNamespaceProps = {}) {
  const { mesh, shop } = shopMesh({ mtls: 'STRICT', access: 'deny-by-default' }, props);
  const service = MeshService.fromContract(shop, cart, { versions: { v1: { image: 'cart:1' } } });
  const observability = mesh.namespace('observability', { dataPlane: props.dataPlane === 'ambient' ? 'ambient' : 'sidecar' });
  return { mesh, shop, observability, make: (services: readonly MeshService[] = [service]) => new Profiles(observability, 'profiles', { services, pyroscope }) };
}

test('Alloy reads the profiles of a service under mutual TLS, and nobody else may', () => {
  const { mesh, make } = profiles();
  make();
  golden('sidecar.yaml', emitted(mesh).filter(({ metadata }) => metadata.name === 'profiles' || metadata.name === 'cart-profiles'));
  expect(JSON.stringify(emitted(mesh, 'Deployment'))).toContain('{"name":"MESHWRIGHT_PROFILING_HOST","value":"0.0.0.0"}');
  expect(findings(mesh).filter(finding => !finding.includes('namespace observability has no workload'))).toEqual([]);
});

test('in an ambient mesh the connection is secured for it', () => {
  const { mesh, make } = profiles({ dataPlane: 'ambient' });
  make();
  golden('ambient.yaml', emitted(mesh, 'ConfigMap'));
});

describe('a mistake fails at once, with the construct path', () => {
  test('a service without profiles', () => {
    const { shop, make } = profiles();
    expect(() => make([reviewsOf(shop)])).toThrow('mesh/observability/profiles: mesh/shop/reviews offers no profiles; give its contract profiling: {}');
  });
  test('a service that no proxy guards', () => {
    expect(() => profiles({ dataPlane: 'none' }).make()).toThrow('no proxy guards the profiles of mesh/shop/cart, which show what is in its memory');
  });
  test('nothing to read, nowhere to send it', () => {
    const { observability, make } = profiles();
    expect(() => make([])).toThrow('needs a service whose profiles are read, got none');
    expect(() => new Profiles(observability, 'other', { services: [], pyroscope: 'pyroscope' })).toThrow('pyroscope must be an http or https URL without a password');
  });
});
