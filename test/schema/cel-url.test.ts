import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUrl } from '../../lib/schema/index.ts';

test.each([
  ['https://example.com:8443/a?b#c', 'https'], ['HTTP://a', 'http'], ['/a', ''], ['oci://a/b:1', 'oci'], ['http://[::1]:80', 'http'],
  ['localhost:5000/a', 'localhost'], ['mailto:a@b', 'mailto'], ['http://a/b c', 'http'], ['http://a?%zz', 'http'], ['http://user:word@a', 'http'],
  ['oci://a:1,b:2', 'oci'], ['http://a%C3%A9', 'http'],
])('%s is a URL of %s', (text, scheme) => {
  expect(parseUrl(text)?.scheme).toBe(scheme);
});

test.each(['', 'a', 'example.com/a', ':a', 'http://a b', 'http://a:x', 'http://a:1:2', 'http://[::1', 'http://a[::1]', 'http://a/%zz', 'http://a#%zz', 'http://%41', 'http://a\nb'])('%j is no URL', text => {
  expect(parseUrl(text)).toBeUndefined();
});

test('what has a scheme and a slash is told by what follows alone', () => {
  fc.assert(fc.property(fc.webUrl(), text => parseUrl(text)?.scheme === new URL(text).protocol.slice(0, -1)));
});
