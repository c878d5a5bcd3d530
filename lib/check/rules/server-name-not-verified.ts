import { field, list, text } from '../../manifest/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const serverNameNotVerified = defineRule({
  id: 'MW0413',
  name: 'server-name-not-verified',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'Clients take a certificate of any name',
  why: 'Every holder of a certificate of that authority, such as anyone with a domain of their own, can answer in place of the server.',
  fix: 'Set subjectAltNames to the names of the server, and leave insecureSkipVerify out. Where `sni` is left out too, Istio compares the certificate with the host by itself.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings',
  of: ['DestinationRule'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: db, namespace: shop }
      spec: { host: db.example.com, trafficPolicy: { tls: { mode: SIMPLE, sni: db.example.com, caCertificates: /etc/ssl/certs/ca-certificates.crt } } }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: { name: db, namespace: shop }
      spec: { host: db.example.com, trafficPolicy: { tls: { mode: SIMPLE, sni: db.example.com, subjectAltNames: [db.example.com], caCertificates: /etc/ssl/certs/ca-certificates.crt } } }
    `,
  },

  *check({ policy, subsets, host }) {
    for (const part of [policy, ...subsets.map(subset => subset.policy)]) {
      if (!part) continue;
      for (const { tls, tlsMode, path } of [part, ...part.ports]) {
        if (tlsMode !== 'SIMPLE' && tlsMode !== 'MUTUAL') continue;
        if (field(tls, 'insecureSkipVerify') === true) yield { at: `${path}.tls.insecureSkipVerify`, message: `the certificate of ${host} is not verified` };
        else if ((text(field(tls, 'sni')) ?? '') !== '' && list(field(tls, 'subjectAltNames')).length === 0) yield { at: `${path}.tls`, message: `TLS to ${host} sets an sni, but no subjectAltNames` };
      }
    }
  },
});
