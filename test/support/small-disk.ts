import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What takes room on a filesystem, and gives it back. */
export interface Ballast {
  /** Takes all room but so many bytes, in whole pages. */
  fill(leftBytes: number): Promise<void>;
  /** Takes all places for files and directories but so many. */
  crowd(leftFiles: number): Promise<void>;
  /** Gives back what was taken. */
  relieve(): Promise<void>;
}

/** A filesystem of its own that is really full when it is full. */
export interface SmallDisk extends Ballast {
  /** For this process and others of its user, as long as it isn't stopped. */
  readonly path: string;
  /** The same for processes that are started with `within` before their command. */
  readonly pathWithin: string;
  readonly within: readonly string[];
  stop(): Promise<void>;
}

const UNSHARE = ['--map-root-user', '--mount'];

/** Whether there can be one here; says loudly what isn't tested without: not every container lets. */
export function hasSmallDisks(): boolean {
  const tried = spawnSync('unshare', [...UNSHARE, 'true']);
  if (tried.status === 0) return true;
  console.log(
    "SKIPPED: full disks aren't tested here. It takes Linux and user namespaces: unshare --map-root-user --mount.",
  );
  return false;
}

/**
 * A tmpfs that is mounted in a namespace where its maker may mount, and reached from here through the process that lives there.
 * The mount is gone with that process.
 */
export async function startSmallDisk({
  bytes,
  files,
}: {
  readonly bytes: number;
  readonly files: number;
}): Promise<SmallDisk> {
  const place = await mkdtemp(join(tmpdir(), 'proviso-disk-'));
  const script = `mount -t tmpfs -o size=${bytes},nr_inodes=${files} tmpfs "$0" && echo mounted && exec sleep 3600`;
  const child = spawn('unshare', [...UNSHARE, 'sh', '-c', script, place], { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const [first] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  if (String(first) !== 'mounted\n') throw new Error('no filesystem was mounted');
  const path = `/proc/${child.pid}/root${place}`;
  return {
    path,
    pathWithin: place,
    within: ['nsenter', '--user', '--mount', '--preserve-credentials', '--target', String(child.pid)],
    ...ballastIn(path),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rmdir(place);
    },
  };
}

export function ballastIn(path: string): Ballast {
  const ballast = join(path, 'ballast');
  const extra: string[] = [];
  return {
    async fill(left) {
      const { bavail, bsize } = await statfs(path);
      const room = bavail * bsize - left;
      if (room > 0) await writeFile(ballast, Buffer.alloc(room), { flag: 'a' });
    },
    async crowd(left) {
      for (let { ffree } = await statfs(path); ffree > left; ffree -= 1) {
        const name = join(path, `extra-${extra.length}`);
        await writeFile(name, '');
        extra.push(name);
      }
    },
    async relieve() {
      for (const name of [ballast, ...extra.splice(0)]) await rm(name, { force: true });
    },
  };
}
