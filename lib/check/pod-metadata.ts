import type { Workload } from '../mesh/index.ts';

/** Where an annotation or a label of the pods of a workload stands. */
export function podMetadata({ podPath }: Workload, field: 'annotations' | 'labels', name: string): string {
  return `${podPath.replace(/spec$/, 'metadata')}.${field}[${JSON.stringify(name)}]`;
}
