import { citedText } from './cite.ts';
import { flags } from './flags.ts';
import { grpcStatusOf } from './grpc-status.ts';
import { serverSentences } from './server/explain.ts';
import type { Answer } from './server/arrival.ts';
import type { Destination, Outcome, RoutingStep, Step, Trace } from './trace.ts';

/** A trace as a text for someone who does not know Envoy: what was decided, who said so, what came close, and how it ends. */
export function explain(trace: Trace): string {
  const lines = [titleOf(trace), '', ...trace.steps.flatMap(step => stepLines(step, '  ')), ''];
  for (const outcome of trace.outcomes) {
    lines.push(...(trace.outcomes.length > 1 ? [`${percentText(outcome.share)}:`] : []));
    lines.push(...outcome.steps.flatMap(step => stepLines(step, '  ')));
    lines.push(`=> ${endingText(outcome, trace)}`, ...afterwards(outcome).map(line => `   ${line}`), '');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** One line that says how a request can end. */
export function summary(trace: Trace): string {
  return trace.outcomes.map(outcome => `${trace.outcomes.length > 1 ? `${percentText(outcome.share)} ` : ''}${endingText(outcome, trace)}`).join('; ');
}

function titleOf({ request, client }: Trace): string {
  const from = client.workload ? `${client.workload.kind} ${client.namespace}/${client.workload.name}` : 'outside' in request.from ? 'outside the mesh' : 'gateway' in request.from ? `gateway ${request.from.gateway}` : `service account ${client.namespace}/${client.serviceAccount}`;
  const method = request.protocol === 'tcp' || (request.protocol === undefined && !/^(https?|grpc):\/\//i.test(request.to)) ? 'connect to' : request.method ?? (request.protocol === 'grpc' || request.to.startsWith('grpc:') ? 'POST' : 'GET');
  return `${method} ${request.to} from ${from}`;
}

function stepLines(step: Step, indent: string): string[] {
  const text = sentence(step);
  const cited = step.from ? [`${indent}    ${citedText(step.from)}`] : [];
  const close = (step.close ?? []).map(({ from, why }) => `${indent}    not ${citedText(from)}: ${why}`);
  return [`${indent}- ${text}${step.note === undefined ? '' : `: ${step.note}`}`, ...cited, ...close];
}

/** A step as a sentence. */
export function sentence(step: Step): string {
  const sentences = allSentences as Readonly<Record<string, (step: Step) => string>>;
  return sentences[step.kind]?.(step) ?? step.kind;
}

type NotModelled = Extract<Step, { readonly kind: 'not modelled' }>;

const routingSentences: { readonly [K in RoutingStep['kind']]: (step: Extract<RoutingStep, { readonly kind: K }>) => string } = {
  client: ({ proxy, who }) => ({
    sidecar: `the sidecar of ${who} takes what its application sends`, gateway: `the request reaches a gateway, ${who}`, waypoint: `the request reaches a waypoint, ${who}`,
    ambient: `${who} is in ambient mode: the node's ztunnel takes what it sends`, none: `${who} has no proxy`,
  })[proxy],
  scope: () => 'a Sidecar says what this client may see',
  listener: ({ port, protocol, service }) => (service === undefined ? `port ${port} takes ${protocol === '' ? 'it' : protocol} for several hosts: the Host header decides` : `port ${port} is ${service}'s own, for ${protocol}`),
  server: ({ port, protocol, tls }) => `the gateway listens on port ${port} for ${protocol === '' ? 'nothing' : protocol}${tls === undefined ? '' : ` (${tls})`}`,
  inbound: ({ port, protocol, declared }) => (declared ? `port ${port} of the workload is declared as ${protocol === 'AUTO' ? 'whatever the first bytes are' : protocol}` : `port ${port} of the workload is declared nowhere: the proxy passes on what comes`),
  'virtual host': ({ authority, domains }) => (domains === undefined ? `nothing here knows the host ${authority}` : `the host ${authority} is one that there are routes for`),
  route: ({ name, found, built }) => (!found ? 'no route takes the request, so that the answer is 404' : built === 'default' ? 'no VirtualService speaks for it: the request goes to the service as it is' : `a route takes the request${name === '' ? '' : ` ("${name}")`}`),
  'connection route': ({ found }) => (found ? 'a route takes the connection' : 'no route takes the connection'),
  cors: ({ answered, allowed }) => (answered ? `the proxy answers the preflight: the origin is ${allowed ? '' : 'not '}allowed` : allowed ? 'the origin is allowed, and the answer says so' : 'the origin is not allowed: the request goes on, and a browser refuses the answer'),
  fault: ({ what, percent, value }) => (what === 'delay' ? `${percent} % of requests wait ${value} on purpose` : `${percent} % of requests are answered with ${value} on purpose`),
  redirect: ({ status, location }) => `the proxy answers with a redirect (${status}) to ${location}`,
  'direct response': ({ status }) => `the proxy answers by itself with ${status}`,
  rewrite: ({ what, before, after }) => `the ${what === 'path' ? 'path' : 'host'} ${before} becomes ${after}`,
  headers: ({ changed }) => `headers change: ${changed.join('; ')}`,
  timeout: ({ milliseconds }) => `after ${durationText(milliseconds)} the client's proxy gives up with 504`,
  retries: ({ attempts, on, perTryTimeout }) => `a failure is tried again up to ${attempts} ${attempts === 1 ? 'time' : 'times'}${perTryTimeout === undefined ? '' : `, each for ${durationText(perTryTimeout)}`} (${on.join(', ')})`,
  mirror: ({ to, percent }) => `${percent} % of requests are copied to ${to}; the answer to the copy is thrown away`,
  weights: ({ to, share }) => `${percentText(share)} of requests go to ${to}`,
  destination: ({ host, port, subset, known }) => `it is sent to ${host}:${port}${subset === '' ? '' : `, subset ${subset}`}${known ? '' : ', which is not there'}`,
  'destination rule': ({ rule }) => `a DestinationRule speaks for connections to it${rule === undefined ? '' : ` (${rule})`}`,
  endpoints: ({ workloads, count }) => (count === 0 ? 'no endpoint is there' : `${count} ${count === 1 ? 'endpoint is' : 'endpoints are'} there: ${workloads.slice(0, 6).join(', ')}${workloads.length > 6 ? ` and ${workloads.length - 6} more` : ''}`),
  'client tls': ({ mode, auto }) => ({
    none: 'the connection is plaintext', 'one-way': 'the proxy encrypts the connection (TLS), and shows no certificate', mutual: 'the proxy encrypts the connection with a certificate of its own (mutual TLS)',
    'istio mutual': 'the connection is mutual TLS of the mesh, so that the server knows who calls',
  })[mode] + (auto && mode === 'istio mutual' ? ', since both sides have a proxy' : ''),
  waypoint: ({ name }) => `it passes the waypoint ${name}, which looks at policies and routes for the service`,
  'connection failed': ({ flag }) => `the connection fails (${flag})`,
  'unknown traffic': ({ mode }) => `it is unknown traffic, which is ${({ REGISTRY_ONLY: 'blocked', ALLOW_ANY: 'passed on to the address that was dialled', ALLOW_ANY_DYNAMIC_DNS: 'passed on to what its name is in DNS' } as Readonly<Record<string, string>>)[mode] ?? mode} (${mode})`,
};

const allSentences = { ...routingSentences, ...serverSentences, 'not modelled': ({ what }: NotModelled) => `not modelled: ${what}; what follows is unsure` };

function endingText({ answer, answeredBy, destination, delay, sure }: Outcome, { request }: Trace): string {
  const doubt = sure ? '' : ' (unsure)';
  const waited = delay > 0 ? ` after waiting ${durationText(delay)}` : '';
  if (!answer) return `reaches ${destination ? placeText(destination) : 'a place that is not modelled'}${waited}${doubt}`;
  return `${answerText(answer, request.protocol === 'grpc' || request.to.startsWith('grpc:'))}${by(answeredBy)}${waited}${doubt}`;
}

function by(answeredBy: Outcome['answeredBy']): string {
  return answeredBy === undefined ? '' : ` by ${({ client: "the client's proxy", gateway: 'the gateway', waypoint: 'the waypoint', server: "the server's proxy" })[answeredBy]}`;
}

function answerText(answer: Answer, grpc: boolean): string {
  const { kind, status, flag, headers } = answer;
  const meaning = flag === '' ? '' : ` [${flag}: ${flags[flag] ?? 'a response flag of Envoy'}]`;
  if (kind === 'refused') return 'the connection is refused: nothing listens';
  if (kind === 'closed') return `the connection is closed${meaning}`;
  const location = headers.get('location');
  return `answered with ${grpc ? `gRPC ${grpcStatusOf(answer)}` : status ?? '?'}${location === undefined ? '' : ` to ${location}`}${meaning}`;
}

function placeText(destination: Destination): string {
  switch (destination.kind) {
    case 'service': return `${destination.host}:${destination.port}${destination.subset === '' ? '' : `, subset ${destination.subset}`}${destination.workloads.length === 0 ? '' : ` (${destination.workloads.slice(0, 4).join(', ')}${destination.workloads.length > 4 ? ', …' : ''})`}`;
    case 'passthrough': return destination.address ?? 'the address that was dialled';
    case 'dynamic dns': return `what ${destination.host} is in DNS`;
    case 'black hole': return 'nothing';
    case 'refused listener': return 'nothing: Envoy refuses the listener';
    case 'inbound': return `the application, on port ${destination.port}`;
  }
}

/** What else holds for an ending. */
function afterwards({ answer, destination, responseHeaders }: Outcome): string[] {
  const seen = !answer && destination && 'request' in destination ? destination.request : undefined;
  return [
    ...(seen ? [`the application sees ${seen.method} ${seen.path}, Host ${seen.authority}`] : []),
    ...(responseHeaders.length === 0 ? [] : [`its answer is changed on the way back: ${responseHeaders.map(operation => (operation.do === 'remove' ? `${operation.name} is removed` : `${operation.name}: ${operation.value}${operation.do === 'add' ? ' is added' : ''}`)).join('; ')}`]),
  ];
}

/** A share of 1 as a percentage, with as few digits as tell it. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

/** Milliseconds as Istio writes durations. */
export function durationText(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
