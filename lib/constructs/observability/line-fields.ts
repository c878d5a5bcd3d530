import type { IConstruct } from 'constructs';
import { logFields } from '../../runtime/contract/index.ts';
import { MeshService } from '../platform/mesh-service.ts';

/** What lines call the ids that tie them to a trace: several names where services call them differently. */
export interface LineFields {
  readonly traceId: readonly string[];
  readonly spanId: readonly string[];
  readonly requestId: readonly string[];
}

/**
 * The names of the ids in the lines of the services of some namespaces, as their contracts say; services without one are taken to
 * use the usual names. Two services may name one thing differently; one name for two things could not be read.
 */
export function lineFieldsOf(scope: IConstruct, namespaces: readonly string[]): { readonly fields: LineFields; readonly contradictions: readonly string[] } {
  const usedBy = new Map<string, { readonly role: Role; readonly by: string }>();
  const names: Record<Role, Set<string>> = { traceId: new Set(), spanId: new Set(), requestId: new Set() };
  const contradictions: string[] = [];
  const read = new Set(namespaces);
  const services = scope.node.root.node.findAll().filter(construct => construct instanceof MeshService).filter(({ namespaceName }) => read.has(namespaceName));
  const said = services.map(({ contract, node }) => ({ by: node.path, fields: contract?.logs.fields ?? logFields }));
  for (const { by, fields } of said.length > 0 ? said : [{ by: '', fields: logFields }]) {
    for (const role of roles) {
      const name = fields[role];
      const other = usedBy.get(name);
      if (other && other.role !== role) {
        contradictions.push(`the lines of ${other.by} call ${words[other.role]} ${JSON.stringify(name)}, and those of ${by} call ${words[role]} so; give them different names by logs.fields of their contracts`);
        continue;
      }
      if (!other) usedBy.set(name, { role, by });
      names[role].add(name);
    }
  }
  return { fields: { traceId: [...names.traceId], spanId: [...names.spanId], requestId: [...names.requestId] }, contradictions };
}

type Role = keyof LineFields;

const roles = ['traceId', 'spanId', 'requestId'] as const;
const words: Readonly<Record<Role, string>> = { traceId: 'the id of a trace', spanId: 'the id of a span', requestId: 'the id of a request' };
