import type { IConstruct } from 'constructs';
import { check } from '../../lib/check/index.ts';
import { manifestOf } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';
import { emitted } from './emitted.ts';

/** What `check` says of everything that the charts below a construct emit, but for what is merely worth knowing. */
export function findings(scope: IConstruct): string[] {
  const manifests = emitted(scope).map(object => manifestOf({ ...object }));
  return check(Mesh.from(manifests)).findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, message, resource, path }) => `${code} ${resource?.kind ?? ''} ${resource?.name ?? ''} ${path}: ${message}`);
}
