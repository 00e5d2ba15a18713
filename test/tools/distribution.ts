import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, spawnChild } from '../controlplane/child.ts';
import { runCommand } from '../controlplane/command.ts';
import { freePort } from '../support/ports.ts';
import { tool } from './tool.ts';

/** The registry that most are made of, CNCF Distribution, with its blobs in files. */
export interface Distribution {
  /** Such as `127.0.0.1:5000`. */
  readonly host: string;
  readonly child: Child;
  /** The tags of a repository. */
  tags(repository: string): Promise<readonly string[]>;
  /** Uploads to a repository that aren't finished. */
  uploads(repository: string): Promise<readonly string[]>;
  /** The file that is a blob of any repository. */
  pathOf(digest: string): string;
  /** Removes every blob that no manifest refers to, as those who run a registry do now and then. */
  collectGarbage(): Promise<void>;
  stop(): Promise<void>;
}

export interface DistributionOptions {
  /** Whether it removes what it is told to. Default true; its own is false. */
  readonly removes?: boolean;
  /** Lines of an htpasswd file with bcrypt. Absent, everybody may do everything. */
  readonly htpasswd?: string;
}

export async function startDistribution({ removes = true, htpasswd }: DistributionOptions = {}): Promise<Distribution> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-distribution-'));
  const host = `127.0.0.1:${await freePort()}`;
  const root = join(dir, 'docker/registry/v2');
  const [config, passwords] = [join(dir, 'config.json'), join(dir, 'htpasswd')];
  if (htpasswd !== undefined) await writeFile(passwords, htpasswd);
  const auth = htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'tests', path: passwords } } };
  const storage = { filesystem: { rootdirectory: dir }, delete: { enabled: removes } };
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({ version: '0.1', log: { level: 'warn' }, storage, http: { addr: host }, ...auth }),
  );
  const program = await tool('distribution');
  const env = { OTEL_TRACES_EXPORTER: 'none' };
  const child = spawnChild('distribution', program, ['serve', config], { env });
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  await child.untilReady(`http://${host}/`).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const names = (...path: readonly string[]): Promise<readonly string[]> =>
    readdir(join(root, 'repositories', ...path)).then(
      (found) => found.sort(),
      () => [],
    );
  return {
    host,
    child,
    tags: (repository) => names(repository, '_manifests/tags'),
    async uploads(repository) {
      const found = await names(repository, '_uploads');
      // Of one that is cancelled a directory stays, without the bytes.
      const parts = await Promise.all(found.map((id) => names(repository, '_uploads', id)));
      return found.filter((_, index) => parts[index]?.includes('data'));
    },
    pathOf: (digest) => join(root, 'blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data'),
    async collectGarbage() {
      const { code, stderr } = await runCommand(program, ['garbage-collect', config], { env });
      if (code !== 0) throw new Error(`garbage-collect: ${stderr}`);
    },
    stop,
  };
}
