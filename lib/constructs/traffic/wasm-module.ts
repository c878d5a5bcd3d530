import type { IConstruct } from 'constructs';
import type { WasmConfig } from '../l1.ts';
import { domainName } from '../values/name.ts';
import { plainData } from '../values/plain-data.ts';
import type { WasmCode } from '../values/proxy-code.ts';
import { warn } from '../values/warning.ts';

/**
 * A Wasm module as Istio takes it. One that may be another tomorrow is warned of.
 *
 * @throws when it cannot be had from the URL, or is said to be two things
 *
 * Source: https://istio.io/latest/docs/reference/config/proxy_extensions/wasm-plugin/
 */
export function wasmModule(construct: IConstruct, code: WasmCode): WasmConfig {
  const where = construct.node.path;
  const { url, sha256, config, failStrategy = 'FAIL_CLOSE', type, pluginName, imagePullPolicy, imagePullSecret } = code;
  const { scheme, digest } = source(where, code);
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`${where}: sha256 must have 64 hexadecimal digits in lower case, got ${JSON.stringify(sha256)}`);
  if (sha256 !== undefined && digest !== undefined && sha256 !== digest) throw new Error(`${where}: sha256 is ${sha256}, but the URL asks for ${digest}, so that nothing would be run; give one of them`);
  if (imagePullSecret !== undefined && scheme !== 'oci') throw new Error(`${where}: imagePullSecret opens a registry, but the module is at ${url}; leave it out`);
  if (imagePullPolicy !== undefined && scheme === 'file') throw new Error(`${where}: imagePullPolicy says nothing of a file that the proxy has; leave it out`);
  if (scheme !== 'file' && (sha256 ?? digest) === undefined) warn(construct, `what ${url} leads to may change, and the proxies run whatever it is then; ${scheme === 'oci' ? 'add @sha256: and the digest of the image' : 'give its sha256'}`);
  const env = environment(where, code);
  return {
    url,
    failStrategy,
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(type === undefined ? {} : { type }),
    ...(pluginName === undefined ? {} : { pluginName }),
    ...(imagePullPolicy === undefined ? {} : { imagePullPolicy }),
    ...(imagePullSecret === undefined ? {} : { imagePullSecret: domainName(where, 'imagePullSecret', imagePullSecret) }),
    ...(config === undefined ? {} : { pluginConfig: plainData(where, 'config', config) as Record<string, unknown> }),
    ...(env.length === 0 ? {} : { vmConfig: { env } }),
  };
}

/** Where a module comes from. A URL with a password in it is refused without showing it. */
function source(where: string, { url, overPlainHttp = false }: WasmCode): { readonly scheme: string; readonly digest: string | undefined } {
  const [, scheme, authority = '', rest = ''] = /^(oci|https?|file):\/\/([^/?#]*)(\/[^?#\s]+)?$/.exec(url) ?? [];
  if (authority.includes('@')) throw new Error(`${where}: the URL of a module must hold no password, for it stands in the YAML; name a Secret with imagePullSecret`);
  if (scheme === undefined || rest === '' || (authority === '') !== (scheme === 'file')) {
    throw new Error(`${where}: a module is at oci://registry/image, https://host/path or file:///path, got ${JSON.stringify(url)}`);
  }
  if (scheme === 'http' && !overPlainHttp) throw new Error(`${where}: whoever is between the proxies and ${url} can make them run other code; use https:// or oci://, or say overPlainHttp`);
  if (scheme !== 'http' && overPlainHttp) throw new Error(`${where}: overPlainHttp is for a URL of http://, got ${url}; leave it out`);
  const [, after] = scheme === 'oci' ? rest.split('@') : [];
  if (after === undefined) return { scheme, digest: undefined };
  const [, digest] = /^sha256:([0-9a-f]{64})$/.exec(after) ?? [];
  if (digest === undefined) throw new Error(`${where}: a digest is sha256: and 64 hexadecimal digits in lower case, got ${JSON.stringify(after)}`);
  return { scheme, digest };
}

function environment(where: string, { env = {}, envOfProxy = [] }: WasmCode): NonNullable<NonNullable<WasmConfig['vmConfig']>['env']> {
  const names = [...Object.keys(env), ...envOfProxy];
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${where}: variable ${JSON.stringify(twice)} of the environment is given twice; give it once`);
  for (const name of names) if (name === '' || name.length > 256) throw new Error(`${where}: a variable of the environment needs a name of 1 to 256 characters, got ${JSON.stringify(name)}`);
  return [...Object.entries(env).map(([name, value]) => ({ name, value })), ...envOfProxy.map(name => ({ name, valueFrom: 'HOST' as const }))];
}
