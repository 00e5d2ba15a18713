import { spawn, spawnSync } from 'node:child_process';
import manifest from '../package.json' with { type: 'json' };

/**
 * Builds the image with the first builder that works: `node scripts/image.ts [FLAGS OF THE BUILDER…]`. The
 * name is that of `IMAGE`, else `proviso:VERSION`.
 */
const ROOT = new URL('..', import.meta.url).pathname;

/** How each says that it works, and not only that it is installed: docker needs its engine. */
const PROBES: Readonly<Record<string, readonly string[]>> = {
  docker: ['info'],
  podman: ['info'],
  buildah: ['info'],
};

const works = (builder: string): boolean => spawnSync(builder, PROBES[builder], { stdio: 'ignore' }).status === 0;

const builder = Object.keys(PROBES).find(works);
if (builder === undefined) {
  console.error(`There is nothing to build an image with: none of ${Object.keys(PROBES).join(', ')} works here.
Install one, such as: apt-get install buildah, dnf install podman, or Docker (https://docs.docker.com/engine/install/).
docker needs its engine running: docker info says why it doesn't work.`);
  process.exitCode = 1;
} else {
  const image = process.env.IMAGE ?? `proviso:${manifest.version}`;
  const revision = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() || 'unknown';
  const args = [
    'build',
    '--tag',
    image,
    '--build-arg',
    `VERSION=${manifest.version}`,
    '--build-arg',
    `REVISION=${revision}`,
  ];
  console.error(`${builder} builds ${image}`);
  const child = spawn(builder, [...args, ...process.argv.slice(2), '.'], { cwd: ROOT, stdio: 'inherit' });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
