import { describe, expect, test } from 'vitest';
import { manifestOf } from '../../lib/manifest/index.ts';
import { Mesh, strictPlan } from '../../lib/mesh/index.ts';
import { MtlsPlan, MutualTls, type MeshNamespace, type ServiceMesh } from '../../lib/index.ts';
import { goldens } from '../golden.ts';
import { ratingsOf, reviewsOf, shopMesh } from './bookinfo-shop.ts';
import { emitted } from './emitted.ts';

const golden = goldens(import.meta.url);

function planned(taken: number): { readonly mesh: ServiceMesh; readonly shop: MeshNamespace; readonly plan: MtlsPlan } {
  const { mesh, shop } = shopMesh();
  const bank = mesh.namespace('bank');
  return { mesh, shop, plan: new MtlsPlan(mesh, 'mtls', { order: [reviewsOf(shop), shop, (ratingsOf(bank), bank)], taken }) };
}

test.each([0, 1, 2, 3, 4])('step %i of a plan is a synth', taken => {
  const { mesh, plan } = planned(taken);
  expect(plan.steps).toBe(4);
  golden(`step-${taken}.yaml`, emitted(mesh, 'PeerAuthentication'));
});

test('each step of a plan makes one more place STRICT, as the model sees it', () => {
  const done = [0, 1, 2, 3, 4].map(taken => strictPlan(Mesh.from(emitted(planned(taken).mesh).map(object => manifestOf({ ...object })))).filter(step => step.done).map(({ place }) => place.namespace ?? 'mesh'));
  expect(done).toEqual([[], [], ['shop'], ['bank', 'shop'], ['bank', 'shop', 'mesh']]);
});

describe('a mistake fails at once', () => {
  test.each([-1, 5, 0.5])('%s steps of four', taken => {
    expect(() => planned(taken)).toThrow(`mesh/mtls: taken is how many of the 4 steps are taken, so a whole number between 0 and 4, got ${taken}`);
  });
  test('a target twice', () => {
    const { mesh, shop } = shopMesh();
    expect(() => new MtlsPlan(mesh, 'mtls', { order: [shop, shop], taken: 0 })).toThrow('mesh/mtls: mesh/shop is in the order twice');
  });
  test('a namespace of another mesh', () => {
    expect(() => new MtlsPlan(shopMesh().mesh, 'mtls', { order: [shopMesh().shop], taken: 0 })).toThrow('mesh/shop is no part of mesh');
  });
  test('mutual TLS that is declared elsewhere', () => {
    const { mesh, shop } = shopMesh();
    new MutualTls(shop, 'own');
    expect(() => new MtlsPlan(mesh, 'mtls', { order: [shop], taken: 1 })).toThrow('mesh/shop has mutual TLS already (STRICT)');
  });
});
