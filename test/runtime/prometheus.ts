import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface Exemplars {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}

/** A real Prometheus that scrapes until it is stopped. */
export interface Prometheus {
  /** Asks, after every target has been scraped once more. */
  query(promql: string): Promise<readonly Series[]>;
  /** Asks without waiting. */
  now(promql: string): Promise<readonly Series[]>;
  exemplars(promql: string): Promise<readonly Exemplars[]>;
  stop(): Promise<void>;
}

/** Starts the Prometheus that is installed, with exemplar storage, on jobs by name with a target each, and with groups of rules. */
export async function startPrometheus(jobs: Readonly<Record<string, { readonly target: string; readonly path: string }>>, groups: readonly object[] = []): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-prometheus-'));
  writeFileSync(join(folder, 'prometheus.json'), JSON.stringify({
    global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '5s' },
    rule_files: ['rules.json'],
    scrape_configs: Object.entries(jobs).map(([job_name, { target, path }]) => ({ job_name, honor_labels: true, metrics_path: path, static_configs: [{ targets: [target] }] })),
  }));
  writeFileSync(join(folder, 'rules.json'), JSON.stringify({ groups }));
  const port = await freePort();
  const child = spawn('prometheus', [
    `--config.file=${join(folder, 'prometheus.json')}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage', '--log.level=error',
  ], { stdio: 'ignore' });
  const ended = new Promise<void>(resolve => child.once('exit', () => { resolve(); }));
  const get = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus answered ${response.status} to ${path}: ${text}`);
    return (JSON.parse(text) as { data: Answer }).data;
  };
  const query = async (promql: string): Promise<readonly Series[]> => (await get<{ result: Series[] }>(`/api/v1/query?query=${encodeURIComponent(promql)}`)).result;
  const scrapedAgain = async (): Promise<void> => {
    const since = Date.now() / 1000;
    await until('Prometheus has scraped every target', async () => {
      const up = await query('timestamp(up == 1)').catch(() => []);
      return up.length === Object.keys(jobs).length && up.every(({ value }) => Number(value[1]) > since);
    });
  };
  return {
    async query(promql): Promise<readonly Series[]> {
      await scrapedAgain();
      return query(promql);
    },
    now: query,
    async exemplars(promql): Promise<readonly Exemplars[]> {
      await scrapedAgain();
      return get(`/api/v1/query_exemplars?query=${encodeURIComponent(promql)}&start=${Date.now() / 1000 - 3600}&end=${Date.now() / 1000 + 60}`);
    },
    async stop(): Promise<void> {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for what other processes do. */
export async function until(what: string, reached: () => boolean | Promise<boolean>, tries = 2400): Promise<void> {
  for (let i = 0; i < tries; i += 1) {
    if (await reached()) return;
    await sleep(50);
  }
  throw new Error(`waited in vain until ${what}`);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => { server.close(resolve); });
  return port;
}
