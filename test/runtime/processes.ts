import { spawn } from 'node:child_process';
import { compiled } from '../compiled.ts';
import { until } from './prometheus.ts';

const known = new Map<string, string>();

/** A service in a process of its own. */
export interface ServiceProcess {
  /** What it has logged. */
  readonly lines: Readonly<Record<string, unknown>>[];
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
}

/** Runs a program of this repository, and waits until it serves. */
export async function startService(program: string, env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [startable(program)], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  let stderr = '';
  let gone = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const ended = new Promise<number | null>(resolve => child.once('close', code => {
    gone = true;
    resolve(code);
  }));
  await until(`${program} serves`, () => {
    if (gone) throw new Error(`${program} ended before it served:\n${stderr}`);
    return lines.some(({ message }) => message === 'serving');
  });
  return { lines, stderr: () => stderr, kill: signal => child.kill(signal), ended };
}

/** The first of 300 ports that are likely to be free, below those that the system hands out. */
export function somePorts(): number {
  return 10_000 + Math.floor(Math.random() * 70) * 300;
}

function startable(program: string): string {
  const path = known.get(program) ?? compiled(program)[0];
  known.set(program, path);
  return path;
}
