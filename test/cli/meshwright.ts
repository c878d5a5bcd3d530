import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { compiled } from '../compiled.ts';

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
  /** Seconds. @default 120 */
  readonly seconds?: number | undefined;
}

/** A folder of files, and the command line of this source, compiled, run there in a process of its own. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'meshwright-cli-'));
  readonly #main = compiled('lib/cli/main.ts')[0];

  constructor() {
    afterAll(() => { rmSync(this.path, { recursive: true, force: true }); });
  }

  write(name: string, text: string | Buffer): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), text);
  }

  meshwright(args: readonly string[], { input = '', env = {}, heap, as, seconds = 120 }: RunOptions = {}): Ran {
    const limits = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
    const { stdout, stderr, status, error } = spawnSync(process.execPath, [...limits, this.#main, ...args], {
      cwd: this.path, encoding: 'utf8', input, timeout: seconds * 1000, maxBuffer: 512 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '', ...env },
      ...(as === undefined ? {} : { uid: as }),
    });
    if (error) throw error;
    return { stdout, stderr, status };
  }
}
