import { parse } from '@marcbachmann/cel-js';
import { field, fields, list, mapping, number, text } from '../../manifest/index.ts';
import { shown, warn, type Say } from './said.ts';
import { attachment } from './selection.ts';

export function telemetry(say: Say, spec: unknown): void {
  attachment(say, spec);
  for (const [i, metric] of list(field(spec, 'metrics')).entries()) metrics(say, metric, `spec.metrics[${i}]`);
  const tracing = list(field(spec, 'tracing'));
  if (tracing.length > 1) say(warn('spec.tracing', 'only the first entry of tracing is used'));
  for (const [i, trace] of tracing.entries()) traces(say, trace, `spec.tracing[${i}]`);
  for (const [i, log] of list(field(spec, 'accessLogging')).entries()) {
    const path = `spec.accessLogging[${i}]`;
    providers(say, log, path);
    const filter = field(log, 'filter');
    if (mapping(filter)) {
      const expression = text(field(filter, 'expression')) ?? '';
      const why = whyNoCel(expression);
      if (why !== undefined) say({ path: `${path}.filter.expression`, message: `${shown(expression)} is no CEL expression: ${why}` });
    }
  }
}

function metrics(say: Say, metric: unknown, path: string): void {
  providers(say, metric, path);
  for (const [i, override] of list(field(metric, 'overrides')).entries()) {
    const at = `${path}.overrides[${i}]`;
    if (!mapping(override)) {
      say({ path: at, message: 'an override must not be null' });
      continue;
    }
    const match = field(override, 'match');
    if (mapping(match) && field(match, 'customMetric') === '') say({ path: `${at}.match.customMetric`, message: 'the name of a metric must not be empty' });
    for (const [tag, value] of Object.entries(fields(field(override, 'tagOverrides')))) {
      const here = `${at}.tagOverrides[${JSON.stringify(tag)}]`;
      if (tag === '') say(warn(here, 'the name of a tag is empty, so that it is ignored'));
      if (!mapping(value)) {
        say({ path: here, message: 'the override of a tag must not be null' });
        continue;
      }
      const operation = text(field(value, 'operation')) ?? 'UPSERT';
      const content = text(field(value, 'value')) ?? '';
      if (operation === 'UPSERT' && content === '') say({ path: here, message: 'UPSERT needs a value' });
      if (operation === 'REMOVE' && content !== '') say({ path: here, message: 'REMOVE takes no value' });
    }
  }
}

function traces(say: Say, trace: unknown, path: string): void {
  providers(say, trace, path);
  if (list(field(trace, 'providers')).length > 1) say(warn(`${path}.providers`, 'only the first provider of tracing is used'));
  const percentage = number(field(trace, 'randomSamplingPercentage')) ?? 0;
  if (percentage < 0 || percentage > 100) say({ path: `${path}.randomSamplingPercentage`, message: `must be between 0 and 100, got ${percentage}` });
  for (const [name, tag] of Object.entries(fields(field(trace, 'customTags')))) {
    const at = `${path}.customTags[${JSON.stringify(name)}]`;
    if (name === '') say({ path: at, message: 'the name of a tag must not be empty' });
    if (tag === null) say({ path: at, message: 'a tag must not be null' });
    const kinds = [['literal', 'value'], ['environment', 'name'], ['header', 'name']] as const;
    for (const [kind, key] of kinds) {
      const value = field(tag, kind);
      if (mapping(value) && (text(field(value, key)) ?? '') === '') say({ path: `${at}.${kind}.${key}`, message: 'it must not be empty' });
    }
  }
}

function providers(say: Say, value: unknown, path: string): void {
  for (const [i, provider] of list(field(value, 'providers')).entries()) {
    if (!mapping(provider) || (text(field(provider, 'name')) ?? '') === '') say({ path: `${path}.providers[${i}].name`, message: 'a provider needs a name' });
  }
}

function whyNoCel(expression: string): string | undefined {
  if (expression.length > 10_000) return 'it is too long';
  try {
    parse(expression);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? 'it cannot be parsed';
  }
}
