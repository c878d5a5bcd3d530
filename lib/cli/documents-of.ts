import { CannotRead, readText } from '../files/index.ts';
import { parseDocuments } from '../manifest/index.ts';

/**
 * The values of the documents of a YAML file that is no manifest.
 *
 * @throws CannotRead
 */
export function documentsOf(file: string): readonly unknown[] {
  const { values, failed } = parseDocuments(readText(file, 128 * 1024 * 1024));
  if (failed) throw new CannotRead(`cannot read ${file}:${failed.line}: ${failed.message}`);
  return values;
}
