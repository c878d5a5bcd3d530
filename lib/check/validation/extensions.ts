import { field, list, mapping, number, text } from '../../manifest/index.ts';
import { parseUrl } from '../../schema/index.ts';
import { port } from './names.ts';
import { shown, type Say } from './said.ts';
import { attachment } from './selection.ts';

export function wasmPlugin(say: Say, spec: unknown): void {
  attachment(say, spec);
  wasm(say, spec, 'spec');
  trafficMatches(say, spec);
}

export function trafficExtension(say: Say, spec: unknown): void {
  attachment(say, spec);
  const [module, lua] = [field(spec, 'wasm'), field(spec, 'lua')];
  if ((mapping(module) === undefined) === (mapping(lua) === undefined)) say({ path: 'spec', message: 'exactly one of wasm and lua must be set' });
  if (mapping(module)) wasm(say, module, 'spec.wasm');
  if (mapping(lua)) {
    const size = new TextEncoder().encode(text(field(lua, 'inlineCode')) ?? '').length;
    if (size < 1 || size > 65_536) say({ path: 'spec.lua.inlineCode', message: `must have 1 to 65536 bytes, got ${size}` });
  }
  trafficMatches(say, spec);
}

function wasm(say: Say, value: unknown, path: string): void {
  const url = text(field(value, 'url')) ?? '';
  if (url === '') say({ path: `${path}.url`, message: 'a plugin needs a URL' });
  else {
    // Istio reads what has no scheme as one of http; `host:5000/image` has one, which is `host`.
    const scheme = (parseUrl(url) ?? parseUrl(`http://${url}`))?.scheme;
    if (scheme === undefined || !['', 'file', 'http', 'https', 'oci'].includes(scheme)) say({ path: `${path}.url`, message: `must be a URL of file, http, https or oci, got ${shown(url)}` });
  }
  const sha = text(field(value, 'sha256')) ?? '';
  if (sha !== '' && !/^[0-9a-f]{64}$/.test(sha)) say({ path: `${path}.sha256`, message: 'must have 64 hexadecimal digits in lower case' });
  for (const [name, most] of [['imagePullSecret', 253], ['pluginName', 256]] as const) {
    if ((text(field(value, name)) ?? '').length > most) say({ path: `${path}.${name}`, message: `must have at most ${most} characters` });
  }
  const names = new Set<string>();
  for (const [i, variable] of list(field(field(value, 'vmConfig'), 'env')).entries()) {
    const at = `${path}.vmConfig.env[${i}]`;
    const name = text(field(variable, 'name')) ?? '';
    if (name === '' || name.length > 256) say({ path: `${at}.name`, message: 'a variable needs a name of 1 to 256 characters' });
    else if (names.has(name)) say({ path: `${at}.name`, message: `variable ${shown(name)} stands twice` });
    names.add(name);
    if (field(variable, 'valueFrom') === 'HOST' && (text(field(variable, 'value')) ?? '') !== '') say({ path: `${at}.value`, message: 'a variable of the host takes no value' });
  }
}

function trafficMatches(say: Say, spec: unknown): void {
  for (const [i, match] of list(field(spec, 'match')).entries()) {
    for (const [j, selector] of list(field(match, 'ports')).entries()) port(say, number(field(selector, 'number')) ?? 0, `spec.match[${i}].ports[${j}].number`);
  }
}
