import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { AuthorizationPolicy, type AuthorizationPolicySpec } from '../l1.ts';
import { accessSpec, checkAccess, type Callee, type Grant } from '../security/access.ts';
import { distinctRules } from '../security/access-policies.ts';
import { refusedBy } from '../security/contradictions.ts';
import type { DeclaredRule } from '../security/declared-rule.ts';
import { atAnyPort } from '../security/operation.ts';
import type { MeshIdentity, PolicyPlace, PolicyTarget } from '../security/policy-place.ts';
import { namespacesOf } from '../security/printed-callers.ts';
import { printedRules } from '../security/printed-rule.ts';
import type { HostTraffic } from '../traffic/host-traffic.ts';
import type { Receiver } from '../traffic/routed.ts';

/** Whose callers they are. */
export interface ServiceAccessProps {
  readonly service: PolicyTarget & Receiver & { readonly name: string; readonly namespaceName: string };
  readonly mesh: MeshIdentity;
  readonly callee: () => Callee;
  /** The construct whose chart gets the policy as soon as there is something to say; undefined where someone else writes it. */
  readonly scope: Construct | undefined;
  /** What callers are shown; undefined where it is another team's. */
  readonly traffic: () => HostTraffic | undefined;
}

/** Who is let in to a service: by calls, and by rules that say more than a call does. One AuthorizationPolicy says it all. */
export class ServiceAccess {
  readonly #props: ServiceAccessProps;
  readonly #grants: Grant[] = [];
  readonly #allowed: DeclaredRule[] = [];
  readonly #receivers = new Set<Receiver>();

  constructor(props: ServiceAccessProps) {
    this.#props = props;
  }

  /** Those who call. */
  get grants(): readonly Grant[] {
    return this.#grants;
  }

  /** Grants an identity access. @throws when the service could not keep to its limits */
  grant(grant: Grant): void {
    checkAccess(grant.declaredBy, this.#props.callee(), grant);
    if (this.#grants.some(known => sameGrant(known, grant))) return;
    const [, , callerNamespace] = grant.principal.split('/');
    if (callerNamespace !== undefined) this.#props.traffic()?.calledFrom(callerNamespace);
    this.#havePolicy();
    this.#grants.push(grant);
    for (const receiver of this.#receivers) receiver.grant(grant);
  }

  /** Lets in those that a rule takes. */
  allow(rule: DeclaredRule): void {
    this.#havePolicy();
    this.#allowed.push(rule);
    const namespaces = namespacesOf(rule);
    if (namespaces === 'any') this.#props.traffic()?.calledByAnyone();
    else for (const name of namespaces) this.#props.traffic()?.calledFrom(name);
    for (const receiver of this.#receivers) receiver.allow(atAnyPort(rule));
  }

  /** Whoever may call this service may come where its requests are sent. */
  sharedWith(receiver: Receiver, declaredBy: string): void {
    if (receiver === this.#props.service || this.#receivers.has(receiver)) return;
    this.#receivers.add(receiver);
    for (const grant of this.#grants) receiver.grant({ ...grant, declaredBy });
    for (const rule of this.#allowed) receiver.allow(atAnyPort(rule));
  }

  /** Writes the policy into a chart. */
  write(scope: Construct, id: string): void {
    const { name, namespaceName } = this.#props.service;
    new AuthorizationPolicy(scope, id, {
      metadata: { name: `${name}-callers`, namespace: namespaceName },
      spec: Lazy.any({ produce: () => this.#spec() }) as AuthorizationPolicySpec,
    });
  }

  /** Calls that a DENY rule of the service, or of what is around it, takes away again. */
  refused({ within }: Pick<PolicyPlace, 'within'>): string[] {
    const { service, mesh } = this.#props;
    return this.#grants.flatMap(({ principal, methods = [], paths = [], declaredBy }) => {
      const asked = { ...(methods.length === 0 ? {} : { methods }), ...(paths.length === 0 ? {} : { paths }) };
      const to = Object.keys(asked).length === 0 ? undefined : [asked];
      const rival = refusedBy({ from: [{ on: 'principal', principal }], to }, [service, ...within], mesh.trustDomain);
      return rival === undefined ? [] : [`${rival} refuses all that ${declaredBy} is let in for, and what refuses goes first; remove one of the two, or narrow the one that refuses`];
    });
  }

  #havePolicy(): void {
    const { scope } = this.#props;
    if (scope && !scope.node.tryFindChild('callers')) this.write(scope, 'callers');
  }

  #spec(): AuthorizationPolicySpec {
    const { service, callee } = this.#props;
    const spec = accessSpec(callee(), this.#grants);
    if (this.#allowed.length === 0) return spec;
    const place = service.policyPlace(service.node.path);
    return { ...spec, rules: distinctRules([...spec.rules ?? [], ...this.#allowed.flatMap(rule => printedRules(rule, place))]) };
  }
}

function sameGrant(a: Grant, b: Grant): boolean {
  const text = ({ principal, methods, paths }: Grant): string => JSON.stringify([principal, methods ?? [], paths ?? []]);
  return text(a) === text(b);
}
