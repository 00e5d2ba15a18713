import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnChild } from '../../controlplane/child.ts';
import { eventually } from '../../support/eventually.ts';
import { tool } from '../../tools/tool.ts';

/** OPA as a server on a socket: the peer, which keeps its compiled policy. */
export interface OpaServer {
  /** From its start until it answers, in milliseconds. */
  readonly startMs: number;
  put(source: string): Promise<void>;
  /** The value of `data.…`, by path such as `main/violations`. */
  ask(path: string, input: unknown): Promise<string>;
  stop(): Promise<void>;
}

export async function startOpaServer(): Promise<OpaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-opa-server-'));
  const socketPath = join(folder, 'socket');
  const flags = ['--skip-version-check', '--log-level', 'error'];
  const started = performance.now();
  const child = spawnChild('opa', await tool('opa'), ['run', '--server', '--addr', `unix://${socketPath}`, ...flags]);
  const send = (method: string, path: string, body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-length': Buffer.byteLength(body) };
      const asked = request({ socketPath, method, path, headers }, async (answer) => {
        const text = (await answer.toArray()).join('');
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`OPA answers ${answer.statusCode}: ${text}`));
      });
      asked.on('error', reject).end(body);
    });
  await eventually('an answer of OPA', () => send('GET', '/health'), 20);
  const startMs = performance.now() - started;
  return {
    startMs,
    put: async (source) => void (await send('PUT', '/v1/policies/bench', source)),
    ask: (path, input) => send('POST', `/v1/data/${path}`, JSON.stringify({ input })),
    async stop() {
      await child.stop();
      await rm(folder, { recursive: true });
    },
  };
}
