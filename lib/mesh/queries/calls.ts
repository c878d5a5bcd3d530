import { indexOf } from '../keyed.ts';
import type { AuthorizationPolicy } from '../entities/policies.ts';
import type { Service } from '../entities/service.ts';
import type { Workload } from '../entities/workload.ts';
import type { Mesh } from '../mesh.ts';
import { sidecarFor } from './sidecar-scope.ts';

/**
 * The Services that a Service is said to call: those that the Sidecar of its workloads names, and those whose
 * AuthorizationPolicies name its service account. Wildcards say nothing of who calls whom.
 */
export function calleesOf(mesh: Mesh, service: Service): readonly Service[] {
  return mesh.about(foundCallees, service);
}

function foundCallees(mesh: Mesh, service: Service): readonly Service[] {
  const callees = new Set<Service>();
  for (const workload of mesh.workloadsOf(service)) {
    for (const callee of imported(mesh, workload)) callees.add(callee);
    for (const callee of admitting(mesh, workload)) callees.add(callee);
  }
  callees.delete(service);
  return [...callees];
}

function imported(mesh: Mesh, { namespace, podLabels }: Workload): Service[] {
  const hosts = sidecarFor(mesh, namespace, podLabels)?.egress?.flatMap(egress => egress.hosts) ?? [];
  return hosts.filter(({ host, excludes }) => !excludes && !host.includes('*')).flatMap(({ host }) => mesh.hosts.at(host).filter((owner): owner is Service => !('hosts' in owner)));
}

function admitting(mesh: Mesh, { namespace, serviceAccount }: Workload): Service[] {
  return mesh.at(policiesOfCaller, `${namespace}/sa/${serviceAccount}`)
    .flatMap(policy => (policy.selector ? mesh.workloadsSelectedBy(policy.selector, policy.namespace) : []))
    .flatMap(workload => mesh.servicesOf(workload));
}

/** AuthorizationPolicies that let someone in, by `namespace/sa/service account` of the callers that they name. */
const policiesOfCaller = indexOf('authorization policy of caller', ['AuthorizationPolicy'], callersNamed);

function callersNamed({ action, dryRun, namespace, rules }: AuthorizationPolicy): string[] {
  const callers: string[] = [];
  if (action !== 'ALLOW' || dryRun) return callers;
  for (const { from } of rules) {
    for (const { principals, serviceAccounts } of from) {
      for (const principal of principals) if (whole.test(principal)) callers.push(principal.slice(principal.indexOf('/ns/') + 4));
      for (const account of serviceAccounts) callers.push(account.includes('/') ? account.replace('/', '/sa/') : `${namespace}/sa/${account}`);
    }
  }
  return callers;
}

/** A principal without wildcards. */
const whole = /^[^/*]+\/ns\/[^/*]+\/sa\/[^/*]+$/;
