import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KUBERNETES_VERSION } from './versions.ts';

const MODULE = new URL('./go', import.meta.url).pathname;

const INJECTED = 'k8s.io/component-base/version';

/** Builds the three programs from their Go modules into `directory`; an interrupted build leaves nothing there. */
export async function build(directory: string, log: (line: string) => void): Promise<void> {
  const root = dirname(directory);
  const prefix = `.build-${KUBERNETES_VERSION}-`;
  await removeAbandoned(root, prefix);
  const temporary = await mkdtemp(join(root, prefix));
  try {
    const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
    const flags = [
      '-s -w',
      `-X ${INJECTED}.gitVersion=${KUBERNETES_VERSION}`,
      `-X ${INJECTED}.gitMajor=${major} -X ${INJECTED}.gitMinor=${minor}`,
      `-X ${INJECTED}.gitTreeState=clean`,
    ].join(' ');
    log('building etcd (about half a minute)');
    await go(['-ldflags', '-s -w', '-o', join(temporary, 'etcd'), 'go.etcd.io/etcd/server/v3'], log);
    log('building kubectl and kube-apiserver (about five minutes on two cores)');
    const packages = ['k8s.io/kubernetes/cmd/kubectl', 'k8s.io/kubernetes/cmd/kube-apiserver'];
    await go(['-ldflags', flags, '-o', `${temporary}/`, ...packages], log);
    await rm(directory, { recursive: true, force: true });
    await rename(temporary, directory);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What a build that was killed left behind; whoever calls holds the lock, so none of it is in use. */
async function removeAbandoned(root: string, prefix: string): Promise<void> {
  const left = (await readdir(root)).filter((name) => name.startsWith(prefix));
  for (const name of left) await rm(join(root, name), { recursive: true, force: true });
}

async function go(args: readonly string[], log: (line: string) => void): Promise<void> {
  // go.sum is complete and stays as it is: what is built is what was pinned.
  const child = spawn('go', ['build', '-mod=readonly', '-trimpath', '-buildvcs=false', ...args], {
    cwd: MODULE,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let tail = '';
  let downloads = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = `${tail}${text}`.slice(-4000);
    const before = Math.floor(downloads / 50);
    downloads += text.split('go: downloading').length - 1;
    if (Math.floor(downloads / 50) > before) log(`downloaded ${downloads} modules`);
  });
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    throw new Error('go is not installed', { cause: error });
  })) as [number | null];
  if (code !== 0) throw new Error(`go build failed:\n${tail}`);
}
