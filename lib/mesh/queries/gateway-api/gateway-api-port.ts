import type { KubernetesGateway } from '../../entities/gateway-api.ts';
import { covers } from '../../entities/hosts.ts';
import type { Mesh } from '../../mesh.ts';
import type { ConnectionChain, GatewayPort, HttpChain, TlsChain } from '../gateway-port.ts';
import { hostName } from '../service-domains.ts';
import { gatewayChains, type GatewayChain } from './gateway-chains.ts';

/** What a Kubernetes Gateway does at a port, in the form that the ports of Istio's own Gateways have; undefined where nothing listens. */
export function gatewayApiPort(mesh: Mesh, gateway: KubernetesGateway, port: number): GatewayPort | undefined {
  const chains = gatewayChains(mesh, gateway, port);
  if (chains.length === 0) return undefined;
  const plain = chains.find(({ tls, protocol }) => tls === 'none' && protocol !== 'HTTPS');
  return {
    port,
    plaintext: plain && insideOf(plain, port),
    tls: chains.filter(chain => chain !== plain && chain.tls !== 'none').flatMap(chain => {
      const inside = insideOf(chain, port);
      return inside ? [{ names: [chain.sni], mode: modes[chain.tls] ?? 'SIMPLE', inside, from: chain.from }] : [];
    }),
    dropped: [],
  };
}

const modes: Readonly<Partial<Record<GatewayChain['tls'], TlsChain['mode']>>> = {
  'one-way': 'SIMPLE', mutual: 'MUTUAL', 'optional mutual': 'OPTIONAL_MUTUAL', 'istio mutual': 'ISTIO_MUTUAL', passthrough: 'PASSTHROUGH',
};

function insideOf(chain: GatewayChain, port: number): HttpChain | ConnectionChain | undefined {
  if (chain.protocol !== 'HTTP' && chain.protocol !== 'HTTPS') return chain.connections && { kind: 'connections', stage: chain.connections, from: chain.from };
  return { kind: 'http', declaredPort: port, from: chain.from, virtualHost: authority => closest(chain, hostName(authority)) };
}

function closest({ hosts }: GatewayChain, name: string): ReturnType<HttpChain['virtualHost']> {
  const fitting = hosts.flatMap(host => host.domains.filter(domain => covers(domain, name)).map(domain => ({ host, domain })));
  const [best] = fitting.sort((a, b) => Number(a.domain.startsWith('*')) - Number(b.domain.startsWith('*')) || b.domain.length - a.domain.length);
  return best && { ...best.host, httpsOnly: undefined };
}
