import { field } from '../../manifest/index.ts';
import { HostIndex, indexes, type Gateway, type Mesh, type Server } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const hostReachedByWildcardServer = defineRule({
  id: 'MW0412',
  name: 'host-reached-by-wildcard-server',
  category: 'security',
  severity: 'warning',
  advice: true,
  title: 'A guarded host can be reached through the wildcard beside it',
  why: 'The server is chosen by the name in the TLS handshake, the route by the Host header. Who names another host of the wildcard in the handshake, and the guarded one in the header, shows no certificate and gets in.',
  fix: 'Answer the guarded host with 421 in a VirtualService for the wildcard (directResponse), or take the wildcard away.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/#explicitly-disable-all-the-sensitive-http-host-under-relaxed-sni-host-matching',
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: admin, protocol: HTTPS }, tls: { mode: MUTUAL, credentialName: admin }, hosts: ["admin.example.com"] }, { port: { number: 443, name: wild, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: wild }, hosts: ["*.example.com"] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: shop }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: admin, protocol: HTTPS }, tls: { mode: MUTUAL, credentialName: admin }, hosts: ["admin.example.com"] }, { port: { number: 443, name: wild, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: wild }, hosts: ["*.example.com"] }] }
      ---
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: misdirected, namespace: shop }
      spec:
        hosts: ["*.example.com"]
        gateways: [edge]
        http: [{ match: [{ authority: { exact: admin.example.com } }], directResponse: { status: 421 } }]
    `,
  },

  *check(on, mesh) {
    for (const server of on.servers) {
      if (!asksForCertificate(server)) continue;
      for (const [i, { host }] of server.hosts.entries()) {
        for (const wildcard of ['*', ...HostIndex.above(host)]) {
          const wide = mesh.at(indexes.gatewaysByHost, `${server.port} ${wildcard}`).find(other => sharesPods(on, other)
            && other.servers.some(({ port, hosts, hasTls, tlsMode }) => port === server.port && hasTls && tlsMode === 'SIMPLE' && hosts.some(own => own.host === wildcard)));
          if (wide && host !== wildcard && !isGuarded(mesh, wide, wildcard)) {
            yield { at: `${server.path}.hosts[${i}]`, message: `${host} asks for a client certificate, and the server for ${wildcard} of Gateway ${wide.name} does not` };
          }
        }
      }
    }
  },
});

function asksForCertificate({ hasTls, tlsMode }: Server): boolean {
  return hasTls && (tlsMode === 'MUTUAL' || tlsMode === 'ISTIO_MUTUAL');
}

function sharesPods(one: Gateway, other: Gateway): boolean {
  return [...one.selector].every(([key, value]) => (other.selector.get(key) ?? value) === value);
}

/** Whether some route of the wildcard answers 421. */
function isGuarded(mesh: Mesh, gateway: Gateway, wildcard: string): boolean {
  return mesh.virtualServicesByHost.at(wildcard).some(({ gateways, routes }) => gateways.includes(`${gateway.namespace}/${gateway.name}`) && routes.some(({ raw }) => field(field(raw, 'directResponse'), 'status') === 421));
}
