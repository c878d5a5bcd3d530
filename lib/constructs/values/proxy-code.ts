/** How a Wasm module is got, and what it is told. */
export interface WasmOptions {
  /** The SHA-256 of the module or image, so that nobody swaps it. @default - that of the URL, if it has one */
  readonly sha256?: string | undefined;
  /** What the plugin is told, in its own words: plain data, and no secrets, for it stands in the YAML. @default - nothing */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /**
   * What becomes of requests where the plugin cannot be loaded or dies: they fail with 500, pass it by, or wait for it to be
   * loaded again.
   *
   * @default FAIL_CLOSE
   */
  readonly failStrategy?: 'FAIL_CLOSE' | 'FAIL_OPEN' | 'FAIL_RELOAD' | undefined;
  /** Whether it reads requests, or the bytes of connections. @default - Istio's: HTTP */
  readonly type?: 'HTTP' | 'NETWORK' | undefined;
  /** Which of the plugins in the module it is, where it has several. @default - Istio's: the only one */
  readonly pluginName?: string | undefined;
  /** @default - Istio's: IfNotPresent, but Always for the tag `latest` */
  readonly imagePullPolicy?: 'IfNotPresent' | 'Always' | undefined;
  /** The Secret that opens the registry, in the namespace of the emitted object. @default - none */
  readonly imagePullSecret?: string | undefined;
  /** Variables that the module finds in its environment. No secrets: they stand in the YAML. @default - none */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables that it gets from the environment of the proxy. @default - none */
  readonly envOfProxy?: readonly string[] | undefined;
  /** Says that the module may come over plain `http://`, where whoever is on the way can swap it. @default false */
  readonly overPlainHttp?: boolean | undefined;
}

/** A Wasm module, and how it is run. */
export interface WasmCode extends WasmOptions {
  readonly kind: 'wasm';
  readonly url: string;
}

/** A script that Envoy runs itself. */
export interface LuaCode {
  readonly kind: 'lua';
  readonly script: string;
}

/** Code of one's own for a proxy to run. */
export type ProxyCode = WasmCode | LuaCode;

/**
 * Code of one's own for a proxy to run.
 *
 * @example
 * ProxyCode.wasm(`oci://registry.example.com/basic-auth@sha256:${digest}`, { config: { realm: 'shop' } })
 */
export const ProxyCode = {
  /** A Wasm module: `oci://` with the digest of the image, `https://`, or `file://` for one that the image of the proxy has. */
  wasm: (url: string, options: WasmOptions = {}): WasmCode => ({ kind: 'wasm', url, ...options }),
  /** A Lua script with `envoy_on_request` or `envoy_on_response`. A request passes it by where it fails; there is no other choice. */
  lua: (script: string): LuaCode => ({ kind: 'lua', script }),
};
