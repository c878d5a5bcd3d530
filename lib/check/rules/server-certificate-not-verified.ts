import { field, text } from '../../manifest/index.ts';
import type { DestinationRule } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const serverCertificateNotVerified = defineRule({
  id: 'IST0128',
  furtherCodes: ['IST0129'],
  name: 'server-certificate-not-verified',
  category: 'security',
  severity: 'error',
  title: 'Clients do not verify the certificate of a server',
  why: 'Without caCertificates Envoy takes any certificate: whoever answers gets the traffic.',
  fix: 'Set caCertificates to the bundle of the issuer, such as /etc/ssl/certs/ca-certificates.crt, and subjectAltNames to the names expected.',
  analyzers: ['destinationrule.CaCertificateAnalyzer'],
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: db, namespace: shop }
      spec: { host: db.example.com, trafficPolicy: { tls: { mode: SIMPLE } } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: db, namespace: shop }
      spec: { host: db.example.com, trafficPolicy: { tls: { mode: SIMPLE, caCertificates: /etc/ssl/certs/ca-certificates.crt } } }
    `,
  },

  when: ({ policy }) => policy !== undefined && (policy.tlsMode !== undefined || policy.ports.length > 0),

  *check(on) {
    if (on.policy && unverified(on, on.policy.tlsMode, on.policy.tls)) {
      yield { at: `${on.policy.path}.tls`, message: `TLS to ${on.host} is ${on.policy.tlsMode ?? ''}, but there are no caCertificates` };
    }
    for (const port of on.policy?.ports ?? []) {
      if (unverified(on, port.tlsMode, port.tls)) yield { at: `${port.path}.tls`, code: 'IST0129', message: `TLS to ${on.host} at port ${port.port} is ${port.tlsMode ?? ''}, but there are no caCertificates` };
    }
  },
});

/** The Secret of a credentialName has the certificate of the issuer too; a sidecar reads it only where the rule selects workloads. */
function unverified({ workloadSelector }: DestinationRule, mode: string | undefined, tls: unknown): boolean {
  const says = (name: string): boolean => (text(field(tls, name)) ?? '') !== '';
  return (mode === 'SIMPLE' || mode === 'MUTUAL') && !says('caCertificates') && !(says('credentialName') && workloadSelector);
}
