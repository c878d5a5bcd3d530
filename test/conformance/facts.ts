import { facts as extensions } from '../../imports/facts/extensions.istio.io.js';
import { facts as gatewayApi } from '../../imports/facts/gateway.networking.k8s.io.js';
import { facts as networking } from '../../imports/facts/networking.istio.io.js';
import { facts as security } from '../../imports/facts/security.istio.io.js';
import { facts as telemetry } from '../../imports/facts/telemetry.istio.io.js';
import type { Schema } from '../../lib/schema/index.ts';

type Kinds = Readonly<Record<string, { readonly versions: Readonly<Record<string, { readonly schema: Schema }>> }>>;

/** Istio's kinds win over those of the Gateway API that have the same name. */
const kinds: Kinds = Object.assign({}, ...[gatewayApi, extensions, networking, security, telemetry].map(facts => facts.kinds as Kinds)) as Kinds;

/** The schema of a kind in one version. */
export function schemaOf(kind: string, version: string): Schema | undefined {
  return kinds[kind]?.versions[version]?.schema;
}
