import { Lazy } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { Telemetry, type TelemetrySpec } from '../l1.ts';
import type { MeshNamespace } from '../platform/mesh-namespace.ts';
import { MeshService } from '../platform/mesh-service.ts';
import type { ServiceMesh } from '../platform/service-mesh.ts';

/** What telemetry can be said of: the whole mesh, a namespace or a service. */
export type TelemetryTarget = ServiceMesh | MeshNamespace | MeshService;

type Section = 'metrics' | 'tracing' | 'accessLogging';

/** A part of a Telemetry, by its name in the spec. */
export type TelemetryPart = { readonly [Key in Section]?: NonNullable<TelemetrySpec[Key]>[number] };

/**
 * The one Telemetry of a mesh, a namespace or a service: of two without a selector Istio would take the older, so intents write
 * into one, printed when the app is synthesized.
 *
 * Source: https://istio.io/latest/docs/reference/config/telemetry/
 */
class TelemetryOf extends Construct {
  readonly #parts = new Map<Section, { readonly part: unknown; readonly declaredBy: string }>();

  constructor(target: TelemetryTarget) {
    super(telemetryScope(target), 'telemetry');
    const name = target instanceof MeshService ? target.name : 'default';
    new Telemetry(this, 'telemetry', {
      metadata: { name },
      spec: Lazy.any({ produce: () => this.#spec(target) }) as TelemetrySpec,
    });
  }

  /** @throws when that part is said already */
  set(section: Section, part: unknown, declaredBy: string): void {
    const other = this.#parts.get(section);
    if (other) throw new Error(`${declaredBy}: ${other.declaredBy} says ${sections[section]} of the same ${this.node.scope instanceof MeshService ? 'service' : 'place'} already; say it in one of them`);
    this.#parts.set(section, { part, declaredBy });
  }

  #spec(target: TelemetryTarget): object {
    return { ...placed(target), ...Object.fromEntries([...this.#parts].map(([section, { part }]) => [section, [part]])) };
  }
}

const sections: Record<Section, string> = { metrics: 'the metrics', tracing: 'the traces', accessLogging: 'the access logs' };

const declared = new WeakMap<IConstruct, TelemetryOf>();

/** Adds a part to the one Telemetry of a target. @throws when that part is said already, or the service is another team's */
export function sayTelemetry(target: TelemetryTarget, section: Section, part: TelemetryPart[Section], declaredBy: string): void {
  if (target instanceof MeshService) target.requireOwned('telemetry');
  checkWaypoint(target, declaredBy);
  const telemetry = declared.get(target) ?? new TelemetryOf(target);
  declared.set(target, telemetry);
  telemetry.set(section, part, declaredBy);
}

/** A Telemetry without targetRefs is for the waypoints of its own namespace; one of a service, for the waypoint of that. */
function checkWaypoint(target: TelemetryTarget, declaredBy: string): void {
  if (target instanceof MeshService) {
    target.namespace.needsWaypoint(target.waypoint, declaredBy);
  } else if ('dataPlane' in target && target.waypoint && target.waypoint.namespace !== target.name) {
    throw new Error(`${declaredBy}: waypoint ${target.waypoint.namespace}/${target.waypoint.name} takes what is said of its own namespace or of single services, so nothing would keep it; say it of each service of ${target.name}`);
  }
}

/** Sidecars are chosen by label; what a waypoint says of a service, by the service. */
function placed(target: TelemetryTarget): object {
  if (!(target instanceof MeshService)) return {};
  if (target.namespace.dataPlane === 'ambient') return { targetRefs: [{ group: '', kind: 'Service', name: target.name }] };
  return { selector: { matchLabels: { app: target.name } } };
}

/** The construct below which an intent about a target stands. */
export function telemetryScope(target: TelemetryTarget): Construct {
  return target instanceof MeshService || 'name' in target ? target : target.root;
}
