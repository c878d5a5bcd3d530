import { OriginsKept, readPaths } from '../files/index.ts';
import { readManifests, type Manifest, type Problem } from '../manifest/index.ts';

/** What files hold, and what of them could not be read. */
export interface YamlRead {
  readonly files: readonly string[];
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** Reads files, folders and globs, each document with what made it where that was kept. */
export function readYaml(paths: readonly string[]): YamlRead {
  const { texts, unreadable } = readPaths(paths);
  const origins = new OriginsKept();
  const readings = texts.map(source => readManifests({ ...source, made: origins.of(source.file, source.text) }));
  return {
    files: texts.map(({ file }) => file),
    manifests: readings.flatMap(({ manifests }) => manifests),
    problems: [...unreadable.map(({ file, message }): Problem => ({ file, message, line: 1, column: 1, severity: 'error' })), ...readings.flatMap(({ problems }) => problems)],
  };
}
