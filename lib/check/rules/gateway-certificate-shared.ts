import { indexOf, selects, type Server } from '../../mesh/index.ts';
import { listed, mostListed } from '../listed.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayCertificateShared = defineRule({
  id: 'IST0138',
  name: 'gateway-certificate-shared',
  category: 'gateway',
  severity: 'warning',
  title: 'Two Gateways of the same pods have the same certificate',
  why: 'A browser uses one HTTP/2 connection for all hosts of a certificate; requests for the hosts of the other Gateway then get 404.',
  fix: 'Put the hosts of one certificate into one Gateway, or give each its own certificate.',
  analyzers: ['gateway.CertificateAnalyzer'],
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: one, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: wild }, hosts: [a.example.com] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: two, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: wild }, hosts: [b.example.com] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: one, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: wild }, hosts: [a.example.com, b.example.com] }] }
    `,
  },

  *check(on, mesh) {
    for (const server of on.servers) {
      const certificate = certificateOf(server);
      const others: string[] = [];
      for (const other of certificate === undefined ? [] : mesh.at(gatewaysByCertificate, certificate)) {
        if (other === on || !selects(on.selector, other.selector)) continue;
        others.push(`${other.namespace === '' ? '' : `${other.namespace}/`}${other.name}`);
        if (others.length > mostListed) break;
      }
      if (others.length > 0) yield { at: `${server.path}.tls`, message: `${others.length === 1 ? 'Gateway' : 'Gateways'} ${listed(others)} ${others.length === 1 ? 'has' : 'have'} the same certificate` };
    }
  },
});

const gatewaysByCertificate = indexOf('gateway certificate', ['Gateway'], ({ servers }) => servers.flatMap(server => certificateOf(server) ?? []));

function certificateOf({ hasTls, credentialNames, serverCertificate, privateKey }: Server): string | undefined {
  if (!hasTls) return undefined;
  if (credentialNames.length > 0) return `credential ${credentialNames.join(',')}`;
  return serverCertificate !== '' && privateKey !== '' ? `files ${serverCertificate} ${privateKey}` : undefined;
}
