#!/usr/bin/env node
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import picocolors from 'picocolors';
import { CannotRead } from '../files/index.ts';
import { auditCommand, type AuditFlags } from './audit.ts';
import { checkCommand, type CheckFlags, type Result } from './check.ts';
import { keysProgram } from './keys-program.ts';
import { Progress } from './progress.ts';
import { rulesCommand } from './rules.ts';
import { simulateCommand, type SimulateFlags } from './simulate.ts';
import { Usage } from './usage.ts';

const { version } = JSON.parse(readFileSync(packageJson(), 'utf8')) as { version: string };
// Colours are for people: off when the output is read by a program.
const colors = picocolors.createColors(process.stdout.isTTY && !process.env.NO_COLOR);

const progress = new Progress(line => { process.stderr.write(`meshwright: ${line}\n`); });
// A reader that has seen enough, such as head, closes its end.
process.stdout.on('error', () => { process.exit(); });

/** An option that may be given several times, or once with commas. */
const more = (value: string, before: string | undefined): string => (before === undefined ? value : `${before},${value}`);

/** What the command that was named says. */
let result: Result = { stdout: '', status: 0 };

const program = new Command('meshwright')
  .description('Istio as code, understood before it ships')
  .version(version)
  .exitOverride()
  .configureOutput({ writeErr: () => { /* said once, below */ } });

readsMesh(program.command('check'))
  .description('say what is wrong with a mesh')
  .argument('[path...]', 'files, folders, globs, or - for standard input', ['dist'])
  .option('--format <format>', 'text, json, sarif, github or junit', 'text')
  .option('--only <code,…>', 'run only these rules', more)
  .option('--skip <code,…>', 'run all but these rules', more)
  .option('--fail-on <severity>', 'error, warning or info: exit with 1 from here on', 'error')
  .option('--namespace <name,…>', 'say only what concerns objects of these namespaces', more)
  .action((paths: string[], flags: CheckFlags) => { result = checkCommand(paths, flags, { colors, version, progress }); });

readsMesh(program.command('audit'))
  .description('say what to put right in the security of a mesh, and who may call what')
  .argument('[path...]', 'files, folders, globs, or - for standard input', ['dist'])
  .option('--format <format>', 'text, json, sarif or html', 'text')
  .option('--suppressions <file>', 'findings that are taken as they are: a list of { id, object, reason }')
  .option('--only <code,…>', 'run only these rules', more)
  .option('--skip <code,…>', 'run all but these rules', more)
  .option('--fail-on <severity>', 'error, warning or info: exit with 1 from here on', 'error')
  .option('--namespace <name,…>', 'say only what concerns objects of these namespaces', more)
  .option('--max-cells <count>', 'end the matrix of who may call what after as many cells (default: 10000)')
  .action((paths: string[], flags: AuditFlags) => { result = auditCommand(paths, flags, { colors, version, progress }); });

program.command('rules')
  .description('print the catalogue of rules, or one rule')
  .argument('[code]', 'a code such as IST0101, or the name of a rule')
  .option('--format <format>', 'text or json', 'text')
  .action((code: string | undefined, flags: { format: string }) => { result = rulesCommand(code, flags); });

const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value];

readsMesh(program.command('simulate'))
  .description('say what happens to a request')
  .argument('<arguments...>', "a request such as 'GET http://reviews.shop:9080/', then files or folders of the mesh; with --requests or --expect the latter alone")
  .option('--from <who>', 'shop/cart (a workload), sa:shop/cart, gateway:istio-system/ingress or outside')
  .option('-H, --header <name: value>', 'a header; may be repeated', repeated, [])
  .option('--claim <name=value>', 'a claim of a token that is good; may be repeated', repeated, [])
  .option('--token <jwt>', 'a JSON Web Token; its signature is checked where the mesh holds the keys of its issuer, else taken as good')
  .option('--sni <name>', 'the server name that a TLS client asks for')
  .option('--protocol <protocol>', 'http, http1.0, http2, grpc or tcp')
  .option('--address <address>', 'the address dialled, where it is not that of the host')
  .option('--ip <address>', 'the address of the client')
  .option('--requests <file>', 'requests, one JSON object a line; answered by one trace a line')
  .option('--expect <file>', 'requests and how they are to end, in YAML; exit with 1 where one ends otherwise')
  .option('--format <format>', 'text or json', 'text')
  .action(async (args: string[], flags: SimulateFlags) => { result = await simulateCommand(args, flags, write); });

keysProgram(program, given => { result = given; });

try {
  await program.parseAsync();
} catch (error) {
  result = failed(error);
}
if (result.stderr !== undefined && result.stderr !== '') process.stderr.write(`meshwright: ${result.stderr}\n`);
process.stdout.write(result.stdout);
process.exitCode = result.status;

/** The options of every command that reads a mesh. */
function readsMesh(command: Command): Command {
  return command
    .option('--mesh-config <file>', 'a mesh config, or Helm values that hold one')
    .option('--istio-version <version>', 'the version of Istio, such as 1.31')
    .option('--max-file-size <bytes>', 'refuse larger files (default: 134217728)')
    .option('--max-total-size <bytes>', 'refuse more bytes than this in all files together (default: 536870912, or what fits in memory)')
    .option('--max-depth <levels>', 'refuse documents nested deeper (default: 1000)')
    .option('--max-values <count>', 'refuse documents with more values once aliases are written out (default: 2000000)');
}

/** Waits where the reader is slower. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

function failed(error: unknown): Result {
  if (error instanceof CommanderError) {
    // Help and version are no failures; commander has printed them.
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode === 0 ? { stdout: '', status: 0 } : { stdout: program.helpInformation(), status: 2 };
    return { stdout: '', status: 2, stderr: error.message.replace(/^error: /, '') };
  }
  if (error instanceof Usage || error instanceof CannotRead) return { stdout: '', status: 2, stderr: error.message };
  return { stdout: '', status: 2, stderr: `this should not happen: ${error instanceof Error ? error.message.split('\n', 1)[0] ?? '' : String(error)}` };
}

/** From the source and from what is compiled it stands at different depths. */
function packageJson(): URL {
  return new URL(import.meta.url.includes('/build/lib/cli/') ? '../../../package.json' : '../../package.json', import.meta.url);
}
