import type { Entity } from '../mesh/index.ts';

/** What an object asks not to be told. */
export interface Suppression {
  readonly annotation: string;
  /** Codes or names of rules; `*` for all. */
  readonly codes: readonly string[];
  /** Only our own annotation can say one. */
  readonly reason: string | undefined;
}

/** Istio's annotation, Kiali's, and ours: `meshwright/ignore: "IST0101, MW0301: the host is made by another team"`. */
const annotations = ['galley.istio.io/analyze-suppress', 'kiali.io/ignore-validations', 'meshwright/ignore'];

const none: readonly Suppression[] = [];

/** What an object asks not to be told. */
export function suppressionsOf({ annotations: own }: Entity): readonly Suppression[] {
  if (own.size === 0) return none;
  return annotations.flatMap(annotation => {
    const value = own.get(annotation);
    if (value === undefined) return none;
    const colon = annotation === 'meshwright/ignore' ? value.indexOf(':') : -1;
    const codes = (colon === -1 ? value : value.slice(0, colon)).split(',').map(code => code.trim()).filter(code => code !== '');
    const reason = colon === -1 ? '' : value.slice(colon + 1).trim();
    return [{ annotation, codes: [...new Set(codes)], reason: reason === '' ? undefined : reason }];
  });
}

/** The codes of suppressions by which a finding with one of these names is held back. */
export function heldBackBy(suppressions: readonly Suppression[], names: readonly string[]): readonly string[] {
  return suppressions.flatMap(({ codes }) => codes.filter(code => code === '*' || names.includes(code)));
}
