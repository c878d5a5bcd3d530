import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What a command said, and how it ended. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** How a command is run: in a folder of its own, with limits that hold. */
export interface RunOptions {
  readonly input?: string | Buffer | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Megabytes of heap. @default - Node's own */
  readonly heap?: number | undefined;
  /** The user who runs it. @default - the one who runs the tests */
  readonly as?: number | undefined;
  /** Seconds. @default 30 */
  readonly seconds?: number | undefined;
}

/** A folder of files, and the command line of this source, compiled, run there in a process of its own. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'meshwright-cli-'));
  readonly #compiled = join(root, 'build', `cli-${process.pid}-${Math.random().toString(36).slice(2)}`);

  constructor() {
    beforeAll(async () => {
      await build({ entryPoints: [join(root, 'lib/cli/main.ts')], bundle: true, platform: 'node', format: 'esm', outfile: join(this.#compiled, 'main.js'), packages: 'external', logLevel: 'error' });
    });
    afterAll(() => { for (const path of [this.path, this.#compiled]) rmSync(path, { recursive: true, force: true }); });
  }

  write(name: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  meshwright(args: readonly string[], { input = '', env = {}, heap, as, seconds = 30 }: RunOptions = {}): Ran {
    const limits = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
    const { stdout, stderr, status, error } = spawnSync(process.execPath, [...limits, join(this.#compiled, 'main.js'), ...args], {
      cwd: this.path, encoding: 'utf8', input, timeout: seconds * 1000, maxBuffer: 512 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '', ...env },
      ...(as === undefined ? {} : { uid: as }),
    });
    if (error) throw error;
    return { stdout, stderr, status };
  }
}
