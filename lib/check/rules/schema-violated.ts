import { facts as argoproj } from '../../../imports/facts/argoproj.io.js';
import { facts as certManager } from '../../../imports/facts/cert-manager.io.js';
import { facts as extensions } from '../../../imports/facts/extensions.istio.io.js';
import { facts as gatewayApi } from '../../../imports/facts/gateway.networking.k8s.io.js';
import { facts as helm } from '../../../imports/facts/helm.toolkit.fluxcd.io.js';
import { facts as monitoring } from '../../../imports/facts/monitoring.coreos.com.js';
import { facts as networking } from '../../../imports/facts/networking.istio.io.js';
import { facts as sail } from '../../../imports/facts/sailoperator.io.js';
import { facts as security } from '../../../imports/facts/security.istio.io.js';
import { facts as source } from '../../../imports/facts/source.toolkit.fluxcd.io.js';
import { facts as telemetry } from '../../../imports/facts/telemetry.istio.io.js';
import { metadataViolations, violations, type Schema } from '../../schema/index.ts';
import { kindKey } from '../../mesh/index.ts';
import { defineRuleOfEvery, yaml } from '../rule.ts';

interface Facts {
  readonly group: string;
  readonly kinds: Readonly<Record<string, { readonly versions: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}

const groups: readonly Facts[] = [argoproj, certManager, extensions, gatewayApi, helm, monitoring, networking, sail, security, source, telemetry];

const schemas = new Map(groups.flatMap(({ group, kinds }) => Object.entries(kinds).map(([kind, { versions }]) => [kindKey({ group, kind }), versions] as const)));

export const schemaViolated = defineRuleOfEvery({
  id: 'MW0101',
  name: 'schema-violated',
  category: 'schema',
  severity: 'error',
  title: 'An object does not fit its CRD',
  why: 'The API server refuses it, or drops the field that it does not know.',
  fix: 'Correct the field: the message has what the schema, or a rule of it, asks for.',
  of: new Set(schemas.keys()),
  examples: {
    bad: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ rout: [{ destination: { host: reviews } }] }] }
    `,
    good: yaml`
      apiVersion: networking.istio.io/v1
      kind: VirtualService
      metadata: { name: reviews, namespace: shop }
      spec: { hosts: [reviews], http: [{ route: [{ destination: { host: reviews } }] }] }
    `,
  },

  check(on) {
    const versions = schemas.get(kindKey(on));
    if (!versions) return [];
    const schema = versions[on.version]?.schema;
    if (!schema) return [{ at: 'apiVersion', message: `${on.group} has no version ${on.version} of ${on.kind}; there is ${Object.keys(versions).join(', ')}` }];
    return [...metadataViolations(on.manifest.object.metadata), ...violations(schema, on.manifest.object)].map(({ path, message }) => ({ at: path, message: path === '' ? message : `${path}: ${message}` }));
  },
});
