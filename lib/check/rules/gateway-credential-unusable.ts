import { workloadsOfGateway, type Gateway, type Mesh, type Secret } from '../../mesh/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const gatewayCredentialUnusable = defineRule({
  id: 'IST0161',
  name: 'gateway-credential-unusable',
  category: 'gateway',
  severity: 'error',
  title: 'The credential of a Gateway cannot be used, or is out of date',
  why: 'TLS handshakes with the server fail, or clients refuse its certificate.',
  fix: 'Give the Secret a certificate that is in date, and the private key that belongs to it, under tls.crt and tls.key.',
  analyzers: ['gateway.SecretAnalyzer'],
  of: ['Gateway'],
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 443, name: https, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: shop }, hosts: [shop.example.com] }] }
      ---
      apiVersion: v1
      kind: Pod
      metadata: { name: edge, namespace: ingress, labels: { istio: edge } }
      spec: { containers: [{ name: istio-proxy, image: auto }] }
      ---
      apiVersion: v1
      kind: Secret
      metadata: { name: shop, namespace: ingress }
      stringData: { certificate: none }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: Gateway
      metadata: { name: edge, namespace: ingress }
      spec: { selector: { istio: edge }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [shop.example.com] }] }
    `,
  },

  *check(on, mesh) {
    for (const { name, secret, at } of credentialsOf(mesh, on)) {
      const reason = secret && whyUnusable(secret, mesh.now);
      if (reason !== undefined) yield { at, message: `a gateway cannot use Secret "${name}": ${reason}` };
    }
  },
});

/** The credentials that a Gateway names, and the Secrets that answer, looked for where the pods of the gateway are. */
export function* credentialsOf(mesh: Mesh, gateway: Gateway): Generator<{ readonly namespace: string; readonly name: string; readonly secret: Secret | undefined; readonly at: string }> {
  const pod = workloadsOfGateway(mesh, gateway)[0];
  if (!pod) return;
  for (const server of gateway.servers) {
    for (const name of server.credentialNames) {
      // `configmap://` and `kubernetes://` say the kind first.
      const plain = name.replace(/^kubernetes:\/\//, '');
      if (plain.includes('://')) continue;
      const [namespace, local] = plain.includes('/') ? plain.split('/', 2) : [pod.namespace, plain];
      yield { namespace: namespace ?? '', name, secret: mesh.secret(namespace ?? '', local ?? ''), at: `${server.path}.tls.credentialName` };
    }
  }
}

function whyUnusable({ unusable, certificate }: Secret, now: Date): string | undefined {
  if (unusable !== undefined) return unusable;
  if (certificate && new Date(certificate.notAfter) < now) return `its certificate ended on ${certificate.notAfter}`;
  if (certificate && new Date(certificate.notBefore) > now) return `its certificate begins on ${certificate.notBefore}`;
  return undefined;
}
