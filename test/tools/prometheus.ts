import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';

/** Whether there is one to ask; says loudly what isn't tested without. In CI there has to be. */
export function hasPrometheus(): boolean {
  const places = (process.env.PATH ?? '').split(delimiter);
  if (['prometheus', 'promtool'].every((name) => places.some((place) => existsSync(join(place, name))))) return true;
  if (process.env.CI === 'true') return true;
  console.log("SKIPPED: metrics, alerts and dashboards aren't shown to Prometheus here. apt-get install prometheus.");
  return false;
}

/** What `promtool` says; throws when it ends with anything but 0. */
export async function promtool(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('promtool', args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  child.stdin.end(input);
  const [code, ...said] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const output = said.join('');
  if (code !== 0) throw new Error(`promtool ${args.join(' ')} ended with ${code}: ${output}`);
  return output;
}

export interface Prometheus {
  /** What its API answers, such as `query?query=up`. Throws what it says where it refuses. */
  get<T>(path: string): Promise<T>;
  /** The samples of an instant query. Throws where it is none. */
  query(expr: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/** A Prometheus that reads each of these jobs from a port of this machine, every second, and works out the rules of a file. */
export async function startPrometheus(jobs: Readonly<Record<string, number>>, rules: string): Promise<Prometheus> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-prometheus-'));
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: Object.entries(jobs).map(([job, at]) => ({
      job_name: job,
      honor_labels: true,
      static_configs: [{ targets: [`127.0.0.1:${at}`], labels: { namespace: 'proviso-system', pod: `${job}-0` } }],
    })),
  };
  await writeFile(join(dir, 'prometheus.yaml'), JSON.stringify(config));
  const args = [
    ...[`--config.file=${dir}/prometheus.yaml`, `--storage.tsdb.path=${dir}/data`],
    '--enable-feature=exemplar-storage',
  ];
  const child = spawnChild('prometheus', 'prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`]);

  async function get<T>(path: string): Promise<T> {
    child.assertAlive();
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  }

  return {
    get,
    query: async (expr) =>
      (await get<{ result: readonly unknown[] }>(`query?query=${encodeURIComponent(expr)}`)).result,
    async stop() {
      await child.stop();
      await rm(dir, { recursive: true });
    },
  };
}
