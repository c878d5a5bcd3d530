import type { Service } from '../entities/service.ts';
import type { Mesh } from '../mesh.ts';
import type { HttpRule } from '../treatments.ts';
import { calleesOf } from './calls.ts';
import { virtualServiceOf } from './call-cost.ts';
import { httpRules } from './http-rules.ts';

/** What one request to a service makes of another behind it. */
export interface MirroredLoad {
  readonly service: Service;
  /** The requests that it gets, where each on the way calls each of its callees once. */
  readonly requests: number;
  /** Those that it would get if nothing were mirrored; 0 where only copies come here. */
  readonly plain: number;
  /** The service that most of them come from; undefined for the one that the request is for. */
  readonly from: MirroredLoad | undefined;
}

/** How far calls are followed. */
const mostCalls = 4;

/**
 * The requests that one request makes of a service and of those behind it, with all the copies on the way: who gets a copy calls on
 * like everybody else. A service counts where it is reached first, so that circles end.
 *
 * Source: https://istio.io/latest/docs/tasks/traffic-management/mirroring/
 */
export function mirroredLoad(mesh: Mesh, service: Service, clientNamespace: string): readonly MirroredLoad[] {
  let level = arrive(mesh, [{ to: service, namespace: clientNamespace, requests: 1, plain: 1, from: undefined }], new Set());
  const loads: MirroredLoad[] = [];
  const passed = new Set<Service>();
  for (let calls = 0; level.length > 0 && calls < mostCalls; calls++) {
    for (const load of level) {
      loads.push(load);
      passed.add(load.service);
    }
    level = arrive(mesh, level.flatMap(from => calleesOf(mesh, from.service).map(to => ({ to, namespace: from.service.namespace, requests: from.requests, plain: from.plain, from }))), passed);
  }
  return loads;
}

interface Call {
  readonly to: Service;
  readonly namespace: string;
  readonly requests: number;
  readonly plain: number;
  readonly from: MirroredLoad | undefined;
}

/** What calls become where they arrive, copies among them; at services that were not passed before. */
function arrive(mesh: Mesh, calls: readonly Call[], passed: ReadonlySet<Service>): MirroredLoad[] {
  const arrived = new Map<Service, { requests: number; plain: number; most: number; from: MirroredLoad | undefined }>();
  const add = (service: Service, requests: number, plain: number, from: MirroredLoad | undefined): void => {
    if (passed.has(service) || requests === 0) return;
    const known = arrived.get(service) ?? { requests: 0, plain: 0, most: 0, from };
    arrived.set(service, {
      requests: known.requests + requests, plain: known.plain + plain,
      most: Math.max(known.most, requests), from: requests > known.most ? from : known.from,
    });
  };
  for (const { to, namespace, requests, plain, from } of calls) {
    add(to, requests, plain, from);
    for (const [target, share] of copies(mesh, to, namespace)) add(target, requests * share, 0, from);
  }
  return [...arrived].map(([service, { requests, plain, from }]) => ({ service, requests, plain, from }));
}

/** Where the copies of a request to a service go, and how many of each request: by the route that copies most. */
function copies(mesh: Mesh, service: Service, clientNamespace: string): ReadonlyMap<Service, number> {
  let most: HttpRule['treatment'] | undefined;
  let total = 0;
  for (const { treatment } of routesTo(mesh, service, clientNamespace)) {
    const percent = treatment.kind === 'forward' ? treatment.mirrors.reduce((sum, mirror) => sum + mirror.percent, 0) : 0;
    if (percent > total) [most, total] = [treatment, percent];
  }
  const shares = new Map<Service, number>();
  for (const { to, percent } of most?.kind === 'forward' ? most.mirrors : []) {
    const target = 'answers' in to ? undefined : mesh.hosts.at(to.host).find((owner): owner is Service => !('hosts' in owner));
    if (target) shares.set(target, (shares.get(target) ?? 0) + percent / 100);
  }
  return shares;
}

/** The routes that clients of a namespace take to a Service inside the mesh; none where no VirtualService has them. */
function routesTo(mesh: Mesh, service: Service, clientNamespace: string): readonly HttpRule[] {
  const owner = virtualServiceOf(mesh, service, clientNamespace);
  return owner ? httpRules(mesh, owner, { gateway: 'mesh', port: undefined, namespace: clientNamespace, labels: noLabels }) : [];
}

const noLabels: ReadonlyMap<string, string> = new Map();
