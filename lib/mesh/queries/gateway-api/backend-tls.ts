import type { BackendTlsPolicy } from '../../entities/backend-tls-policy.ts';
import { backendTlsPoliciesOf } from '../../indexes.ts';
import type { Mesh } from '../../mesh.ts';
import type { HostOwner } from '../known-host.ts';

/**
 * The BackendTLSPolicy of a port of a service: one for the port by name before one for the whole service, older before
 * newer. Gateways speak one-way TLS to what has one, with its hostname as server name.
 *
 * Source: https://gateway-api.sigs.k8s.io/api-types/backendtlspolicy/
 */
export function backendTls(mesh: Mesh, service: HostOwner, port: number): BackendTlsPolicy | undefined {
  const portName = service.ports.find(({ number }) => number === port)?.name ?? '';
  const policies = mesh.at(backendTlsPoliciesOf, `${service.kind} ${service.namespace}/${service.name}`);
  const meant = (section: string): BackendTlsPolicy | undefined => policies.find(({ targets }) => targets.some(target =>
    target.group === service.group && target.kind === service.kind && target.name === service.name && target.section === section));
  return (portName === '' ? undefined : meant(portName)) ?? meant('');
}
