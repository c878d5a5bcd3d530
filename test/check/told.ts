import { expect } from 'vitest';
import { check } from '../../lib/check/index.ts';
import { readManifests } from '../../lib/manifest/index.ts';
import { Mesh } from '../../lib/mesh/index.ts';

/** What one rule says of some objects. */
export function told(rule: string, ...objects: readonly string[]): readonly string[] {
  const { manifests, problems } = readManifests({ file: 'a.yaml', text: objects.join('\n---\n') });
  expect(problems).toEqual([]);
  return check(Mesh.from(manifests), { only: [rule] }).findings.map(({ message }) => message);
}
