// Loaded before a program (`--import`): kills it at its Nth change of a folder, as a power cut would. With KILL_HOW=half a
// write is cut in the middle.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { KILL_FOLDER: folder = '', KILL_AT: nth = '', KILL_HOW: how = 'before' } = process.env;
const opened = new Set<unknown>();
let count = 0;

type Call = (...args: unknown[]) => unknown;
const calls = fs as unknown as Record<string, Call>;
for (const name of ['mkdirSync', 'symlinkSync', 'openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync', 'unlinkSync', 'rmSync']) {
  const real = calls[name] as Call;
  calls[name] = (...args) => {
    if (!args.some(arg => (typeof arg === 'string' && arg.startsWith(folder)) || (typeof arg === 'number' && opened.has(arg)))) return real(...args);
    count += 1;
    if (count === Number(nth)) {
      if (how === 'half' && name === 'writeFileSync') real(args[0], String(args[1]).slice(0, String(args[1]).length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    const result = real(...args);
    if (name === 'openSync') opened.add(result);
    if (name === 'closeSync') opened.delete(args[0]);
    return result;
  };
}
syncBuiltinESMExports();
process.on('exit', () => { process.stderr.write(`changes: ${count}\n`); });
