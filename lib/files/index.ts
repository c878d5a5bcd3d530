export { Locked, withLock } from './lock.ts';
export { CannotWrite, removeLeftovers, replaceFile } from './replace-file.ts';
export { lines } from './lines.ts';
export { keepOrigins, OriginsKept, type DocumentOrigin, type WrittenFile } from './origins.ts';
export { writeFolder, type WriteFolderOptions } from './write-folder.ts';
export { readPaths, type ReadPathsOptions, type ReadText, type Unreadable } from './read-paths.ts';
export { CannotRead, readText } from './read-text.ts';
