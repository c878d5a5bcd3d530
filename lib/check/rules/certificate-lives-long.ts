import { field, text } from '../../manifest/index.ts';
import { goDuration } from '../../schema/index.ts';
import { defineRule, yaml } from '../rule.ts';

export const certificateLivesLong = defineRule({
  id: 'MW0428',
  name: 'certificate-lives-long',
  category: 'security',
  severity: 'info',
  advice: true,
  title: 'A certificate lives longer than it needs',
  why: 'A key that is stolen is good until its certificate ends; nothing in a mesh asks whether it was revoked.',
  fix: 'Keep certificates of workloads at 24 hours (SECRET_TTL, DEFAULT_WORKLOAD_CERT_TTL), those of gateways under 398 days, as browsers ask, and let them be renewed by cert-manager.',
  source: 'https://istio.io/latest/docs/ops/best-practices/security/',
  of: ['SailIstio', 'IstioOperator', 'Certificate', 'Secret'],
  examples: {
    bad: yaml`
      apiVersion: cert-manager.io/v1
      kind: Certificate
      metadata: { name: shop, namespace: shop }
      spec: { secretName: shop, duration: 26280h, dnsNames: [shop.example.com], issuerRef: { name: ca } }
    `,
    good: yaml`
      apiVersion: cert-manager.io/v1
      kind: Certificate
      metadata: { name: shop, namespace: shop }
      spec: { secretName: shop, duration: 2160h, dnsNames: [shop.example.com], issuerRef: { name: ca } }
    `,
  },

  *check(on) {
    if ('pilotEnv' in on) {
      const secret = on.proxyMetadata.get('SECRET_TTL');
      if (hours(secret) > 24) yield { at: `${on.meshConfigPath}.defaultConfig.proxyMetadata.SECRET_TTL`, message: `certificates of workloads live ${secret ?? ''}` };
      const given = on.pilotEnv.get('DEFAULT_WORKLOAD_CERT_TTL');
      if (hours(given) > 24) yield { at: 'spec.values', message: `certificates of workloads live ${given ?? ''} (DEFAULT_WORKLOAD_CERT_TTL)` };
      return;
    }
    if ('certificate' in on) {
      const { notBefore = '', notAfter = '' } = on.certificate ?? {};
      const days = Math.floor((Date.parse(notAfter) - Date.parse(notBefore)) / 86_400_000);
      if (days > mostDays) yield { message: `its certificate is good for ${days} days` };
      return;
    }
    const duration = text(field(on.manifest.object.spec, 'duration'));
    if (hours(duration) > mostDays * 24) yield { at: 'spec.duration', message: `the certificate lives ${duration ?? ''}` };
  },
});

const mostDays = 398;

function hours(duration: string | undefined): number {
  return duration === undefined ? 0 : Number((goDuration(duration) ?? 0n) / 3_600_000_000_000n);
}
