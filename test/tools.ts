import { spawnSync } from 'node:child_process';
import { test } from 'vitest';

/** `test`, or a named skip where a program is not installed; with MESHWRIGHT_REQUIRE_TOOLS=1 absence is a failure. */
export function testWithTool(tool: string): (name: string, run: () => void | Promise<void>, timeout?: number) => void {
  if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined) return (name, run, timeout) => test(name, run, timeout);
  if (process.env.MESHWRIGHT_REQUIRE_TOOLS === '1') {
    return name => test(name, () => { throw new Error(`no ${tool} in the PATH, and MESHWRIGHT_REQUIRE_TOOLS=1 asks for it`); });
  }
  return name => test.skip(`${name} (skipped: no ${tool})`);
}
