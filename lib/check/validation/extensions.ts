import { field, list, mapping, number, text } from '../../manifest/index.ts';
import { port } from './names.ts';
import { shown, type Saying } from './said.ts';
import { attachment } from './selection.ts';

export function* wasmPlugin(spec: unknown): Saying {
  yield* attachment(spec);
  yield* wasm(spec, 'spec');
  yield* trafficMatches(spec);
}

export function* trafficExtension(spec: unknown): Saying {
  yield* attachment(spec);
  const [module, lua] = [field(spec, 'wasm'), field(spec, 'lua')];
  if ((mapping(module) === undefined) === (mapping(lua) === undefined)) yield { path: 'spec', message: 'exactly one of wasm and lua must be set' };
  if (mapping(module)) yield* wasm(module, 'spec.wasm');
  if (mapping(lua)) {
    const size = (text(field(lua, 'inlineCode')) ?? '').length;
    if (size < 1 || size > 65_536) yield { path: 'spec.lua.inlineCode', message: `must have 1 to 65536 bytes, got ${size}` };
  }
  yield* trafficMatches(spec);
}

function* wasm(value: unknown, path: string): Saying {
  const url = text(field(value, 'url')) ?? '';
  if (url === '') yield { path: `${path}.url`, message: 'a plugin needs a URL' };
  else {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? '';
    if (!['', 'file', 'http', 'https', 'oci'].includes(scheme)) yield { path: `${path}.url`, message: `must be a URL of file, http, https or oci, got ${shown(url)}` };
  }
  const sha = text(field(value, 'sha256')) ?? '';
  if (sha !== '' && !/^[0-9a-f]{64}$/.test(sha)) yield { path: `${path}.sha256`, message: 'must have 64 hexadecimal digits in lower case' };
  for (const [name, most] of [['imagePullSecret', 253], ['pluginName', 256]] as const) {
    if ((text(field(value, name)) ?? '').length > most) yield { path: `${path}.${name}`, message: `must have at most ${most} characters` };
  }
  const names = new Set<string>();
  for (const [i, variable] of list(field(field(value, 'vmConfig'), 'env')).entries()) {
    const at = `${path}.vmConfig.env[${i}]`;
    const name = text(field(variable, 'name')) ?? '';
    if (name === '' || name.length > 256) yield { path: `${at}.name`, message: 'a variable needs a name of 1 to 256 characters' };
    else if (names.has(name)) yield { path: `${at}.name`, message: `variable ${shown(name)} stands twice` };
    names.add(name);
    if (field(variable, 'valueFrom') === 'HOST' && (text(field(variable, 'value')) ?? '') !== '') yield { path: `${at}.value`, message: 'a variable of the host takes no value' };
  }
}

function* trafficMatches(spec: unknown): Saying {
  for (const [i, match] of list(field(spec, 'match')).entries()) {
    for (const [j, selector] of list(field(match, 'ports')).entries()) yield* port(number(field(selector, 'number')) ?? 0, `spec.match[${i}].ports[${j}].number`);
  }
}
