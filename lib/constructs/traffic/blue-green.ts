import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import type { RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { requestSet } from './request-set.ts';

/** Two versions, of which one takes all requests. */
export interface BlueGreenProps<Version extends string> {
  readonly blue: Version;
  readonly green: Version;
  /** Which of the two takes the requests; a change of this word is the switch. */
  readonly live: 'blue' | 'green';
  /** Requests that go to the other one, to look at it before the switch. @default - none */
  readonly preview?: readonly RequestMatch[] | undefined;
}

/**
 * Sends all requests to one of two versions, and a preview to the other.
 *
 * @example
 * new BlueGreen(reviews, 'release', { blue: 'v1', green: 'v2', live: 'blue', preview: [Match.header('x-preview').present()] });
 */
export class BlueGreen<Version extends string> extends Construct {
  /** @throws when a version is unknown, the two are the same, or the service is divided already */
  constructor(service: MeshService<Version>, id: string, props: BlueGreenProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { blue, green, live, preview } = props;
    service.requireVersion(where, 'blue', blue);
    service.requireVersion(where, 'green', green);
    if ((blue as string) === green) throw new Error(`${where}: blue and green are both "${blue}"; a switch needs two versions`);
    const traffic = service.traffic(where);
    traffic.divide({ shares: [{ version: props[live], percent: 100 }], declaredBy: where });
    if (preview) {
      const other = live === 'blue' ? green : blue;
      traffic.requests(where).add({ matches: requestSet(`${where}: preview`, preview), action: { to: 'shares', shares: [{ version: other, percent: 100 }] }, declaredBy: where });
    }
  }
}
