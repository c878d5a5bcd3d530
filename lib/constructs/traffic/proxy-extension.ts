import { Construct } from 'constructs';
import { TrafficExtension, WasmPlugin, type TrafficSelector } from '../l1.ts';
import { MeshNamespace } from '../platform/mesh-namespace.ts';
import { ServiceMesh } from '../platform/service-mesh.ts';
import { domainName, freeId } from '../values/name.ts';
import { portNumber } from '../values/numbers.ts';
import type { ProxyCode } from '../values/proxy-code.ts';
import { warn } from '../values/warning.ts';
import { extensionPlace, extensionScope, type ExtensionPlace, type ExtensionTarget } from './extension-place.ts';
import { wasmModule } from './wasm-module.ts';

/** Code of one's own in proxies. */
export interface ProxyExtensionProps {
  /** What is run: a Wasm module, or a Lua script. */
  readonly code: ProxyCode;
  /** Before which of Istio's own filters it runs: those that authenticate, that authorize, or that count. @default - after all of them, before the request is sent on */
  readonly phase?: 'AUTHN' | 'AUTHZ' | 'STATS' | undefined;
  /** The higher, the earlier among those of the same phase. @default 0 */
  readonly priority?: number | undefined;
  /**
   * Which traffic of a sidecar passes it: what comes to the workload, what the workload sends, or both. Gateways and waypoints
   * have no such sides.
   *
   * @default - inbound for a service; both for a namespace and the mesh, as in Istio
   */
  readonly direction?: 'inbound' | 'outbound' | 'both' | undefined;
  /** The ports whose traffic passes it, as the proxy sees them: of the pod for what comes in, of the service for what goes out, of the gateway at a gateway. @default - all */
  readonly ports?: readonly number[] | undefined;
  /**
   * The kind of object that says so. TrafficExtension takes the place of WasmPlugin from Istio 1.30 on; older releases know
   * WasmPlugin alone.
   *
   * @default WasmPlugin, and TrafficExtension for Lua, which the other cannot hold
   */
  readonly kind?: 'WasmPlugin' | 'TrafficExtension' | undefined;
  /** @default - the id of the construct */
  readonly name?: string | undefined;
}

/**
 * Code of your own in the proxies of the mesh, a namespace, a service or a gateway: a Wasm module or a Lua script, by the API that
 * Istio supports for it, where an EnvoyFilter would break with an upgrade.
 *
 * @example
 * new ProxyExtension(reviews, 'auth', { code: ProxyCode.wasm(`oci://registry.example.com/basic-auth@sha256:${digest}`), phase: 'AUTHN' });
 *
 * @see https://istio.io/latest/docs/reference/config/proxy_extensions/traffic-extension/
 */
export class ProxyExtension extends Construct {
  /** @throws when the target has no proxy to run it, the code cannot be had, or something said of it would do nothing */
  constructor(target: ExtensionTarget, id: string, props: ProxyExtensionProps) {
    const scope = extensionScope(target);
    super(scope, freeId(scope, id));
    emitExtension(this, target, { ...props, name: props.name ?? id }, 'the extension');
    if (!(target instanceof ServiceMesh)) return;
    this.node.addValidation({
      validate: () => {
        const apart = target.node.children.filter((child): child is MeshNamespace => child instanceof MeshNamespace).filter(({ waypoint }) => waypoint !== undefined).map(({ name }) => name);
        if (apart.length > 0) warn(this, `waypoints take nothing that is said of the whole mesh, so those of ${apart.join(', ')} do not run it; say it of these namespaces as well`);
        return [];
      },
    });
  }
}

/** Emits the object that makes the proxies of a target run code. */
export function emitExtension(construct: Construct, target: ExtensionTarget, props: ProxyExtensionProps & { readonly name: string }, forWhat: string): void {
  const where = construct.node.path;
  const { code, phase, priority, name, kind = code.kind === 'lua' ? 'TrafficExtension' : 'WasmPlugin' } = props;
  const place = extensionPlace(where, target, forWhat);
  const match = trafficOf(where, place, props);
  if (priority !== undefined && (!Number.isInteger(priority) || Math.abs(priority) > 2 ** 31 - 1)) throw new Error(`${where}: priority must be a whole number of 32 bits, got ${String(priority)}`);
  const metadata = { name: domainName(where, 'name', `${place.prefix}${name}`) };
  const placed = {
    ...place.attached,
    ...(match ? { match: [match] } : {}),
    ...(phase === undefined ? {} : { phase }),
    ...(priority === undefined ? {} : { priority }),
  };
  if ((phase === 'AUTHN' || phase === 'AUTHZ') && (code.kind === 'lua' || code.failStrategy === 'FAIL_OPEN')) {
    warn(construct, `it decides who gets in (phase ${phase}), and lets everybody in where it fails; ${code.kind === 'lua' ? 'a script cannot do otherwise, a Wasm module can' : 'use FAIL_CLOSE'}`);
  }
  if (code.kind === 'lua') {
    if (kind === 'WasmPlugin') throw new Error(`${where}: a WasmPlugin holds no Lua; leave kind out, or give a Wasm module`);
    new TrafficExtension(construct, 'extension', { metadata, spec: { ...placed, lua: { inlineCode: script(where, code.script) } } });
    return;
  }
  const wasm = wasmModule(construct, code);
  if (kind === 'WasmPlugin') new WasmPlugin(construct, 'plugin', { metadata, spec: { ...placed, ...wasm } });
  else new TrafficExtension(construct, 'extension', { metadata, spec: { ...placed, wasm } });
}

/** Which traffic passes it; undefined for all. */
function trafficOf(where: string, { proxies, ofService }: ExtensionPlace, { direction, ports }: ProxyExtensionProps): TrafficSelector | undefined {
  if (direction !== undefined && proxies !== 'sidecars') throw new Error(`${where}: what passes a ${proxies} comes in and goes out, so direction would choose nothing; leave it out`);
  if (ports && proxies === 'waypoint') throw new Error(`${where}: a waypoint tells no ports apart, so it would run nothing; leave ports out`);
  if (ports?.length === 0) throw new Error(`${where}: ports must name one, got none; leave it out for all`);
  for (const port of ports ?? []) portNumber(where, 'a port', port);
  // A service asks for what is sent to it; its own calls are another's requests.
  const side = direction ?? (proxies === 'sidecars' && ofService ? 'inbound' : 'both');
  if (side === 'both' && !ports) return undefined;
  const mode = ({ inbound: 'SERVER', outbound: 'CLIENT', both: undefined } as const)[side];
  return { ...(mode ? { mode } : {}), ...(ports ? { ports: [...new Set(ports)].map(number => ({ number })) } : {}) };
}

function script(where: string, text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  if (text.trim() === '' || bytes > 65_536) throw new Error(`${where}: a script has 1 to 65536 bytes, got ${bytes}${text.trim() === '' ? ' without any code' : '; make it a Wasm module'}`);
  return text;
}
