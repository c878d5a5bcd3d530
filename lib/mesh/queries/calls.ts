import { indexOf } from '../keyed.ts';
import type { AuthorizationPolicy } from '../entities/policies.ts';
import { selects } from '../entities/selector.ts';
import type { Service } from '../entities/service.ts';
import type { Sidecar } from '../entities/sidecar.ts';
import type { Workload } from '../entities/workload.ts';
import { workloadsByServiceAccount } from '../indexes.ts';
import type { Mesh } from '../mesh.ts';
import { policiesSelecting } from './policies-selecting.ts';
import { sidecarFor } from './sidecar-scope.ts';

/**
 * The Services that a Service is said to call: those that the Sidecar of its workloads names, and those whose
 * AuthorizationPolicies name its service account. Wildcards say nothing of who calls whom.
 */
export function calleesOf(mesh: Mesh, service: Service): readonly Service[] {
  return mesh.about(foundCallees, service);
}

/** The Services that one workload is said to call, its own left out. */
export function calleesOfWorkload(mesh: Mesh, workload: Workload): readonly Service[] {
  const callees = new Set([...imported(mesh, workload), ...admitting(mesh, workload)]);
  return [...callees].filter(service => !isBehind(service, workload));
}

/** The workloads that are said to call a Service: the other way round, found from the Service. */
export function callersOf(mesh: Mesh, service: Service): readonly Workload[] {
  const callers = new Set<Workload>();
  for (const sidecar of mesh.at(sidecarsNaming, service.host)) {
    const own = sidecar.namespace === mesh.config.rootNamespace && !sidecar.workloadSelector ? mesh.workloads : mesh.workloadsIn(sidecar.namespace);
    for (const workload of own) if (sidecarFor(mesh, workload.namespace, workload.podLabels) === sidecar) callers.add(workload);
  }
  for (const { namespace, podLabels } of mesh.workloadsOf(service)) {
    for (const policy of policiesSelecting(mesh, 'AuthorizationPolicy', namespace, podLabels)) {
      if (!policy.selector || policy.namespace !== namespace) continue;
      for (const account of callersNamed(policy as AuthorizationPolicy)) for (const workload of mesh.at(workloadsByServiceAccount, account.replace('/sa/', '/'))) callers.add(workload);
    }
  }
  return [...callers].filter(workload => !isBehind(service, workload));
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
  return namedBy(sidecarFor(mesh, namespace, podLabels)).flatMap(host => mesh.hosts.at(host).filter((owner): owner is Service => !('hosts' in owner)));
}

function namedBy(sidecar: Sidecar | undefined): string[] {
  const hosts = sidecar?.egress?.flatMap(egress => egress.hosts) ?? [];
  return hosts.filter(({ host, excludes }) => !excludes && !host.includes('*')).map(({ host }) => host);
}

function admitting(mesh: Mesh, { namespace, serviceAccount }: Workload): Service[] {
  return mesh.at(policiesOfCaller, `${namespace}/sa/${serviceAccount}`)
    .flatMap(policy => (policy.selector ? mesh.workloadsSelectedBy(policy.selector, policy.namespace) : []))
    .flatMap(workload => mesh.servicesOf(workload));
}

function isBehind({ namespace, selector }: Service, workload: Workload): boolean {
  return selector.size > 0 && workload.namespace === namespace && selects(selector, workload.podLabels);
}

/** Sidecars by the hosts that they name, wildcards aside. */
const sidecarsNaming = indexOf('sidecar naming', ['Sidecar'], namedBy);

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
