import * as argoproj from '../../imports/argoproj.io.ts';
import * as certManager from '../../imports/cert-manager.io.ts';
import * as extensions from '../../imports/extensions.istio.io.ts';
import * as gatewayApi from '../../imports/gateway.networking.k8s.io.ts';
import * as helm from '../../imports/helm.toolkit.fluxcd.io.ts';
import * as monitoring from '../../imports/monitoring.coreos.com.ts';
import * as networking from '../../imports/networking.istio.io.ts';
import * as sail from '../../imports/sailoperator.io.ts';
import * as security from '../../imports/security.istio.io.ts';
import * as source from '../../imports/source.toolkit.fluxcd.io.ts';
import * as telemetry from '../../imports/telemetry.istio.io.ts';
import type { ApiObject, GroupVersionKind } from 'cdk8s';
import type { Construct } from 'constructs';

/** A generated class, whatever its props. */
export interface GeneratedClass {
  readonly GVK: GroupVersionKind;
  manifest(props: object): object;
  new (scope: Construct, id: string, props: object): ApiObject;
}

const modules: Readonly<Record<string, object>> = {
  'argoproj.io': argoproj,
  'cert-manager.io': certManager,
  'extensions.istio.io': extensions,
  'gateway.networking.k8s.io': gatewayApi,
  'helm.toolkit.fluxcd.io': helm,
  'monitoring.coreos.com': monitoring,
  'networking.istio.io': networking,
  'sailoperator.io': sail,
  'security.istio.io': security,
  'source.toolkit.fluxcd.io': source,
  'telemetry.istio.io': telemetry,
};

/** Every generated class, by `group/Kind`. */
export const everyClass: ReadonlyMap<string, GeneratedClass> = new Map(
  Object.entries(modules).flatMap(([group, module]) =>
    Object.entries(module)
      .filter((entry): entry is [string, GeneratedClass] => typeof entry[1] === 'function' && 'GVK' in entry[1])
      .map(([kind, type]): [string, GeneratedClass] => [`${group}/${kind}`, type])),
);
