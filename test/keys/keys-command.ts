// `meshwright keys generate|rotate|retire FOLDER`, without what the other commands load.
import { keysGenerateCommand, keysRetireCommand, keysRotateCommand } from '../../lib/cli/keys.ts';

const [command = '', folder = ''] = process.argv.slice(2);
const flags = { format: 'json' };
const run: Readonly<Record<string, () => { stdout: string; stderr?: string; status: number }>> = {
  generate: () => keysGenerateCommand(folder, flags),
  rotate: () => keysRotateCommand(folder, flags),
  retire: () => keysRetireCommand(folder, undefined, flags),
};
const { stdout, stderr = '', status } = run[command]?.() ?? { stdout: '', status: 2 };
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = status;
