import { testsOf, type Caller } from '../values/caller.ts';
import { warn } from '../values/warning.ts';
import { AccessPolicies } from './access-policies.ts';
import type { DeclaredRule, PolicyAction, RuleProps } from './declared-rule.ts';
import { checkOperation, requestFieldsOf } from './operation.ts';
import type { MeshIdentity, PolicyPlace, PolicyTarget } from './policy-place.ts';
import { printedRules } from './printed-rule.ts';
import { byLayer, callerWords, connectionAspects, requestAspects } from './request-aspects.ts';

/**
 * Refuses a rule that would do something else than it says, and warns of one that likely does something else than was
 * meant.
 *
 * @throws with what Istio would do
 */
export function checkRule(rule: DeclaredRule, place: PolicyPlace, target: PolicyTarget): void {
  const where = rule.declaredBy.node.path;
  checkParts(where, rule);
  if (rule.action === 'ALLOW' && place.letsInBy !== undefined) throw new Error(`${where}: what ${target.node.path} lets in is said by ${place.letsInBy}, and a rule beside it could only let in more; say it there, or use Deny`);
  for (const operation of rule.to ?? []) checkOperation(where, operation);
  for (const text of checkTrustDomains(where, rule.from, place.mesh)) warn(rule.declaredBy, text);
  if (rule.action === 'CUSTOM') checkAuthorizer(where, rule, place);
  checkEnforced(where, rule, place, target);
  // What cannot be printed is said where it is declared, not at the synth.
  printedRules(rule, place);
  warnOfWidth(rule, place, target);
}

const verbs: Readonly<Record<PolicyAction, string>> = { ALLOW: 'let in', DENY: 'refuse', AUDIT: 'mark', CUSTOM: 'ask about' };

/** From JavaScript, or from a list that was computed, something may be missing; Istio takes what is missing for "all". */
function checkParts(where: string, { from, to, when, action }: DeclaredRule): void {
  const given = from as DeclaredRule['from'] | undefined;
  if (given === undefined) throw new Error(`${where}: the rule does not say from whom, so it would ${verbs[action]} whoever comes; give from, or 'anyone'`);
  checkListed(where, given);
  if (to?.length === 0) throw new Error(`${where}: to is an empty list, so the rule would ${verbs[action]} requests of every kind; leave it out where that is meant`);
  if (when?.length === 0) throw new Error(`${where}: when is an empty list, so nothing else would have to hold; leave it out where that is meant`);
}

/**
 * Refuses callers that nobody is, or that anyone is.
 *
 * @throws with what Istio would do
 */
export function checkCallers(where: string, from: RuleProps['from'], mesh: MeshIdentity): void {
  checkListed(where, from);
  checkTrustDomains(where, from, mesh);
}

function checkListed(where: string, from: RuleProps['from']): void {
  if (from === 'anyone') return;
  if (from.length === 0) throw new Error(`${where}: from is an empty list, which Istio refuses, and takes for "anyone" where it does not; leave the rule out where nobody is meant, or say 'anyone'`);
  if (from.some(caller => testsOf(caller).length === 0)) throw new Error(`${where}: a caller without tests is anyone; say from: 'anyone' where that is meant`);
}

/** What to warn of is given back. */
function checkTrustDomains(where: string, from: RuleProps['from'], mesh: MeshIdentity): readonly string[] {
  const asked = (from === 'anyone' ? [] : from).map(testsOf);
  return asked.flatMap(tests => tests.flatMap(test => {
    const domain = test.on === 'trustDomain' ? test.trustDomain : test.on === 'principal' ? /^([^/*]+)\//.exec(test.principal)?.[1] : undefined;
    if (domain !== undefined && !mesh.trustDomains.includes(domain)) {
      throw new Error(`${where}: the trust domain "${domain}" is unknown to ${mesh.node.path}, so nobody has such an identity there; it knows ${mesh.trustDomains.join(', ')}: name it in trustDomains of the mesh, or use one of these`);
    }
    if (test.on !== 'namespace' || mesh.trustDomains.length === 1 || tests.some(({ on }) => on === 'trustDomain')) return [];
    return [`Istio compares a namespace without its trust domain, so this takes namespace ${test.namespace} of each of ${mesh.trustDomains.join(', ')}; use Caller.serviceAccount, or add Caller.trustDomain to the same list, where one is meant`];
  }));
}

function checkAuthorizer(where: string, rule: DeclaredRule, { mesh }: PolicyPlace): void {
  const { provider = '', from, when = [] } = rule;
  if (!mesh.authorizers.includes(provider)) {
    throw new Error(`${where}: ${mesh.node.path} knows no authorizer ${JSON.stringify(provider)}, and Istio would refuse every request that the rule takes; it knows ${mesh.authorizers.join(', ') || 'none'}: name it in authorizers of the mesh, and define it in extensionProviders of the mesh config`);
  }
  const identities = from === 'anyone' ? [] : from.flatMap(testsOf).filter(({ on }) => on !== 'ip' && on !== 'remoteIp');
  const conditions = when.filter(({ key }) => key.startsWith('request.auth.'));
  if (identities.length + conditions.length > 0) {
    throw new Error(`${where}: an authorizer is asked before identities and tokens are looked at, so the rule cannot ask for ${[...new Set([...identities.map(({ on }) => callerWords[on]), ...conditions.map(({ key }) => key)])].join(', ')}; ask about addresses, methods, paths, hosts or headers, and leave the rest to Allow and Deny`);
  }
}

/** Refuses what nothing at the target can see, with what would become of it. */
function checkEnforced(where: string, rule: DeclaredRule, place: PolicyPlace, target: PolicyTarget): void {
  const aspects = requestAspects(rule);
  const callee = target.node.path;
  if (place.enforcedBy === 'ztunnel') {
    const unseen = [...aspects, ...connectionAspects(rule)];
    if (rule.action === 'CUSTOM' || rule.action === 'AUDIT') throw new Error(`${where}: ${callee} is ambient without a waypoint, and ztunnel knows neither ${rule.action === 'AUDIT' ? 'auditing' : 'authorizers'}; give its namespace a waypoint`);
    if (rule.dryRun) throw new Error(`${where}: ${callee} is ambient without a waypoint, and ztunnel is not sent what is only tried (dryRun); give its namespace a waypoint`);
    if (unseen.length > 0) throw new Error(`${where}: ${callee} is ambient without a waypoint, and ztunnel does not see ${unseen.join(', ')}: ${rule.action === 'ALLOW' ? 'the rule would let nobody in' : 'it would ask the rest of the rule alone, or nothing at all'}; give its namespace a waypoint, or leave them out`);
    return;
  }
  if (aspects.length === 0 || !place.ports) return;
  const would = rule.action === 'ALLOW' ? 'the rule would let nobody in' : `Istio would leave them out and ${verbs[rule.action]} more than the rule says`;
  if (!place.ports.some(({ carriesHttp }) => carriesHttp)) throw new Error(`${where}: ${callee} has no HTTP port, and only there ${aspects.join(', ')} can be seen: ${would}; leave them out`);
  const blind = new Set(place.ports.filter(({ carriesHttp }) => !carriesHttp).map(({ port }) => port));
  for (const operation of rule.to ?? []) {
    // Where some alternative asks for no more than connections show, it is that one which is meant for the port.
    const asked = byLayer({ ...rule, to: [operation] }).map(requestAspects);
    const ports = (operation.ports ?? []).filter(port => blind.has(port));
    if (ports.length > 0 && asked.every(some => some.length > 0)) throw new Error(`${where}: port ${ports.join(', ')} of ${callee} carries no HTTP, so ${asked.flat().join(', ')} cannot be seen there: ${would}; ask for that port in a rule of its own`);
  }
}

/** What is wrong with a rule for a whole mesh or namespace where ztunnel reads it too, which is known when all namespaces and services are. */
export function unseenByZtunnel(rule: DeclaredRule, place: PolicyPlace): readonly string[] {
  const unseen = [...requestAspects(rule), ...connectionAspects(rule)];
  const left = place.withoutWaypoint?.() ?? [];
  const beyond = rule.action === 'CUSTOM' || rule.action === 'AUDIT' || rule.dryRun === true ? ['authorizers, auditing and what is only tried'] : unseen;
  if (left.length > 0 && beyond.length > 0) return [`the rule is for the whole namespace, and ${left.join(', ')} in it ${left.length === 1 ? 'uses' : 'use'} no waypoint: ztunnel does not see ${beyond.join(', ')}; declare it for the services that have one`];
  const ambient = place.ztunnels();
  if (unseen.length === 0 || ambient.length === 0 || rule.dryRun || (rule.action !== 'ALLOW' && rule.action !== 'DENY')) return [];
  return [`a rule for the whole mesh is read by ztunnel too, in the ambient ${ambient.length === 1 ? 'namespace' : 'namespaces'} ${ambient.join(', ')}, and it does not see ${unseen.join(', ')}: it would ${rule.action === 'ALLOW' ? 'let nobody in' : 'ask the rest of the rule alone'}; declare it for each namespace instead`];
}

function warnOfWidth(rule: DeclaredRule, place: PolicyPlace, target: PolicyTarget): void {
  const { action, from, to, when, declaredBy } = rule;
  const callee = target.node.path;
  if (from === 'anyone' && to === undefined && when === undefined && action !== 'CUSTOM') warn(declaredBy, `it ${everything[action]} at ${callee}, with an identity or without`);
  const missed = (to ?? []).flatMap(({ hosts = [], notHosts = [] }) => (action === 'ALLOW' ? notHosts : hosts)).find(host => host.startsWith('*') && host !== '*');
  if (missed !== undefined && action !== 'AUDIT') warn(declaredBy, `a client may write any port behind its host, which routes ignore and the pattern ${missed} does not take, and so gets around it; ${action === 'ALLOW' ? 'name the hosts that are meant' : 'refuse by notHosts, all but those that are meant'}`);
  if (action !== 'ALLOW') return;
  if (place.isClosed === false && !rule.dryRun) warn(declaredBy, `all workloads of ${callee} were open to everyone, and this closes each of them to whoever is neither here nor in a grant of its own; set access: 'deny-by-default' where that is meant, or let callers in at single services`);
  if (saysOnlyNot(rule)) {
    warn(declaredBy, from === 'anyone'
      ? 'it says only what is not meant, and lets everyone do all the rest, without an identity too; say what is meant, or use Deny for what is not'
      : 'it says only who and what is not meant, and lets in all the rest: whoever comes without an identity or a token too; say who is meant, or use Deny for those who are not');
  }
  for (const other of AccessPolicies.of(target).declared.filter(one => one.action === 'ALLOW' && one.dryRun === rule.dryRun)) {
    const [open, broad] = isOpen(rule) ? [rule, other] : [other, rule];
    if (isOpen(open) && broad.from !== 'anyone' && broad.to === undefined && broad.when === undefined) {
      warn(declaredBy, `a request needs to pass one of several rules only: ${open.declaredBy.node.path} lets anyone in for what it lists, and ${broad.declaredBy.node.path} its callers for everything; where its callers alone should be let in, for that alone, say both in one`);
    }
  }
}

const everything: Readonly<Record<Exclude<PolicyAction, 'CUSTOM'>, string>> = {
  ALLOW: 'lets everyone do everything', DENY: 'refuses everyone everything, whatever allows it', AUDIT: 'marks every request',
};

function isOpen({ from, to }: DeclaredRule): boolean {
  return from === 'anyone' && to !== undefined && to.some(operation => requestFieldsOf(operation).length > 0);
}

function saysOnlyNot({ from, to, when = [] }: DeclaredRule): boolean {
  if (from === 'anyone' && to === undefined && when.length === 0) return false;
  return (from === 'anyone' || from.some(isNegative))
    && (to ?? []).every(operation => Object.entries(operation).every(([name, values]) => name.startsWith('not') || values === undefined))
    && when.every(({ not }) => not === true);
}

function isNegative(caller: Caller): boolean {
  return testsOf(caller).every(({ not }) => not === true);
}
