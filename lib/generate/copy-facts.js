// The facts are plain JavaScript already: the build only needs them beside the compiled classes.
import { cpSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const target = process.argv[2] ?? join(root, 'build');
cpSync(join(root, 'imports', 'facts'), join(target, 'imports', 'facts'), { recursive: true });
