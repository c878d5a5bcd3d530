import { Construct } from 'constructs';
import type { MeshService } from '../platform/mesh-service.ts';
import type { RequestMatch } from '../values/match.ts';
import { freeId } from '../values/name.ts';
import { requestSet } from './request-set.ts';

/** Versions that are compared, each by its own audience. */
export interface AbTestProps<Version extends string> {
  /** The version that everybody else meets. */
  readonly control: Version;
  /** The requests that meet each other version: a test, or a list of tests that must all pass, each. */
  readonly variants: Readonly<Partial<Record<Version, readonly RequestMatch[] | undefined>>>;
}

/**
 * Shows versions of a service to different audiences, each by what its requests look like.
 *
 * @example
 * new AbTest(reviews, 'stars', { control: 'v1', variants: { v2: [Match.cookie('group').exact('b')] } });
 */
export class AbTest<Version extends string> extends Construct {
  /** @throws when a version is unknown, one is both control and variant, or the service is divided already */
  constructor(service: MeshService<Version>, id: string, props: AbTestProps<NoInfer<Version>>) {
    super(service, freeId(service, id));
    const where = this.node.path;
    const { control } = props;
    const variants = Object.entries(props.variants as Readonly<Record<string, readonly RequestMatch[] | undefined>>);
    service.requireVersion(where, 'control', control);
    if (variants.every(([, audience]) => !audience)) throw new Error(`${where}: a test needs a variant, got none`);
    const traffic = service.traffic(where);
    traffic.divide({ shares: [{ version: control, percent: 100 }], declaredBy: where });
    for (const [version, audience] of variants) {
      if (!audience) continue;
      service.requireVersion(where, 'a variant', version);
      if (version === control) throw new Error(`${where}: "${version}" is both control and variant; everybody else meets the control anyway`);
      traffic.requests(where).add({ matches: requestSet(`${where}: ${version}`, audience), action: { to: 'shares', shares: [{ version, percent: 100 }] }, declaredBy: where });
    }
  }
}
