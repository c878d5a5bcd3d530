import { Construct } from 'constructs';
import type { ServiceMesh } from '../platform/service-mesh.ts';
import { freeId } from '../values/name.ts';
import { MutualTls, type MtlsTarget } from './mutual-tls.ts';

/** The way of a mesh from PERMISSIVE to STRICT. */
export interface MtlsPlanProps {
  /** Namespaces and services, in the order in which they take mutual TLS alone. */
  readonly order: readonly MtlsTarget[];
  /**
   * How many steps are taken: 0 takes both everywhere, each further one makes one more of the order STRICT, and the one after
   * the last makes the whole mesh STRICT. Which are safe now, `strictPlan` of `meshwright/mesh` tells from the manifests.
   */
  readonly taken: number;
}

/**
 * Brings a mesh from PERMISSIVE to STRICT, one synth a step. To take a step back, say one less.
 *
 * @example
 * new MtlsPlan(mesh, 'mtls', { order: [shop, bank], taken: 1 });
 *
 * @see https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/
 */
export class MtlsPlan extends Construct {
  /** How many steps there are: one for each of the order, and one for the mesh. */
  readonly steps: number;

  /** @throws when there is no such step, a target is named twice, or mutual TLS of one is declared elsewhere */
  constructor(mesh: ServiceMesh, id: string, { order, taken }: MtlsPlanProps) {
    super(mesh, freeId(mesh, id));
    const where = this.node.path;
    this.steps = order.length + 1;
    if (!Number.isInteger(taken) || taken < 0 || taken > this.steps) {
      throw new Error(`${where}: taken is how many of the ${this.steps} steps are taken, so a whole number between 0 and ${this.steps}, got ${taken}`);
    }
    const twice = order.find((target, i) => order.indexOf(target) !== i);
    if (twice) throw new Error(`${where}: ${twice.node.path} is in the order twice; name it once`);
    const foreign = order.find(target => target.node.root !== mesh.node.root || !target.node.scopes.includes(mesh));
    if (foreign) throw new Error(`${where}: ${foreign.node.path} is no part of ${mesh.node.path}; name namespaces and services of that mesh`);
    new MutualTls(mesh, `${id}-mesh`, { mode: taken === this.steps ? 'STRICT' : 'PERMISSIVE' });
    // They stay when the mesh is STRICT, so that no step takes anything back.
    for (const [i, target] of order.slice(0, taken).entries()) new MutualTls(target, `${id}-${i + 1}`, { mode: 'STRICT' });
  }
}
