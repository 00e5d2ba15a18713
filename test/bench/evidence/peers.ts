import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Distribution } from '../../tools/distribution.ts';
import { S3_KEYS, type S3Server } from '../../tools/s3.ts';
import { tool } from '../../tools/tool.ts';
import { memoryOf } from '../operator/memory.ts';
import type { Measured } from './one.ts';

/** A program that puts the same bytes into the same server, and gets them. */
export interface Peer {
  readonly name: string;
  readonly put: readonly string[];
  readonly get: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

interface Servers {
  /** For files, its own among them. */
  readonly folder: string;
  readonly server: S3Server;
  readonly registry: Distribution;
}

/** Each with what it takes by itself: rclone sends four parts at a time. */
export async function peersOf({ folder, server, registry }: Servers, megabytes: number): Promise<readonly Peer[]> {
  const file = join(folder, 'peer');
  const digest = await writeFile(file, megabytes);
  const [rclone, oras] = [await tool('rclone'), await tool('oras')];
  const copy = join(folder, 'copy');
  const object = 's3:evidence/peer';
  const remote = {
    ...{ TYPE: 's3', PROVIDER: 'Other', REGION: 'us-east-1', ENDPOINT: server.endpoint, FORCE_PATH_STYLE: 'true' },
    // It would make the bucket first, which is there.
    NO_CHECK_BUCKET: 'true',
    ...{ ACCESS_KEY_ID: S3_KEYS.accessKeyId, SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey },
  };
  const env = Object.fromEntries(Object.entries(remote).map(([name, value]) => [`RCLONE_CONFIG_S3_${name}`, value]));
  const blob = `${registry.host}/proviso/peer@sha256:${digest}`;
  return [
    {
      name: 'sha256sum, cp, sync',
      put: ['sh', '-c', 'sha256sum "$0" >&2 && cp "$0" "$1" && sync "$1"', file, copy],
      get: ['sha256sum', copy],
    },
    {
      name: 's3 by rclone',
      put: [rclone, '--config', '', 'copyto', file, object],
      get: [rclone, '--config', '', 'cat', object],
      env,
    },
    {
      name: 'oci by oras',
      put: [oras, 'blob', 'push', '--plain-http', blob, file],
      get: [oras, 'blob', 'fetch', '--plain-http', '--output', '-', blob],
    },
  ];
}

/** Returns the SHA-256 of the bytes, hex. */
async function writeFile(path: string, megabytes: number): Promise<string> {
  const file = await open(path, 'w');
  const hash = createHash('sha256');
  const block = randomBytes(1 << 20);
  for (let count = 0; count < megabytes; count++) {
    block.writeUInt32BE(count);
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return hash.digest('hex');
}

export async function measurePeer({ put, get, env = {} }: Peer): Promise<Measured> {
  const [first, second] = [await run(put, env), await run(get, env)];
  const peakBytes = Math.max(first.peakBytes, second.peakBytes);
  return { putSeconds: first.seconds, getSeconds: second.seconds, peakBytes };
}

const LOOK_MS = 20;

async function run([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv) {
  const started = performance.now();
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  });
  let peakBytes = 0;
  // Until it has ended, when the kernel tells no more.
  const timer = setInterval(async () => {
    const memory = await memoryOf(child.pid ?? 0).catch(() => undefined);
    if (memory !== undefined && memory.peak > 0) peakBytes = Math.max(peakBytes, memory.peak * 1e6);
  }, LOOK_MS);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said}`);
  return { seconds: (performance.now() - started) / 1000, peakBytes };
}
