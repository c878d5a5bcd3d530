export { Locked, withLock } from './lock.ts';
export { CannotWrite, removeLeftovers, replaceFile } from './replace-file.ts';
export { writeFolder, type WriteFolderOptions } from './write-folder.ts';
export { CannotRead, readPaths, type ReadPathsOptions, type ReadText, type Unreadable } from './read-paths.ts';
