import { field, list, mapping, number, text, texts } from '../../manifest/index.ts';
import { specOf, type Entity } from './entity.ts';
import { jwtRuleOf, type JwtRule } from './jwt-rule.ts';
import { metricsOf, type MetricsOfTelemetry } from './metrics-of-telemetry.ts';
import { selectorOf, type Selector } from './selector.ts';

/** An object that a policy is attached to. */
export interface TargetRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** What all policies share: where they apply. */
export interface Policy extends Entity {
  /** Undefined where none is written: the whole namespace, or in the root namespace the whole mesh. */
  readonly selector: Selector | undefined;
  readonly targetRefs: readonly TargetRef[];
}

export function policyOf(entity: Entity): Policy {
  const spec = specOf(entity.manifest);
  const single = mapping(spec.targetRef);
  return {
    ...entity,
    selector: selectorOf(spec.selector),
    targetRefs: [...(single ? [single] : []), ...list(spec.targetRefs)].map(ref => ({
      group: text(field(ref, 'group')) ?? '', kind: text(field(ref, 'kind')) ?? '', name: text(field(ref, 'name')) ?? '',
    })),
  };
}

export type MtlsMode = 'STRICT' | 'PERMISSIVE' | 'DISABLE' | 'UNSET';

/** A PeerAuthentication. */
export interface PeerAuthentication extends Policy {
  readonly mode: MtlsMode;
  readonly portModes: ReadonlyMap<number, MtlsMode>;
}

export function peerAuthenticationOf(entity: Entity): PeerAuthentication {
  const spec = specOf(entity.manifest);
  return {
    ...policyOf(entity),
    mode: modeOf(spec.mtls),
    portModes: new Map(Object.entries(mapping(spec.portLevelMtls) ?? {}).map(([port, value]): [number, MtlsMode] => [Number(port), modeOf(value)])),
  };
}

function modeOf(value: unknown): MtlsMode {
  const mode = text(field(value, 'mode'));
  return mode === 'STRICT' || mode === 'PERMISSIVE' || mode === 'DISABLE' ? mode : 'UNSET';
}

/** From whom, to what and under which conditions: one rule of an AuthorizationPolicy. */
export interface AuthorizationRule {
  readonly from: readonly Source[];
  readonly to: readonly Operation[];
  readonly when: readonly { readonly key: string; readonly values: readonly string[]; readonly notValues: readonly string[]; readonly path: string }[];
  readonly path: string;
}

const sourceFields = [
  'principals', 'notPrincipals', 'requestPrincipals', 'notRequestPrincipals', 'namespaces', 'notNamespaces', 'serviceAccounts', 'notServiceAccounts',
  'ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks', 'trustDomains', 'notTrustDomains',
] as const;
const operationFields = ['hosts', 'notHosts', 'ports', 'notPorts', 'methods', 'notMethods', 'paths', 'notPaths'] as const;

export type Source = Readonly<Record<(typeof sourceFields)[number], readonly string[]>> & { readonly path: string };
export type Operation = Readonly<Record<(typeof operationFields)[number], readonly string[]>> & { readonly path: string };

/** An AuthorizationPolicy. */
export interface AuthorizationPolicy extends Policy {
  readonly action: 'ALLOW' | 'DENY' | 'AUDIT' | 'CUSTOM';
  readonly rules: readonly AuthorizationRule[];
  readonly provider: string;
  readonly dryRun: boolean;
}

export function authorizationPolicyOf(entity: Entity): AuthorizationPolicy {
  const spec = specOf(entity.manifest);
  const action = text(spec.action);
  return {
    ...policyOf(entity),
    action: action === 'DENY' || action === 'AUDIT' || action === 'CUSTOM' ? action : 'ALLOW',
    provider: text(field(spec.provider, 'name')) ?? '',
    dryRun: /^(1|t|T|TRUE|true|True)$/.test(entity.annotations.get('istio.io/dry-run') ?? ''),
    rules: list(spec.rules).map((rule, i) => {
      const path = `spec.rules[${i}]`;
      return {
        path,
        from: list(field(rule, 'from')).map((item, j) => read(field(item, 'source'), sourceFields, `${path}.from[${j}].source`)),
        to: list(field(rule, 'to')).map((item, j) => read(field(item, 'operation'), operationFields, `${path}.to[${j}].operation`)),
        when: list(field(rule, 'when')).map((item, j) => ({
          key: text(field(item, 'key')) ?? '', values: texts(field(item, 'values')), notValues: texts(field(item, 'notValues')), path: `${path}.when[${j}]`,
        })),
      };
    }),
  };
}

function read<Name extends string>(value: unknown, names: readonly Name[], path: string): Readonly<Record<Name, readonly string[]>> & { readonly path: string } {
  return { ...Object.fromEntries(names.map(name => [name, texts(field(value, name))])) as Record<Name, readonly string[]>, path };
}

/** A RequestAuthentication. */
export interface RequestAuthentication extends Policy {
  readonly jwtRules: readonly JwtRule[];
}

export function requestAuthenticationOf(entity: Entity): RequestAuthentication {
  const spec = specOf(entity.manifest);
  return {
    ...policyOf(entity),
    jwtRules: list(spec.jwtRules).map((raw, i) => jwtRuleOf(raw, `spec.jwtRules[${i}]`)),
  };
}

/** A Telemetry. */
export interface Telemetry extends Policy {
  readonly accessLogging: readonly { readonly providers: readonly string[]; readonly disabled: boolean; readonly path: string }[];
  readonly tracing: readonly { readonly providers: readonly string[]; readonly path: string }[];
  readonly hasMetrics: boolean;
  readonly metrics: readonly MetricsOfTelemetry[];
}

export function telemetryOf(entity: Entity): Telemetry {
  const spec = specOf(entity.manifest);
  const entries = (name: 'accessLogging' | 'tracing'): Telemetry['accessLogging'] => list(spec[name]).map((item, i) => ({
    providers: list(field(item, 'providers')).map(provider => text(field(provider, 'name')) ?? ''), disabled: field(item, 'disabled') === true, path: `spec.${name}[${i}]`,
  }));
  const metrics = metricsOf(spec.metrics);
  return { ...policyOf(entity), accessLogging: entries('accessLogging'), tracing: entries('tracing'), hasMetrics: metrics.length > 0, metrics };
}

/** A WasmPlugin or a TrafficExtension: code of one's own in a proxy. */
export interface Extension extends Policy {
  /** Which traffic of a proxy passes it: what the proxy's own application sends, what comes to it, or both; at all ports where none is given. */
  readonly matches: readonly { readonly directions: readonly ('outbound' | 'inbound')[]; readonly ports: readonly number[] }[];
  /** Where its code comes from; '' where it has none of its own. */
  readonly url: string;
  /** The hash that the code must have; '' for any. */
  readonly sha256: string;
  /** Where the url stands. */
  readonly urlPath: string;
}

/**
 * Reads a WasmPlugin or a TrafficExtension; without a match it is for all traffic.
 *
 * Source: https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/#WasmPlugin-TrafficSelector
 */
export function extensionOf(entity: Entity): Extension {
  const spec = specOf(entity.manifest);
  const wasm = mapping(spec.wasm);
  const matches = list(spec.match).map((item): Extension['matches'][number] => ({
    directions: directionsOf(text(field(item, 'mode'))), ports: list(field(item, 'ports')).map(port => number(field(port, 'number')) ?? 0),
  }));
  return {
    ...policyOf(entity),
    matches: matches.length === 0 ? [{ directions: directionsOf(undefined), ports: [] }] : matches,
    url: text(field(wasm ?? spec, 'url')) ?? '', sha256: text(field(wasm ?? spec, 'sha256')) ?? '', urlPath: wasm ? 'spec.wasm.url' : 'spec.url',
  };
}

function directionsOf(mode: string | undefined): Extension['matches'][number]['directions'] {
  return mode === 'CLIENT' ? ['outbound'] : mode === 'SERVER' ? ['inbound'] : ['outbound', 'inbound'];
}

/** An EnvoyFilter. */
export interface EnvoyFilter extends Policy {
  readonly priority: number;
  readonly patches: readonly {
    readonly applyTo: string;
    /** Which configuration of a proxy it changes: `ANY`, `SIDECAR_INBOUND`, `SIDECAR_OUTBOUND`, `GATEWAY` or `WAYPOINT`. */
    readonly context: string;
    readonly operation: string;
    readonly hasPatch: boolean;
    readonly name: string;
    readonly proxyVersion: string;
    /** Where code that it loads comes from. */
    readonly remoteCode: readonly string[];
    readonly path: string;
  }[];
}

export function envoyFilterOf(entity: Entity): EnvoyFilter {
  const spec = specOf(entity.manifest);
  return {
    ...policyOf(entity),
    selector: selectorOf(spec.workloadSelector, 'labels'),
    priority: typeof spec.priority === 'number' ? spec.priority : 0,
    patches: list(spec.configPatches).map((item, i) => {
      const patch = field(item, 'patch');
      const match = field(item, 'match');
      const value = field(patch, 'value');
      const filter = field(field(field(match, 'listener'), 'filterChain'), 'filter');
      return {
        applyTo: text(field(item, 'applyTo')) ?? '',
        context: text(field(match, 'context')) ?? 'ANY',
        operation: text(field(patch, 'operation')) ?? 'INVALID',
        hasPatch: mapping(patch) !== undefined,
        name: mapping(value) ? text(field(value, 'name')) ?? text(field(filter, 'name')) ?? '' : '',
        proxyVersion: text(field(field(match, 'proxy'), 'proxyVersion')) ?? '',
        remoteCode: remoteCode(value, 0),
        path: `spec.configPatches[${i}]`,
      };
    }),
  };
}

/** The addresses below every `remote.http_uri` of a patch. */
function remoteCode(value: unknown, depth: number): readonly string[] {
  if (depth > 64) return [];
  if (Array.isArray(value)) return value.flatMap(item => remoteCode(item, depth + 1));
  const uri = text(field(field(field(value, 'remote'), 'http_uri'), 'uri'));
  return [...(uri === undefined ? [] : [uri]), ...Object.values(mapping(value) ?? {}).flatMap(item => remoteCode(item, depth + 1))];
}
