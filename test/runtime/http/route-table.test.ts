import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameworkRoute } from '../../../lib/runtime/http/framework-route.ts';
import { pathOf } from '../../../lib/runtime/http/node.ts';
import { routeTable } from '../../../lib/runtime/http/route-table.ts';

const routes = ['/', '/carts', '/carts/{id}', '/carts/new', '/carts/{id}/items', '/static/*', '/a/{b}/c', '/a/x/{d}', '/deep/{a}/*'];

test.each([
  ['/', '/'],
  ['/carts', '/carts'],
  ['/carts/', undefined],
  ['/carts/7', '/carts/{id}'],
  ['/carts/new', '/carts/new'],
  ['/carts/new/items', '/carts/{id}/items'],
  ['/carts//items', undefined],
  ['/carts/7/items/1', undefined],
  ['/static/', '/static/*'],
  ['/static/a/b.css', '/static/*'],
  ['/static', undefined],
  ['/a/x/c', '/a/x/{d}'],
  ['/a/y/c', '/a/{b}/c'],
  ['/deep/1/2/3', '/deep/{a}/*'],
  ['/Carts', undefined],
  ['', undefined],
  ['*', undefined],
])('%j belongs to %j', (path, template) => {
  expect(routeTable(routes)(path)).toBe(template);
});

test('a path made from a template belongs to a template that has its shape', () => {
  const segment = fc.oneof(fc.constantFrom('a', 'b', '{x}'), fc.stringMatching(/^[a-z]{1,3}$/));
  const template = fc.array(segment, { minLength: 1, maxLength: 4 }).map(parts => `/${parts.map((part, i) => (part === '{x}' ? `{x${i}}` : part)).join('/')}`);
  fc.assert(fc.property(fc.uniqueArray(template, { minLength: 1, maxLength: 6 }), fc.nat(), (templates, pick) => {
    const path = (templates[pick % templates.length] ?? '/').replace(/\{\w+\}/g, 'value');
    const found = routeTable(templates)(path);
    expect(path).toMatch(new RegExp(`^${(found ?? 'none').replace(/\{\w+\}/g, '[^/]+')}$`));
  }));
});

test.each([
  ['/carts/:id', '/carts/{id}'],
  ['/carts/:id/items/:item', '/carts/{id}/items/{item}'],
  ['/carts/:id(\\d+)', '/carts/{id}'],
  ['/carts/:id{[0-9]+}', '/carts/{id}'],
  ['/carts/:id?', '/carts/{id}'],
  ['/carts/:id{[0-9]{4}}', '/carts/{id}'],
  ['/carts{/:id}', '/carts/{id}'],
  ['/static/*', '/static/*'],
  ['/static/*path', '/static/*'],
  ['/static{/*path}', '/static/*'],
])('a framework\'s %s is %s', (route, template) => {
  expect(frameworkRoute(route)).toBe(template);
});

test.each([['/a?b', '/a'], ['http://host/a?b', '/a'], ['*', '*'], ['', ''], [undefined, '/'], ['//a', '//a'], ['a b', 'a b']])('the path of %j is %j', (url, path) => {
  expect(pathOf(url)).toBe(path);
});
