import { Construct } from 'constructs';
import { ProxyConfig } from '../l1.ts';
import { freeId } from '../values/name.ts';
import { MeshNamespace } from './mesh-namespace.ts';
import type { MeshService } from './mesh-service.ts';
import { ServiceMesh } from './service-mesh.ts';

/** How proxies run. */
export interface ProxySettingsProps {
  /** How many threads work; 0 takes one for each core. @default - as many as the limit of CPU allows */
  readonly concurrency?: number | undefined;
  /** Variables of their environment. @default - none */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Which image they run. @default default */
  readonly image?: 'default' | 'debug' | 'distroless' | undefined;
}

/**
 * How the proxies of a mesh, a namespace or a service run: a ProxyConfig, which pods take when they start.
 *
 * @example
 * new ProxySettings(shop, 'proxies', { concurrency: 2 });
 *
 * @see https://istio.io/latest/docs/reference/config/networking/proxy-config/
 */
export class ProxySettings extends Construct {
  /** @throws when nothing is said, or no proxy would read it */
  constructor(target: ServiceMesh | MeshNamespace | MeshService, id: string, props: ProxySettingsProps) {
    const scope = target instanceof ServiceMesh ? target.root : target;
    super(scope, freeId(scope, id));
    const where = this.node.path;
    const { concurrency, environment, image } = props;
    if ((concurrency ?? environment ?? image) === undefined) throw new Error(`${where}: proxy settings that set nothing; give concurrency, environment or image`);
    if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 0)) throw new Error(`${where}: concurrency must be a whole number of at least 0, got ${String(concurrency)}`);
    const service = target instanceof ServiceMesh || MeshNamespace.is(target) ? undefined : target;
    service?.requireOwned('how its proxies run');
    if (scope !== (target instanceof ServiceMesh ? target.root : undefined)) {
      const { dataPlane, name } = MeshNamespace.enclosing(this);
      if (dataPlane !== 'sidecar') throw new Error(`${where}: namespace ${name} has no sidecars to set up (dataPlane "${dataPlane}")`);
    }
    new ProxyConfig(this, 'proxy-config', {
      metadata: { name: service?.name ?? 'default' },
      spec: {
        ...(service ? { selector: { matchLabels: { app: service.name } } } : {}),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(environment ? { environmentVariables: { ...environment } } : {}),
        ...(image ? { image: { imageType: image } } : {}),
      },
    });
  }
}
