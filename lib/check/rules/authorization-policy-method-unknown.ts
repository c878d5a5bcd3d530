import { defineRule, yaml } from '../rule.ts';

export const authorizationPolicyMethodUnknown = defineRule({
  id: 'MW0105',
  name: 'authorization-policy-method-unknown',
  category: 'security',
  severity: 'warning',
  title: 'An AuthorizationPolicy names a method that HTTP does not have',
  why: 'Methods are compared as sent, in capitals, and a call of gRPC is a POST: the operation never matches.',
  fix: 'Name a method as HTTP spells it, such as GET. The name of a gRPC method belongs to paths, as /package.Service/Method.',
  alsoKnownAs: ['KIA0102'],
  of: ['AuthorizationPolicy'],
  examples: {
    bad: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { methods: [get] } }] }] }
    `,
    good: yaml`
      apiVersion: security.istio.io/v1
      kind: AuthorizationPolicy
      metadata: { name: reviews, namespace: shop }
      spec: { rules: [{ to: [{ operation: { methods: [GET] } }] }] }
    `,
  },

  when: ({ rules }) => rules.some(({ to }) => to.some(({ methods, notMethods }) => !methods.every(isMethod) || !notMethods.every(isMethod))),

  *check({ rules }) {
    for (const { to } of rules) {
      for (const operation of to) {
        for (const name of ['methods', 'notMethods'] as const) {
          for (const [i, method] of operation[name].entries()) {
            if (isMethod(method)) continue;
            const meant = method.includes('/') ? '; a gRPC method is a path' : isMethod(method.toUpperCase()) ? `; HTTP spells it ${method.toUpperCase()}` : '';
            yield { at: `${operation.path}.${name}[${i}]`, message: `"${method}" is no method of HTTP${meant}` };
          }
        }
      }
    }
  },
});

/** Whether a method, or a pattern with one wildcard, takes a method that exists. */
function isMethod(pattern: string): boolean {
  if (pattern.startsWith('*')) return methods.some(method => method.endsWith(pattern.slice(1)));
  if (pattern.endsWith('*')) return methods.some(method => method.startsWith(pattern.slice(0, -1)));
  return methods.includes(pattern);
}

/** Source: https://www.iana.org/assignments/http-methods, and PURGE, which caches take. */
const methods = [
  'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PURGE',
  'ACL', 'BASELINE-CONTROL', 'BIND', 'CHECKIN', 'CHECKOUT', 'COPY', 'LABEL', 'LINK', 'LOCK', 'MERGE', 'MKACTIVITY', 'MKCALENDAR', 'MKCOL', 'MKREDIRECTREF', 'MKWORKSPACE',
  'MOVE', 'ORDERPATCH', 'PRI', 'PROPFIND', 'PROPPATCH', 'QUERY', 'REBIND', 'REPORT', 'SEARCH', 'UNBIND', 'UNCHECKOUT', 'UNLINK', 'UNLOCK', 'UPDATE', 'UPDATEREDIRECTREF', 'VERSION-CONTROL',
];
