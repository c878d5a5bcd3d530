import { addressBlock } from './address-block.ts';
import { headerName } from './match.ts';

/**
 * A condition of a rule, in Istio's words: an attribute that has one of some values, or none of them.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/conditions/
 */
export interface Condition {
  readonly key: string;
  /** `abc*` and `*abc` are patterns, `*` is whatever is there. */
  readonly values: readonly string[];
  readonly not?: boolean | undefined;
}

type Values = readonly [string, ...string[]];

interface Asked {
  readonly is: (...values: Values) => Condition;
  /** A request without it passes too. */
  readonly isNot: (...values: Values) => Condition;
}

/**
 * What must hold of a request or a connection beside who sends it and what it asks for. Values may be patterns: `abc*`, `*abc`.
 *
 * @example
 * When.header('x-tenant').is('blue', 'green')
 */
export const When = {
  /** By a header. */
  header(name: string): Asked & { readonly present: () => Condition } {
    const key = `request.headers[${headerName('When.header', name)}]`;
    return { ...asked('When.header', key), present: () => ({ key, values: ['*'] }) };
  },

  /** By the server name that the client asked for in TLS. */
  sni: asked('When.sni', 'connection.sni'),

  /** By the address that the connection was made to. */
  destinationIp: asked('When.destinationIp', 'destination.ip', addressBlock),

  /** By the audiences of the token. */
  audience: asked('When.audience', 'request.auth.audiences'),

  /** By the party that the token was issued to (`azp`). */
  presenter: asked('When.presenter', 'request.auth.presenter'),

  /** By what a filter of Envoy has put into its metadata: `envoy.filters.network.mysql_proxy`, `db.table`. */
  filter(name: string, key: string): Asked {
    if (!/^envoy\.filters\.[\w.]+$/.test(name) || key === '' || /[[\]]/.test(key)) throw new Error(`When.filter: takes the name of a filter, as "envoy.filters.network.mysql_proxy", and a key of its metadata, got ${JSON.stringify(name)} and ${JSON.stringify(key)}`);
    return asked('When.filter', `experimental.${name}[${key}]`);
  },
};

function asked(where: string, key: string, legal: (where: string, value: string) => string = text): Asked {
  const condition = (values: readonly string[], not: boolean): Condition => {
    if (values.length === 0) throw new Error(`${where}: a condition without values never holds; give one at least`);
    return { key, values: values.map(value => legal(where, value)), ...(not ? { not } : {}) };
  };
  return { is: (...values) => condition(values, false), isNot: (...values) => condition(values, true) };
}

function text(where: string, value: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${where}: an empty text matches nothing, got ${JSON.stringify(value)}`);
}
