import { field, list, mapping, text, texts } from '../../manifest/index.ts';
import { isSubnet } from './names.ts';
import { shown, warn, type Say } from './said.ts';
import { attachment } from './selection.ts';

/** What a CUSTOM policy cannot use: who calls is not known when the authorizer is asked. */
const identities = [
  'namespaces', 'notNamespaces', 'serviceAccounts', 'notServiceAccounts', 'trustDomains', 'notTrustDomains', 'principals', 'notPrincipals', 'requestPrincipals',
  'notRequestPrincipals',
];
const notWithAccounts = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces'];
const blocks = ['ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'];
const sourceFields = [...identities, ...blocks];
const operationFields = ['hosts', 'notHosts', 'ports', 'notPorts', 'methods', 'notMethods', 'paths', 'notPaths'];

export function authorizationPolicy(say: Say, spec: unknown): void {
  attachment(say, spec);
  const action = text(field(spec, 'action')) ?? 'ALLOW';
  const rules = list(field(spec, 'rules'));
  const provider = field(spec, 'provider');
  if (action === 'CUSTOM') {
    if (rules.length === 0) say({ path: 'spec.rules', message: 'a CUSTOM policy needs rules' });
    if ((text(field(provider, 'name')) ?? '') === '') say({ path: 'spec.provider', message: 'a CUSTOM policy needs the name of a provider' });
  } else if (mapping(provider)) say({ path: 'spec.provider', message: `a provider is for CUSTOM policies, got action ${shown(action)}` });
  if (action === 'DENY' && rules.length === 0) say({ path: 'spec.rules', message: 'a DENY policy without rules denies nothing' });
  rules.forEach((rule, i) => {
    const path = `spec.rules[${i}]`;
    if (!mapping(rule)) {
      say({ path, message: 'a rule must not be null' });
      return;
    }
    froms(say, rule, path, action);
    tos(say, rule, path);
    list(field(rule, 'when')).forEach((condition, j) => { when(say, condition, `${path}.when[${j}]`, action); });
    if (action === 'DENY' && layer7Only(rule)) say(warn(path, 'the rule uses HTTP attributes only; for TCP traffic they are left out, so that it denies all of it'));
  });
}

function froms(say: Say, rule: unknown, path: string, action: string): void {
  const given = field(rule, 'from');
  if (Array.isArray(given) && given.length === 0) say({ path: `${path}.from`, message: 'from must not be empty' });
  list(given).forEach((from, i) => {
    const source = field(from, 'source');
    const at = `${path}.from[${i}].source`;
    const said = saying(source, sourceFields);
    if (said.length === 0) {
      say({ path: at, message: 'a source must say something' });
      return;
    }
    const used = said.filter(name => identities.includes(name));
    if (action === 'CUSTOM' && used.length > 0) say({ path: at, message: `a CUSTOM policy cannot use ${used.join(', ')}` });
    const accounts = used.filter(name => name === 'serviceAccounts' || name === 'notServiceAccounts');
    if (accounts.length > 0) {
      const others = notWithAccounts.filter(name => used.includes(name));
      if (others.length > 0) say({ path: at, message: `${accounts.join(' and ')} cannot stand with ${others.join(', ')}` });
    }
    nonEmpty(say, source, said, at);
    for (const name of said) if (blocks.includes(name)) addresses(say, texts(field(source, name)), `${at}.${name}`);
    for (const name of accounts) {
      const values = texts(field(source, name));
      if (values.length > 16) say({ path: `${at}.${name}`, message: `there can be at most 16, got ${values.length}` });
      for (const [j, value] of values.entries()) serviceAccount(say, value, `${at}.${name}[${j}]`);
    }
    for (const name of used) {
      if (name !== 'trustDomains' && name !== 'notTrustDomains') continue;
      for (const [j, value] of texts(field(source, name)).entries()) {
        if (value.includes('/') || !oneStarAtAnEnd(value)) say({ path: `${at}.${name}[${j}]`, message: `a trust domain has no "/", and one star at most, at an end, got ${shown(value)}` });
      }
    }
  });
}

/** The fields that list something. */
function saying(object: unknown, names: readonly string[]): string[] {
  const said: string[] = [];
  for (const name of names) if (list(field(object, name)).length > 0) said.push(name);
  return said;
}

function tos(say: Say, rule: unknown, path: string): void {
  const given = field(rule, 'to');
  if (Array.isArray(given) && given.length === 0) say({ path: `${path}.to`, message: 'to must not be empty' });
  list(given).forEach((to, i) => {
    const operation = field(to, 'operation');
    const at = `${path}.to[${i}].operation`;
    const said = saying(operation, operationFields);
    if (said.length === 0) {
      say({ path: at, message: 'an operation must say something' });
      return;
    }
    nonEmpty(say, operation, said, at);
    for (const name of said) {
      if (name === 'ports' || name === 'notPorts') ports(say, texts(field(operation, name)), `${at}.${name}`);
      if (name === 'paths' || name === 'notPaths') texts(field(operation, name)).forEach((value, j) => { pathTemplate(say, value, `${at}.${name}[${j}]`); });
    }
  });
}

function nonEmpty(say: Say, object: unknown, names: readonly string[], path: string): void {
  for (const name of names) {
    const values = list(field(object, name));
    if (!values.includes('')) continue;
    for (const [i, value] of values.entries()) if (value === '') say({ path: `${path}.${name}[${i}]`, message: 'an empty text matches nothing' });
  }
}

function addresses(say: Say, values: readonly string[], path: string): void {
  for (const [i, value] of values.entries()) if (value !== '' && !isSubnet(value)) say({ path: `${path}[${i}]`, message: `must be an IP address or a CIDR range, got ${shown(value)}` });
}

function ports(say: Say, values: readonly string[], path: string): void {
  for (const [i, value] of values.entries()) {
    if (value !== '' && !(/^\d+$/.test(value) && Number(value) <= 65535)) say({ path: `${path}[${i}]`, message: `must be a port, got ${shown(value)}` });
  }
}

function serviceAccount(say: Say, value: string, path: string): void {
  const parts = value.split('/');
  if (value.includes('*') || value.length > 320 || parts.length > 2 || parts.some(part => part === '')) say({ path, message: `must be a ServiceAccount as name or namespace/name, without wildcards, got ${shown(value)}` });
}

function oneStarAtAnEnd(value: string): boolean {
  const star = value.indexOf('*');
  return star === -1 || (star === value.lastIndexOf('*') && (star === 0 || star === value.length - 1));
}

/** Templates stand for whole segments of a path: `{*}` for one, `{**}` for any number, which comes last of the templates. */
function pathTemplate(say: Say, value: string, path: string): void {
  if (!/[{}]/.test(value)) return;
  const problem = whyNoTemplate(value);
  if (problem !== undefined) say({ path, message: `${shown(value)} is no path template: ${problem}` });
}

function whyNoTemplate(value: string): string | undefined {
  const templated = value.includes('{*}') || value.includes('{**}');
  let last = false;
  for (const segment of value.replace(/^\/+|\/+$/g, '').split('/')) {
    const template = segment === '{*}' || segment === '{**}';
    if (!template && /[{}]/.test(segment)) return 'a template is {*} or {**}, and stands for a whole segment';
    if (template && last) return '{**} must be the last template';
    if (segment === '{**}') last = true;
    if (templated && !template && !/^[A-Za-z0-9\-._~%!$&'()+,;:@=]+$/.test(segment)) return `"${segment}" is no segment of a path`;
  }
  return undefined;
}

const plainKeys = new Set([
  'source.ip', 'remote.ip', 'source.namespace', 'source.serviceAccount', 'source.principal', 'source.trustDomain', 'request.auth.principal',
  'request.auth.audiences', 'request.auth.presenter', 'destination.ip', 'destination.port', 'connection.sni',
]);

function when(say: Say, condition: unknown, path: string, action: string): void {
  const key = text(field(condition, 'key')) ?? '';
  const [values, notValues] = ['values', 'notValues'].map(name => texts(field(condition, name))) as [readonly string[], readonly string[]];
  if (key === '') {
    say({ path: `${path}.key`, message: 'a condition needs a key' });
    return;
  }
  if (action === 'CUSTOM' && (/^source\.(namespace|serviceAccount|trustDomain|principal)$/.test(key) || key.startsWith('request.auth.'))) {
    say({ path: `${path}.key`, message: `a CUSTOM policy cannot use ${key}` });
  }
  if (values.length + notValues.length === 0) say({ path, message: 'a condition needs values or notValues' });
  const bracketed = /^(?:request\.headers|request\.experimental\.inline\.headers|request\.auth\.claims|experimental\.envoy\.filters\.)/.test(key);
  if (/^destination\.(labels|namespace|name|user)/.test(key)) say({ path: `${path}.key`, message: `Istio has removed ${key}; use the selector, or another attribute` });
  else if (bracketed ? !/^[^[]*\[[^]+\]$/.test(key) : !plainKeys.has(key)) say({ path: `${path}.key`, message: `Istio knows no attribute ${shown(key)}` });
  for (const [name, list_] of [['values', values], ['notValues', notValues]] as const) {
    for (const [i, value] of list_.entries()) if (value === '') say({ path: `${path}.${name}[${i}]`, message: 'an empty text matches nothing' });
    if (/\.ip$/.test(key)) addresses(say, list_, `${path}.${name}`);
    if (key === 'destination.port') ports(say, list_, `${path}.${name}`);
    if (key === 'source.serviceAccount') for (const [i, value] of list_.entries()) serviceAccount(say, value, `${path}.${name}[${i}]`);
    if (key === 'source.trustDomain') for (const [i, value] of list_.entries()) if (value.includes('/') || !oneStarAtAnEnd(value)) say({ path: `${path}.${name}[${i}]`, message: `a trust domain has no "/", and one star at most, at an end, got ${shown(value)}` });
  }
}

/** Whether nothing of a rule can be seen in TCP traffic. */
function layer7Only(rule: unknown): boolean {
  const sources = list(field(rule, 'from')).map(from => field(from, 'source'));
  const operations = list(field(rule, 'to')).map(to => field(to, 'operation'));
  const layer4 = ['principals', 'notPrincipals', 'namespaces', 'notNamespaces', 'serviceAccounts', 'notServiceAccounts', 'trustDomains', 'notTrustDomains', 'ipBlocks', 'notIpBlocks', 'remoteIpBlocks', 'notRemoteIpBlocks'];
  const says = (object: unknown, names: readonly string[]): boolean => names.some(name => list(field(object, name)).length > 0);
  if (sources.length === 0 && operations.length === 0) return false;
  return operations.length > 0 ? !operations.some(operation => says(operation, ['ports', 'notPorts'])) : !sources.some(source => says(source, layer4));
}
