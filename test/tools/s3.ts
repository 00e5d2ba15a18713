import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';
import { tool } from './tool.ts';

export const S3_KEYS = { accessKeyId: 'proviso', secretAccessKey: 'of the tests' } as const;

/** A real S3 server on loopback that keeps its objects in files. */
export interface S3Server {
  readonly endpoint: string;
  readonly child: Child;
  makeBucket(name: string): Promise<void>;
  /** The files of a bucket, whole objects by their keys. */
  objects(bucket: string): Promise<readonly string[]>;
  /** Files of uploads in parts that aren't completed. */
  parts(bucket: string): Promise<readonly string[]>;
  /** The file that is an object. */
  pathOf(bucket: string, key: string): string;
  stop(): Promise<void>;
}

/** Where versitygw has what isn't an object yet, in each bucket. */
const TEMPORARY = '.sgwtmp';

/** `flags` stand before the command that says where objects are kept. */
export async function startS3(flags: readonly string[] = []): Promise<S3Server> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-s3-'));
  const address = `127.0.0.1:${await freePort()}`;
  // Not every filesystem that tests run on takes attributes.
  const backend = ['posix', '--sidecar', join(dir, 'attributes'), join(dir, 'buckets')];
  const { accessKeyId, secretAccessKey } = S3_KEYS;
  const server = ['--port', address, '--access', accessKeyId, '--secret', secretAccessKey, '--health', '/health'];
  for (const name of ['attributes', 'buckets']) await mkdir(join(dir, name));
  const child = spawnChild('s3', await tool('s3'), [...server, '--quiet', '--keep-alive', ...flags, ...backend]);
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  await child.untilReady(`http://${address}/health`).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const files = async (bucket: string): Promise<readonly string[]> => {
    const root = join(dir, 'buckets', bucket);
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const found = entries.filter((entry) => entry.isFile());
    return found.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1)).sort();
  };
  return {
    endpoint: `http://${address}`,
    child,
    makeBucket: async (name) => {
      await mkdir(join(dir, 'buckets', name));
    },
    objects: async (bucket) => (await files(bucket)).filter((path) => !path.startsWith(TEMPORARY)),
    parts: async (bucket) => (await files(bucket)).filter((path) => path.startsWith(TEMPORARY)),
    pathOf: (bucket, key) => join(dir, 'buckets', bucket, key),
    stop,
  };
}
