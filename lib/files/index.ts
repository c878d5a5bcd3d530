export { writeFolder, type WriteFolderOptions } from './write-folder.ts';
