import { field, fields, mapping, text, type KubernetesObject, type Manifest } from '../../manifest/index.ts';
import { element, fromBase64, pemBlocks, type Element } from './der.ts';
import type { Entity } from './entity.ts';
import { keyMaterialIn, type KeyMaterial } from './key-material.ts';

/** What the certificate of a secret is worth, without any of it. */
export interface Certificate {
  /** RFC 3339. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** A Secret: which keys it has, and whether a gateway could use it. */
export interface Secret extends Entity {
  readonly type: string;
  readonly keys: readonly string[];
  /** The first certificate; undefined where none can be read. */
  readonly certificate: Certificate | undefined;
  /** Why a gateway cannot serve with it; undefined where it can, dates aside. */
  readonly unusable: string | undefined;
  /** Where keys stand in it. */
  readonly material: readonly KeyMaterial[];
}

type SecretFacts = Pick<Secret, 'type' | 'keys' | 'certificate' | 'unusable' | 'material'>;

/** What is known of secrets whose material was let go. */
const known = new WeakMap<KubernetesObject, SecretFacts>();

export function secretOf(entity: Entity): Secret {
  return { ...entity, ...(known.get(entity.manifest.object) ?? factsOf(entity.manifest.object)) };
}

/** A Secret as a mesh keeps it: it knows what was worth knowing, and its material is gone. Other objects stay as they are. */
export function withoutMaterial(manifest: Manifest): Manifest {
  const { object } = manifest;
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || known.has(object)) return manifest;
  // kubectl writes all of the object, material too, into an annotation.
  const annotations = Object.fromEntries(Object.entries(fields(field(object.metadata, 'annotations'))).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration'));
  const kept: KubernetesObject = { apiVersion: object.apiVersion, kind: object.kind, metadata: { ...fields(object.metadata), annotations } };
  known.set(kept, factsOf(object));
  return { ...manifest, object: kept };
}

function factsOf(object: KubernetesObject): SecretFacts {
  const data = mapping(object.data) ?? {};
  const plain = mapping(object.stringData) ?? {};
  const value = (key: string): string => (Object.hasOwn(plain, key) ? text(plain[key]) : decoded(text(data[key]))) ?? '';
  const has = (key: string): boolean => Object.hasOwn(data, key) || Object.hasOwn(plain, key);
  const names = ([['cert', 'key'], ['tls.crt', 'tls.key']] as const).find(names => names.every(has));
  const found = names && read(value(names[0]), value(names[1]));
  return {
    type: text(object.type) ?? 'Opaque',
    keys: [...new Set([...Object.keys(data), ...Object.keys(plain)])].sort(),
    certificate: found?.certificate,
    unusable: found ? found.unusable : 'it has neither the keys tls.crt and tls.key nor cert and key',
    material: keyMaterialIn(object),
  };
}

function decoded(base64: string | undefined): string | undefined {
  const bytes = base64 === undefined ? undefined : fromBase64(base64);
  return bytes && new TextDecoder().decode(bytes);
}

function read(certificate: string, privateKey: string): { readonly certificate: Certificate | undefined; readonly unusable: string | undefined } {
  const block = pemBlocks(certificate).find(({ label }) => label === 'CERTIFICATE');
  const parsed = block && certificateOf(element(block.bytes));
  if (!parsed) return { certificate: undefined, unusable: 'its certificate cannot be read' };
  const { publicKey, ...dates } = parsed;
  const keyBlock = pemBlocks(privateKey).find(({ label }) => label.endsWith('PRIVATE KEY'));
  const key = keyBlock && element(keyBlock.bytes);
  if (!key) return { certificate: dates, unusable: 'its private key cannot be read' };
  return { certificate: dates, unusable: belongsTo(key, publicKey) ? undefined : 'its private key is not that of its certificate' };
}

/** RFC 5280, section 4.1. */
function certificateOf(certificate: Element | undefined): (Certificate & { readonly publicKey: Element }) | undefined {
  const body = certificate?.children[0]?.children ?? [];
  // The version is optional and comes first, in a context tag.
  const [, , , validity, , publicKey] = body[0]?.tag === 0xa0 ? body.slice(1) : body;
  const [notBefore, notAfter] = (validity?.children ?? []).map(timeOf);
  if (notBefore === undefined || notAfter === undefined || !publicKey) return undefined;
  return { notBefore, notAfter, publicKey };
}

/** UTCTime has two digits of the year: below 50 they are of this century (RFC 5280, section 4.1.2.5.1). */
function timeOf({ tag, bytes }: Element): string | undefined {
  const digits = String.fromCharCode(...bytes.subarray(0, 20));
  const full = tag === 0x17 ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits;
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
  return parts ? `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z` : undefined;
}

/** Whether the numbers that make an RSA public key, or the point of an elliptic one, stand in the private key. */
function belongsTo(privateKey: Element, publicKey: Element): boolean {
  const point = publicKey.children[1]?.bytes.subarray(1);
  if (!point) return false;
  const modulus = element(point)?.children[0]?.bytes;
  const wanted = modulus ?? point;
  const inside = parts(privateKey);
  // An elliptic key may leave its public point out; then there is nothing to compare.
  if (!modulus && !inside.some(bytes => bytes.length === point.length || bytes.length === point.length + 1)) return true;
  return inside.some(bytes => endsWith(bytes, wanted));
}

/** Every plain part of a key; the key itself lies in an octet string (RFC 5958). */
function parts({ tag, bytes, children }: Element): Uint8Array[] {
  const inner = tag === 0x04 ? element(bytes) : undefined;
  return [...(children.length === 0 ? [bytes] : []), ...children.flatMap(parts), ...(inner ? parts(inner) : [])];
}

function endsWith(bytes: Uint8Array, end: Uint8Array): boolean {
  const offset = bytes.length - end.length;
  return offset >= 0 && end.every((byte, i) => bytes[offset + i] === byte);
}
