import { parse, type ASTNode } from '@marcbachmann/cel-js';

/** How many values of an attribute with no end are counted with: that it has none is what matters. */
const manyValues = 1000;

/** How many values the expression of a label may have, and the attribute in it that has no end of them. */
export interface LabelValues {
  readonly count: number;
  readonly unbounded: string | undefined;
}

/** Attributes with few values, and how many are counted with. */
const few: Readonly<Record<string, number>> = {
  'request.method': 5, 'request.protocol': 3, 'request.scheme': 2, 'request.host': 3, 'response.code': 5, 'response.flags': 4, 'response.grpc_status': 4,
  'response.code_details': 8, 'connection.mtls': 2, 'connection.requested_server_name': 3, 'connection.tls_version': 2, 'connection.termination_details': 4,
  'destination.port': 2, 'upstream.port': 2, 'upstream.tls_version': 2,
};

/** Attributes and maps that have another value with nearly every request, connection or person. */
const endless = [
  'request.path', 'request.url_path', 'request.query', 'request.id', 'request.headers', 'request.referer', 'request.useragent', 'request.time', 'request.size',
  'request.total_size', 'request.duration', 'response.headers', 'response.trailers', 'response.size', 'response.total_size', 'response.backend_latency', 'source.address',
  'source.port', 'connection.id', 'connection.start_time', 'upstream.local_address', 'upstream.address', 'destination.address',
];

/**
 * How many values an expression may have, as far as its form shows it: those of the attributes that it answers with. A comparison has
 * two, a choice those of its arms, so that `request.path.startsWith("/api") ? "api" : "other"` has two. Null where it is no CEL.
 *
 * Source: https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
 */
export function valuesOf(expression: string): LabelValues | null {
  if (expression.length > 10_000) return null;
  try {
    return ofNode(parse(expression).ast);
  } catch {
    return null;
  }
}

function ofNode(node: ASTNode): LabelValues {
  switch (node.op) {
    case 'value': return one;
    case '?:': return chosen(ofNode(node.args[1]), ofNode(node.args[2]));
    case '==': case '!=': case '<': case '<=': case '>': case '>=': case 'in': case '&&': case '||': case '!_': return two;
    case '-_': return ofNode(node.args);
    case '+': case '-': case '*': case '/': case '%': return together(node.args.map(ofNode));
    case 'id': case '.': case '.?': case '[]': case '[?]': return ofAttribute(node);
    case 'call': return yesOrNo.has(node.args[0]) ? two : together(node.args[1].map(ofNode));
    case 'rcall': return yesOrNo.has(node.args[0]) ? two : together([node.args[1], ...node.args[2]].map(ofNode));
    case 'list': return together(node.args.map(ofNode));
    default: return one;
  }
}

const one: LabelValues = { count: 1, unbounded: undefined };
const two: LabelValues = { count: 2, unbounded: undefined };
const yesOrNo = new Set(['has', 'startsWith', 'endsWith', 'contains', 'matches', 'exists', 'all', 'exists_one', 'bool']);

function ofAttribute(node: ASTNode): LabelValues {
  const path = pathOf(node);
  // What is picked from something that is no attribute, as an item of a list.
  if (path === undefined) return node.op === '[]' || node.op === '[?]' ? together(node.args.map(ofNode)) : node.op === '.' || node.op === '.?' ? ofNode(node.args[0]) : one;
  const name = endless.find(attribute => path === attribute || path.startsWith(`${attribute}.`) || path.startsWith(`${attribute}[`));
  return name === undefined ? { count: few[path] ?? 1, unbounded: undefined } : { count: manyValues, unbounded: path };
}

/** The attribute as it is written in documentation; undefined where it is picked from something else. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op === '.' || node.op === '.?') {
    const parent = pathOf(node.args[0]);
    return parent === undefined ? undefined : `${parent}.${node.args[1]}`;
  }
  if (node.op !== '[]' && node.op !== '[?]') return undefined;
  const parent = pathOf(node.args[0]);
  const [, key] = node.args;
  if (parent === undefined || key.op !== 'value' || typeof key.args !== 'string') return undefined;
  return /^[a-z_]\w*$/.test(key.args) && !parent.includes('.') ? `${parent}.${key.args}` : `${parent}[${JSON.stringify(key.args)}]`;
}

function chosen(a: LabelValues, b: LabelValues): LabelValues {
  return { count: a.count + b.count, unbounded: a.unbounded ?? b.unbounded };
}

function together(all: readonly LabelValues[]): LabelValues {
  return { count: Math.min(manyValues, all.reduce((product, { count }) => product * count, 1)), unbounded: all.find(({ unbounded }) => unbounded !== undefined)?.unbounded };
}
