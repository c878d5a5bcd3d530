// The facts are plain JavaScript already: the build only needs them beside the compiled classes.
import { cpSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
cpSync(join(root, 'imports', 'facts'), join(root, 'build', 'imports', 'facts'), { recursive: true });
