// deadline: 120
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findBinaries } from './binaries.ts';
import { checkArchive } from './download.ts';
import { startControlPlane } from './index.ts';
import { withLock } from './lock.ts';
import { planSources } from './plan.ts';
import { ENVTEST_VERSION, KUBERNETES_VERSION, PROGRAMS } from './versions.ts';

const test = suite('control plane');
const kinds = (env: Record<string, string>) => planSources(env, '/h').map(({ kind }) => kind);

/** A home whose cache holds stand-ins for the programs. */
async function homeWith(version: string | undefined): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'proviso-home-'));
  if (version !== undefined) await fill(join(home, '.cache/proviso/controlplane', version));
  return home;
}
async function fill(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const program of PROGRAMS) {
    await writeFile(join(directory, program), '#!/bin/sh\n');
    await chmod(join(directory, program), 0o755);
  }
  return directory;
}

test('sources come in the stated order, and one can be forced', () => {
  assert.equal(kinds({}), ['cache', 'cache', 'download', 'build']);
  assert.equal(kinds({ KUBEBUILDER_ASSETS: '/a' }), ['assets', 'cache', 'cache', 'download', 'build']);
  assert.equal(kinds({ PROVISO_CONTROLPLANE: 'assets', KUBEBUILDER_ASSETS: '/a' }), ['assets']);
  assert.equal(kinds({ PROVISO_CONTROLPLANE: 'build', KUBEBUILDER_ASSETS: '/a' }), ['cache', 'build']);
  assert.equal(kinds({ PROVISO_CONTROLPLANE: 'download' }), ['cache', 'download']);
  assert.throws(() => kinds({ PROVISO_CONTROLPLANE: 'guess' }), /must be one of assets, download, build, not 'guess'/);
});

test('a second start takes the cache and makes nothing', async () => {
  const lines: string[] = [];
  for (const version of [KUBERNETES_VERSION, ENVTEST_VERSION]) {
    const home = await homeWith(version);
    const { from } = await findBinaries({}, (line) => lines.push(line), home);
    assert.match(from, new RegExp(`^cache .*${version}$`));
    await rm(home, { recursive: true });
  }
  assert.equal(lines, []);
});

test('KUBEBUILDER_ASSETS wins over the cache, and an incomplete one says what is missing', async () => {
  const home = await homeWith(KUBERNETES_VERSION);
  const assets = await fill(join(home, 'assets'));
  assert.match((await findBinaries({ KUBEBUILDER_ASSETS: assets }, () => {}, home)).from, /^assets/);
  await rm(join(assets, 'kubectl'));
  const env = { KUBEBUILDER_ASSETS: assets, PROVISO_CONTROLPLANE: 'assets' };
  const error = await findBinaries(env, () => {}, home).catch((failure: Error) => failure.message);
  assert.match(String(error), /no executable kubectl/);
  for (const source of ['KUBEBUILDER_ASSETS', '.cache/proviso', 'envtest archive', 'Go is installed']) {
    assert.ok(String(error).includes(source), source);
  }
  await rm(home, { recursive: true });
});

test('an archive with another checksum is refused', () => {
  assert.throws(() => checkArchive(Buffer.from('tampered'), 'a'.repeat(128)), /is pinned/);
});

test('a lock lets one in at a time, also after a holder that was killed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'proviso-lock-'));
  const lock = join(directory, 'lock');
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await mkdir(lock);
  await writeFile(join(lock, 'pid'), '999999999');
  await Promise.all([withLock(lock, work), withLock(lock, work)]);
  assert.is(most, 1);
  await rm(directory, { recursive: true });
});

test("a failed start prints the server's own last lines", async () => {
  const error = await startControlPlane({ apiServerArgs: ['--no-such-flag'] }).catch(
    (failure: Error) => failure.message,
  );
  assert.match(String(error), /kube-apiserver ended with 1; its last lines:[\s\S]*unknown flag: --no-such-flag/);
});

test('tokens for a pod pass a review with their audience, and none without; a restart keeps everything', async () => {
  const plane = await startControlPlane();
  try {
    const containers = [{ name: 'main', image: 'none' }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { serviceAccountName: 'default', containers },
    };
    assert.is((await plane.kubectl(['create', '-f', '-'], { input: JSON.stringify(pod) })).code, 0);
    const { stdout: uid } = await plane.kubectl(['get', 'pod', 'p', '-o', 'jsonpath={.metadata.uid}']);
    await plane.kubectl(['create', 'serviceaccount', 'default']);
    const token = await plane.serviceAccountToken('default', 'default', {
      audience: 'proviso',
      pod: { name: 'p', uid },
    });
    const review = async (audiences: readonly string[]) => {
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, audiences } };
      const path = '/apis/authentication.k8s.io/v1/tokenreviews';
      const { stdout } = await plane.kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(body) });
      return (
        JSON.parse(stdout) as { status: { authenticated?: boolean; user?: { extra?: Record<string, string[]> } } }
      ).status;
    };
    const status = await review(['proviso']);
    assert.is(status.authenticated, true);
    assert.equal(status.user?.extra?.['authentication.kubernetes.io/pod-uid'], [uid]);
    assert.is((await review([])).authenticated, undefined);
    await plane.restart(true);
    assert.is((await plane.kubectl(['get', 'pod', 'p'])).code, 0);
  } finally {
    await plane.stop();
  }
});

test.run();
