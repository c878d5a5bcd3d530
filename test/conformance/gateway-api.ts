import type { HeaderOperation, Mesh } from '../../lib/mesh/index.ts';
import { grpcStatusOf, simulate, type Outcome as Ending, type Request, type Trace } from '../../lib/simulate/index.ts';
import { meshOf } from './requests.ts';
import { casesOf, outcome, type Outcome } from './suite.ts';

interface Case {
  readonly id: string;
  readonly mode: 'gateway' | 'mesh';
  readonly gatewayAddressRef?: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly request: {
    readonly scheme: 'http' | 'https' | 'grpc'; readonly protocol?: 'grpc' | 'H2' | 'H2C_PRIOR_KNOWLEDGE'; readonly method?: string; readonly path: string; readonly host: string | null;
    readonly port: number; readonly sni?: string; readonly headers: Readonly<Record<string, string>>; readonly backendSetsResponseHeaders?: Readonly<Record<string, string>>;
    readonly destination?: string; readonly from?: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  };
  readonly expected: {
    readonly status?: number | null; readonly statusAnyOf?: readonly number[]; readonly statusNot?: number; readonly backend?: string; readonly namespace?: string; readonly grpcCode?: string;
    readonly atBackend?: { readonly path?: string; readonly host?: string; readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly absentHeaders?: readonly string[] };
    readonly responseHeaders?: { readonly set?: Readonly<Record<string, string>>; readonly oneOf?: Readonly<Record<string, readonly string[]>>; readonly absent?: readonly string[] };
    readonly redirect?: { readonly scheme: string; readonly host: string | null; readonly port: string; readonly path: string };
    readonly mirroredTo?: readonly { readonly name: string; readonly namespace: string }[];
    readonly weights?: Readonly<Record<string, number>>;
    readonly perBackendRequestHeader?: { readonly header: string };
  };
  readonly manifests: readonly string[];
}

/** Requests through HTTPRoutes and GRPCRoutes, at gateways and inside the mesh. */
export function gatewayApi(oracles: string): Outcome {
  const meshes = new Map<string, Mesh>();
  return outcome(casesOf<Case>(oracles, 'requests/gateway-api/cases.json'), one => {
    const key = one.manifests.join();
    const mesh = meshes.get(key) ?? meshOf(oracles, 'gateway-api', one.manifests);
    meshes.set(key, mesh);
    return judge(simulate(mesh, requestOf(one)), one);
  });
}

/** An address of a gateway, which no manifest says. */
const address = '192.0.2.1';

function requestOf({ mode, gatewayAddressRef, request }: Case): Request {
  const { scheme, host, port, path, destination, from } = request;
  const grpc = request.protocol === 'grpc' || scheme === 'grpc';
  return {
    from: mode === 'gateway'
      ? { gateway: `${gatewayAddressRef?.namespace ?? ''}/${gatewayAddressRef?.name ?? ''}` }
      // The suite runs its clients with sidecars; no manifest says so.
      : { proxy: { kind: 'sidecar', namespace: from?.namespace ?? '', labels: from?.labels ?? {} } },
    to: `${scheme === 'grpc' ? 'http' : scheme}://${destination ?? address}:${gatewayAddressRef?.port ?? port}${path}`,
    headers: { ...request.headers, ...(host === null ? {} : { host }) },
    method: request.method,
    protocol: grpc ? 'grpc' : request.protocol === undefined ? 'http' : 'http2',
    sni: request.sni,
  };
}

function judge({ outcomes, steps }: Trace, one: Case): string | undefined {
  const said = outcomes.map(ending => difference(ending, one)).find(reason => reason !== undefined);
  if (said !== undefined) return said;
  const { weights, mirroredTo } = one.expected;
  for (const [name, share] of Object.entries(weights ?? {})) {
    const got = outcomes.filter(ending => serviceOf(ending).name === name).reduce((sum, ending) => sum + ending.share, 0);
    if (Math.abs(got - share) > 0.001) return `${name} gets a share of ${got}, not ${share}`;
  }
  const mirrors = [...steps, ...outcomes.flatMap(ending => ending.steps)].flatMap(step => (step.kind === 'mirror' ? [step.to] : []));
  const missing = mirroredTo?.find(({ name, namespace }) => !mirrors.some(to => to.startsWith(`${name}.${namespace}.`)));
  return missing && `no mirror to ${missing.name}`;
}

function difference(ending: Ending, { expected, request }: Case): string | undefined {
  const { answer, sure, destination } = ending;
  if (!sure) return 'unsure';
  const shown = answer ? `${answer.kind} ${answer.status ?? ''} ${answer.flag}` : 'reached';
  const { status, statusAnyOf, statusNot, grpcCode, backend, namespace, redirect, atBackend, responseHeaders, perBackendRequestHeader } = expected;
  const got = statusOf(ending, request);
  if (typeof status === 'number' ? got !== status : statusAnyOf && !statusAnyOf.includes(got ?? 0)) return `${shown}, not ${status ?? statusAnyOf?.join(' or ') ?? ''}`;
  if (statusNot !== undefined && got === statusNot) return shown;
  if (grpcCode !== undefined) {
    const code = answer ? grpcStatusOf(answer) : 'OK';
    if (code !== grpcCode.toUpperCase()) return `gRPC ${code}, not ${grpcCode}`;
  }
  const service = serviceOf(ending);
  const workloads = destination?.kind === 'service' ? destination.workloads : [];
  if (backend !== undefined && service.name !== backend && !workloads.some(name => name.endsWith(`/${backend}`))) return `${shown} at ${service.name}, not at ${backend}`;
  if (namespace !== undefined && backend !== undefined && service.namespace !== namespace) return `at ${service.namespace}, not ${namespace}`;
  if (redirect) return differentLocation(answer?.headers.get('location') ?? '', redirect);
  const seen = destination && 'request' in destination ? destination.request : undefined;
  for (const [what, wanted, actual] of [['path', atBackend?.path, seen?.path], ['host', atBackend?.host, seen?.authority], ['method', atBackend?.method, seen?.method]] as const) {
    if (wanted !== undefined && wanted !== actual) return `the backend sees the ${what} ${actual ?? '(none)'}, not ${wanted}`;
  }
  for (const [name, value] of Object.entries(atBackend?.headers ?? {})) if (seen?.headers.get(name.toLowerCase()) !== value) return `the backend sees ${name}: ${seen?.headers.get(name.toLowerCase()) ?? '(none)'}, not ${value}`;
  for (const name of atBackend?.absentHeaders ?? []) if (seen?.headers.has(name.toLowerCase())) return `the backend sees ${name}`;
  if (perBackendRequestHeader && seen?.headers.get(perBackendRequestHeader.header.toLowerCase()) !== service.name) return `${service.name} sees another backend's header`;
  return differentHeaders(ending, request.backendSetsResponseHeaders ?? {}, responseHeaders);
}

/** What the client gets; a backend answers 200, accepts an upgrade, and waits for as long as `?delay=` says. */
function statusOf({ answer, timeout, retries }: Ending, { path, headers }: Case['request']): number | undefined {
  if (answer) return answer.status;
  const delay = Number(/[?&]delay=(\d+)s/.exec(path)?.[1] ?? 0) * 1000;
  const patience = [timeout, retries?.perTryTimeout ?? 0].filter(limit => limit > 0);
  if (delay > 0 && patience.some(limit => limit < delay)) return 504;
  return headers.upgrade === 'websocket' ? 101 : 200;
}

function serviceOf({ destination }: Ending): { readonly name: string; readonly namespace: string } {
  const [name = '', namespace = ''] = destination?.kind === 'service' ? destination.host.split('.') : [];
  return { name, namespace };
}

function differentLocation(location: string, { scheme, host, port, path }: NonNullable<Case['expected']['redirect']>): string | undefined {
  const parts = /^(https?):\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(location);
  if (!parts) return `redirected to ${location === '' ? 'nowhere' : location}`;
  const alike = parts[1] === scheme && (host === null || parts[2] === host) && (parts[3] ?? 'default') === port && (parts[4] ?? '/') === path;
  return alike ? undefined : `redirected to ${location}, not to ${scheme}://${host ?? '(any)'}:${port}${path}`;
}

function differentHeaders({ answer, responseHeaders }: Ending, backend: Readonly<Record<string, string>>, wanted: Case['expected']['responseHeaders']): string | undefined {
  const got = changed(answer ? answer.headers : new Map(Object.entries(backend).map(([name, value]) => [name.toLowerCase(), value])), responseHeaders);
  for (const [name, value] of Object.entries(wanted?.set ?? {})) if (got.get(name.toLowerCase()) !== value) return `${name} is ${got.get(name.toLowerCase()) ?? '(none)'}, not ${value}`;
  for (const [name, values] of Object.entries(wanted?.oneOf ?? {})) {
    const value = got.get(name.toLowerCase())?.replace(/,\s*/g, ', ');
    if (value === undefined || !values.map(one => one.replace(/,\s*/g, ', ')).includes(value)) return `${name} is ${value ?? '(none)'}, not ${values.join(' or ')}`;
  }
  for (const name of wanted?.absent ?? []) if (got.has(name.toLowerCase())) return `${name} is there`;
  return undefined;
}

function changed(headers: ReadonlyMap<string, string>, operations: readonly HeaderOperation[]): ReadonlyMap<string, string> {
  const all = new Map(headers);
  for (const operation of operations) {
    if (operation.do === 'remove') all.delete(operation.name);
    else if (operation.do === 'add' && all.has(operation.name)) all.set(operation.name, `${all.get(operation.name) ?? ''},${operation.value}`);
    else all.set(operation.name, operation.value);
  }
  return all;
}
