import yaml from 'js-yaml';

const bool = new yaml.Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && (truths.has(text) || falsehoods.has(text)),
  construct: (text: string) => truths.has(text),
});

const nothing = new yaml.Type('tag:yaml.org,2002:null', {
  kind: 'scalar',
  resolve: (text: unknown) => text === null || text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL',
  construct: () => null,
});

const int = new yaml.Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && startsNumber(text) && integer(text) !== undefined,
  construct: (text: string) => integer(text),
});

const float = new yaml.Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && startsNumber(text) && real(text) !== undefined,
  construct: (text: string) => real(text),
});

const merge = new yaml.Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (text: unknown) => text === '<<' });

/** A tag for text that YAML 1.1 would read as binary: its base64 stays text, as JSON has it. */
const binary = new yaml.Type('tag:yaml.org,2002:binary', { kind: 'scalar', construct: (text: string) => text });

/** A tagged time stays the text that it is. */
const timestamp = new yaml.Type('tag:yaml.org,2002:timestamp', { kind: 'scalar', construct: (text: string) => text });

/** Tags that mean something to other programs are passed over; a scalar with one is text. */
const foreign = (['scalar', 'sequence', 'mapping'] as const).map(kind => new yaml.Type('!', { kind, multi: true, construct: (value: unknown) => value ?? (kind === 'scalar' ? '' : value) }));

/**
 * How Kubernetes reads scalars: `yes` and `off` are booleans, `0777` is octal, `1_000` a number, a time is text, `<<` merges.
 *
 * Source: https://github.com/kubernetes-sigs/yaml (goyaml.v2, resolve.go)
 */
export const kubernetesScalars = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [nothing, bool, int, float, merge],
  explicit: [binary, timestamp, ...foreign],
});

const truths = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const falsehoods = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);

/** Most scalars are words: seen from their first character. */
function startsNumber(text: string): boolean {
  const code = text.charCodeAt(0);
  return (code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46;
}

/** An integer as Go's strconv.ParseInt reads it with base 0, underscores taken out. */
function integer(text: string): number | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const parts = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(plain);
  if (!parts) return undefined;
  const [, sign, hexadecimal, binaryDigits, octal, decimal] = parts;
  const value = hexadecimal !== undefined
    ? Number(`0x${hexadecimal}`)
    : binaryDigits !== undefined ? Number(`0b${binaryDigits}`) : octal !== undefined ? Number(`0o${octal}`) : Number(decimal);
  // JSON knows no negative zero.
  return sign === '-' && value !== 0 ? -value : value;
}

/** What is too large for a number stays text. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function real(text: string): number | undefined {
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(plain)) return finite(Number(plain));
  // JSON has no infinity and no NaN, so Kubernetes cannot read these; as text they are refused where a number is wanted.
  return undefined;
}
