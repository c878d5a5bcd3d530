export { lines } from './lines.ts';
export { writeFolder, type WriteFolderOptions } from './write-folder.ts';
export { CannotRead, readPaths, type ReadPathsOptions, type ReadText, type Unreadable } from './read-paths.ts';
