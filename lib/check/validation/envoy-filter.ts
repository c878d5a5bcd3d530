import { field, list, mapping, text } from '../../manifest/index.ts';
import { shown, warn, type Say } from './said.ts';
import { workloadSelector } from './selection.ts';
import { whyNoRegex } from './values.ts';

/** Which match goes with what is patched. */
const listenerPatches = new Set(['LISTENER', 'FILTER_CHAIN', 'NETWORK_FILTER', 'HTTP_FILTER', 'LISTENER_FILTER']);
const routePatches = new Set(['ROUTE_CONFIGURATION', 'VIRTUAL_HOST', 'HTTP_ROUTE']);

/** What filters were called before they had full names. */
const oldNames = /^envoy\.(?!filters\.|extensions\.|transport_sockets\.|access_loggers\.)[a-z0-9_.]+$/;

export function envoyFilter(say: Say, spec: unknown): void {
  if (!workloadSelector(say, field(spec, 'workloadSelector'), 'spec.workloadSelector', 'labels')) return;
  say(warn('spec', 'an EnvoyFilter reaches into how Istio configures Envoy, which may change with any release'));
  for (const [i, patch] of list(field(spec, 'configPatches')).entries()) configPatch(say, patch, `spec.configPatches[${i}]`);
}

function configPatch(say: Say, patch: unknown, path: string): void {
  if (!mapping(patch)) {
    say({ path, message: 'a patch must not be null' });
    return;
  }
  const match = field(patch, 'match');
  if (field(match, 'context') === 'WAYPOINT') return;
  const applyTo = text(field(patch, 'applyTo')) ?? 'INVALID';
  const change = field(patch, 'patch');
  const operation = text(field(change, 'operation')) ?? 'INVALID';
  if (applyTo === 'INVALID') say({ path: `${path}.applyTo`, message: 'applyTo is required' });
  if (!mapping(change)) say({ path: `${path}.patch`, message: 'a patch is required' });
  else if (operation === 'INVALID') say({ path: `${path}.patch.operation`, message: 'an operation is required' });
  else if (operation !== 'REMOVE' && field(change, 'value') === undefined) say({ path: `${path}.patch.value`, message: `${operation} needs a value` });
  const version = text(field(field(match, 'proxy'), 'proxyVersion')) ?? '';
  if (version !== '') {
    if (version.length > 1024) say(warn(`${path}.match.proxy.proxyVersion`, 'a regular expression of more than 1024 characters may be refused by Envoy'));
    else {
      const why = whyNoRegex(version);
      if (why !== undefined) say({ path: `${path}.match.proxy.proxyVersion`, message: `${shown(version)} is no regular expression: ${why}` });
    }
  }
  matchFits(say, match, applyTo, path);
  if (applyTo !== 'BOOTSTRAP') patched(say, field(change, 'value'), `${path}.patch.value`);
}

/** What of a value can be told wrong without Envoy's own descriptions: all that is patched has a name, and istiod knows no types of the second API. */
function patched(say: Say, value: unknown, path: string): void {
  const name = field(value, 'name');
  if (name !== undefined && name !== null && typeof name !== 'string') say({ path: `${path}.name`, message: `a name must be a text, got ${shown(name)}` });
  oldTypes(say, value, path, 0);
}

function oldTypes(say: Say, value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 100) return;
  const type = text(field(value, '@type')) ?? '';
  if (/^[^/]*\/envoy\..*\.v2(?:alpha\d*)?\./.test(type)) say({ path: `${path}["@type"]`, message: `istiod knows no type of Envoy's second API, got ${shown(type)}; use the one of v3` });
  // What a TypedStruct holds is free-form.
  if (type.endsWith('.TypedStruct')) return;
  for (const [key, child] of Object.entries(value)) oldTypes(say, child, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
}

function matchFits(say: Say, match: unknown, applyTo: string, path: string): void {
  const has = (name: string): boolean => mapping(field(match, name)) !== undefined;
  const wanted = listenerPatches.has(applyTo) ? 'listener' : routePatches.has(applyTo) ? 'routeConfiguration' : applyTo === 'CLUSTER' ? 'cluster' : undefined;
  const wrong = ['listener', 'routeConfiguration', 'cluster'].find(name => has(name) && name !== wanted);
  if (wanted !== undefined && wrong !== undefined) say({ path: `${path}.match.${wrong}`, message: `${applyTo} is matched by ${wanted}, not by ${wrong}` });
  const filter = field(field(field(match, 'listener'), 'filterChain'), 'filter');
  if (!mapping(filter)) return;
  const at = `${path}.match.listener.filterChain.filter`;
  const name = text(field(filter, 'name')) ?? '';
  if (applyTo === 'LISTENER' || applyTo === 'FILTER_CHAIN') say(warn(at, `a filter has no effect on which ${applyTo} is matched`));
  if (name === '') say({ path: `${at}.name`, message: 'a filter is matched by its name' });
  else if (oldNames.test(name)) say(warn(`${at}.name`, `${shown(name)} is an old name of a filter`));
  const sub = field(filter, 'subFilter');
  if (!mapping(sub)) return;
  if (applyTo !== 'HTTP_FILTER') say({ path: `${at}.subFilter`, message: 'a subFilter is for HTTP_FILTER only' });
  if (!['envoy.filters.network.http_connection_manager', 'envoy.http_connection_manager'].includes(name)) say({ path: `${at}.subFilter`, message: 'a subFilter is one of the HTTP connection manager' });
  if ((text(field(sub, 'name')) ?? '') === '') say({ path: `${at}.subFilter.name`, message: 'a subFilter is matched by its name' });
}
