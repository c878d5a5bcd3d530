import type { Command } from 'commander';
import type { Result } from './check.ts';
import { type KeysFlags, keysGenerateCommand, keysPublishCommand, keysRetireCommand, keysRotateCommand } from './keys.ts';

/** Adds `meshwright keys`: its four commands and their flags. */
export function keysProgram(program: Command, say: (result: Result) => void): void {
  const keys = program.command('keys').description('keep the signing keys of an issuer: generate, publish, rotate, retire');

  settings(common(keys.command('generate').description('make a folder with the first key')))
    .action((folder: string, flags: KeysFlags) => { say(keysGenerateCommand(folder, flags)); });

  common(keys.command('publish').description('print the public parts of the keys, as a JWKS'), { dryRun: false })
    .option('--out <file>', 'write the JWKS to a file instead')
    .action((folder: string, flags: KeysFlags) => { say(keysPublishCommand(folder, flags)); });

  settings(common(keys.command('rotate').description('publish the next key, which signs once everyone has had time to fetch it')))
    .action((folder: string, flags: KeysFlags) => { say(keysRotateCommand(folder, flags)); });

  common(keys.command('retire').description('take away the keys that no living token needs'))
    .argument('[kid]', 'only this key')
    .option('--compromised', 'take the key away although living tokens were signed with it: they are refused')
    .action((folder: string, kid: string | undefined, flags: KeysFlags) => { say(keysRetireCommand(folder, kid, flags)); });
}

function common(command: Command, { dryRun = true }: { readonly dryRun?: boolean } = {}): Command {
  command.argument('<folder>', 'the key folder').option('--format <format>', 'text or json', 'text');
  return dryRun ? command.option('--dry-run', 'only say what would be done') : command;
}

function settings(command: Command): Command {
  return command
    .option('--algorithm <algorithm>', 'ES256, RS256 or PS256 (default: ES256, or as before)')
    .option('--max-token-life <duration>', 'the longest that a token may live (default: 1h, or as before)')
    .option('--refresh <duration>', 'how long until everyone who verifies has seen a change (default: 20m, as istiod, or as before)')
    .option('--key-life <duration>', 'how long a key may sign (default: 90d, or as before)');
}
