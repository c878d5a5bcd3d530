import type { KubernetesRoute, Reference } from '../../entities/gateway-api.ts';
import type { Mesh } from '../../mesh.ts';
import type { Target } from '../../treatments.ts';
import { mayRefer } from './may-refer.ts';

/** What a backend of a route stands for; `invalid`: Istio drops the whole route for it. */
export type BackendTarget = Target | { readonly invalid: string };

/**
 * Where requests to a backend go. One that cannot be referred to, or is not there, answers 500 for its share; whether a
 * reference to another namespace is granted counts for gateways alone.
 *
 * Source: https://gateway-api.sigs.k8s.io/reference/spec/#httpbackendref, and istio/istio pilot/pkg/config/kube/gateway/conversion.go
 */
export function backendTarget(mesh: Mesh, route: KubernetesRoute, backend: Reference, atGateway: boolean): BackendTarget {
  if (atGateway && !mayRefer(mesh, route, backend)) return unreachable;
  switch (`${backend.group}/${backend.kind}`) {
    case '/Service': {
      if (backend.port === undefined) return { invalid: 'a Service is referred to with its port' };
      if (backend.name.includes('.')) return { invalid: `"${backend.name}" is no name of a Service` };
      const service = mesh.service(backend.namespace, backend.name);
      return service?.ports.some(({ number }) => number === backend.port) ? { host: service.host, subset: '', port: backend.port } : unreachable;
    }
    case 'networking.istio.io/Hostname':
      return backend.port === undefined ? { invalid: 'a Hostname is referred to with its port' } : { host: backend.name, subset: '', port: backend.port };
    default:
      return unreachable;
  }
}

const unreachable: Target = { answers: 500 };
