import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { goBuild, withScratch } from './go.ts';
import { KUBERNETES_VERSION } from './versions.ts';

const MODULE = new URL('./go', import.meta.url).pathname;

const INJECTED = 'k8s.io/component-base/version';

/** Builds the three programs from their Go modules into `directory`; an interrupted build leaves nothing there. */
export async function build(directory: string, log: (line: string) => void): Promise<void> {
  await withScratch(dirname(directory), `.build-${KUBERNETES_VERSION}-`, async (scratch) => {
    const [major, minor] = KUBERNETES_VERSION.slice(1).split('.');
    const ldflags = [
      `-X ${INJECTED}.gitVersion=${KUBERNETES_VERSION}`,
      `-X ${INJECTED}.gitMajor=${major} -X ${INJECTED}.gitMinor=${minor}`,
      `-X ${INJECTED}.gitTreeState=clean`,
    ].join(' ');
    log('building etcd (about half a minute)');
    const etcd = { packages: ['go.etcd.io/etcd/server/v3'], output: join(scratch, 'etcd') };
    await goBuild({ module: MODULE, ...etcd }, log);
    log('building kubectl and kube-apiserver (about five minutes on two cores)');
    const packages = ['k8s.io/kubernetes/cmd/kubectl', 'k8s.io/kubernetes/cmd/kube-apiserver'];
    await goBuild({ module: MODULE, packages, output: `${scratch}/`, ldflags }, log);
    await rm(directory, { recursive: true, force: true });
    await rename(scratch, directory);
  });
}
