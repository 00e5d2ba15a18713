import { createHash } from 'node:crypto';
import { spawnChild } from '../controlplane/child.ts';
import { freePort } from '../support/ports.ts';
import { textFrom } from './site.ts';
import { tool } from './tool.ts';

/** An image by its digest. */
export interface Image {
  /** With the registry, such as `127.0.0.1:5000/shop/app`. */
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** A layer of what was attached to an image, with the annotations that stand beside it in its manifest. */
export interface AttachedLayer {
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly content: string;
}

/** An OCI registry in memory, on loopback. */
export interface Registry {
  /** Such as `127.0.0.1:5000`. */
  readonly host: string;
  /** Pushes an image of nothing but the given configuration. */
  pushImage(repository: string, config: string): Promise<Image>;
  /** The layers under the image's tag `.att`, where cosign kept attestations before there were referrers. */
  attestations(image: Image): Promise<readonly AttachedLayer[]>;
  /** The layers of what refers to the image. */
  referrers(image: Image): Promise<readonly AttachedLayer[]>;
  stop(): Promise<void>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export async function startRegistry(): Promise<Registry> {
  const host = `127.0.0.1:${await freePort()}`;
  const child = spawnChild('registry', await tool('registry'), ['--port', host.split(':')[1] ?? '']);
  await child.untilReady(`http://${host}/v2/`).catch(async (error: unknown) => {
    await child.stop();
    throw error;
  });
  const layersOf = async (repository: string, reference: string): Promise<readonly AttachedLayer[]> => {
    const base = `http://${repository.replace('/', '/v2/')}`;
    const { layers } = JSON.parse(await textFrom(`${base}/manifests/${reference}`)) as {
      layers: readonly Descriptor[];
    };
    return Promise.all(
      layers.map(async ({ mediaType, digest, annotations = {} }) => ({
        mediaType,
        annotations,
        content: await textFrom(`${base}/blobs/${digest}`),
      })),
    );
  };
  return {
    host,
    pushImage: async (name, config) => {
      const digest = digestOf(config);
      const blob = { mediaType: CONFIG, digest, size: Buffer.byteLength(config) };
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: blob, layers: [] });
      const base = `http://${host}/v2/${name}`;
      await send('POST', `${base}/blobs/uploads/?digest=${digest}`, 'application/octet-stream', config);
      await send('PUT', `${base}/manifests/${digestOf(manifest)}`, MANIFEST, manifest);
      return { repository: `${host}/${name}`, digest: digestOf(manifest) };
    },
    attestations: ({ repository, digest }) => layersOf(repository, `${digest.replace(':', '-')}.att`),
    referrers: async ({ repository, digest }) => {
      const index = await textFrom(`http://${repository.replace('/', '/v2/')}/referrers/${digest}`);
      const { manifests } = JSON.parse(index) as { manifests: readonly Descriptor[] };
      return (await Promise.all(manifests.map((each) => layersOf(repository, each.digest)))).flat();
    },
    stop: () => child.stop('SIGKILL'),
  };
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

async function send(method: string, url: string, type: string, body: string): Promise<void> {
  const answer = await fetch(url, { method, body, headers: { 'content-type': type } });
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`);
}
