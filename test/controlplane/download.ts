import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { ENVTEST_BASE, ENVTEST_SHA512, ENVTEST_VERSION } from './versions.ts';

const CONNECT_MS = 5000;
const TRANSFER_MS = 300_000;

/** Downloads the official archive, checks it against its pin and unpacks it into `directory`. */
export async function download(directory: string, log: (line: string) => void): Promise<void> {
  const target = `${platform()}-${arch() === 'x64' ? 'amd64' : arch()}`;
  const expected = ENVTEST_SHA512[target];
  if (expected === undefined) throw new Error(`there is no official archive for ${target}`);
  const name = `envtest-${ENVTEST_VERSION}`;
  log(`downloading ${name} for ${target}`);
  const bytes = await fetchArchive(`${ENVTEST_BASE}/${name}/${name}-${target}.tar.gz`);
  checkArchive(bytes, expected);
  await unpack(bytes, directory);
}

async function fetchArchive(url: string): Promise<Uint8Array> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(new Error('no connection within 5 s')), CONNECT_MS);
  try {
    const signal = AbortSignal.any([connecting.signal, AbortSignal.timeout(TRANSFER_MS)]);
    const answer = await fetch(url, { signal });
    clearTimeout(timer);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  } finally {
    clearTimeout(timer);
  }
}

/** Throws unless the archive is the pinned one. */
export function checkArchive(bytes: Uint8Array, expectedSha512: string): void {
  const found = createHash('sha512').update(bytes).digest('hex');
  if (found !== expectedSha512) throw new Error(`the archive has sha512 ${found}, but ${expectedSha512} is pinned`);
}

async function unpack(bytes: Uint8Array, directory: string): Promise<void> {
  const temporary = await mkdtemp(join(dirname(directory), '.download-'));
  try {
    const archive = join(temporary, 'archive.tar.gz');
    await writeFile(archive, bytes);
    const tar = spawn('tar', ['-xzf', archive, '--strip-components=2', '-C', temporary], { stdio: 'ignore' });
    const [code] = (await once(tar, 'exit')) as [number | null];
    await rm(archive);
    if (code !== 0 || (await readdir(temporary)).length === 0) throw new Error('the archive can not be unpacked');
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
