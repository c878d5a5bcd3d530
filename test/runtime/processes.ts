import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
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

/** The first of 300 ports that are free, below those that the system hands out; test files that run beside each other get different ones. */
export async function somePorts(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const first = 10_000 + (4 * Math.floor(Math.random() * 17) + Number(process.env.VITEST_POOL_ID ?? 0) % 4) * 300;
    const free = await Promise.all([0, 1, 2, 100, 101, 102].map(offset => isFree(first + offset)));
    if (!free.includes(false)) return first;
  }
  throw new Error('no 300 ports are free between 10000 and 30400');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>(resolve => { server.once('error', () => { resolve(false); }).listen(port, '127.0.0.1', () => { resolve(true); }); });
  if (listens) await new Promise(resolve => { server.close(resolve); });
  return listens;
}

function startable(program: string): string {
  const path = known.get(program) ?? compiled(program)[0];
  known.set(program, path);
  return path;
}
