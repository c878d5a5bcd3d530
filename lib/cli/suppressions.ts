import type { Suppression } from '../audit/index.ts';
import { namesOf, rules, type Finding } from '../check/index.ts';
import { fields, mapping, text } from '../manifest/index.ts';
import { documentsOf } from './documents-of.ts';
import { Usage } from './usage.ts';

const names = ['id', 'object', 'reason'] as const;

/**
 * Reads the file of suppressions of an audit: a list of `{ id, object, reason }`.
 *
 * @throws Usage where an entry says less, or more
 */
export function readSuppressions(path: string): readonly Suppression[] {
  const [document] = documentsOf(path);
  if (!Array.isArray(document)) throw new Usage(`--suppressions ${path} holds no list; give one of { id, object, reason }`);
  const known = new Set(rules.flatMap(namesOf));
  return document.map((item: unknown, i) => {
    const entry = fields(item);
    const where = `--suppressions ${path}: entry ${i + 1}`;
    const other = Object.keys(mapping(item) ?? {}).find(name => !(names as readonly string[]).includes(name));
    if (other !== undefined) throw new Usage(`${where} has a field ${JSON.stringify(other)}; it takes id, object and reason`);
    for (const name of names) if ((text(entry[name]) ?? '').trim() === '') throw new Usage(`${where} has no ${name}; each suppression says id, object (Kind namespace/name) and reason`);
    const id = text(entry.id) ?? '';
    if (!known.has(id)) throw new Usage(`${where} names no rule: ${JSON.stringify(id)}; see meshwright rules`);
    return { id, object: (text(entry.object) ?? '').trim(), reason: text(entry.reason) ?? '' };
  });
}

/** A suppression that holds nothing back, as a finding. */
export function findingOfUnused({ id, object }: Suppression, file: string): Finding {
  return {
    code: 'MW0003', name: 'unused-suppression', severity: 'warning', message: `the suppression of ${id} for ${object} holds nothing back`, resource: undefined, path: '', file,
    fix: 'Remove it: it would hide the next finding of its kind.',
  };
}
