import { PassThrough } from 'node:stream';
import { isNotFound } from '../../oci/error.ts';
import { openRepository } from '../../oci/repository.ts';
import { checkedDigest } from '../digest.ts';
import { partedStage } from '../parted-stage.ts';
import { relay } from '../relay.ts';
import { type Room, UPLOAD_ROOM } from '../room.ts';
import type { Digest, EvidenceBytes, EvidenceInfo } from '../store.ts';
import { ociProblem, saying } from './problem.ts';
import { digestOfTag, EMPTY, recordOf } from './record.ts';
import type { OciSettings } from './settings.ts';
import { ociSink } from './sink.ts';

const PART_BYTES = 8 << 20;
/** Tags. */
const PAGE_SIZE = 1000;

/** A store in a repository of an OCI registry: objects are blobs, each kept by a manifest of its own. */
export function ociStore(
  settings: OciSettings,
  partBytes: number = PART_BYTES,
  room: Room = UPLOAD_ROOM,
  pageSize: number = PAGE_SIZE,
): EvidenceBytes {
  const { host, name, login, ca, plainHttp } = settings;
  const repository = openRepository({
    host,
    name,
    credentials: async () => login,
    plainHttp,
    ...(ca === undefined ? {} : { ca }),
  });
  const sizeOf = async (digest: Digest): Promise<number | undefined> =>
    saying(repository.statBlob(checkedDigest(digest)));

  /** By the tags of their manifests: a registry doesn't list blobs. */
  async function* list(): AsyncGenerator<EvidenceInfo> {
    try {
      for await (const tag of repository.tags(pageSize)) {
        const digest = digestOfTag(tag);
        const size = digest === undefined ? undefined : await sizeOf(digest);
        if (digest !== undefined && size !== undefined) yield { digest, size };
      }
    } catch (error) {
      throw ociProblem(error);
    }
  }

  return {
    stage: async () => partedStage(ociSink(repository), partBytes, room),
    async get(digest, range) {
      const blob = await saying(
        repository
          .blob(checkedDigest(digest), range)
          .catch((error: unknown) => (isNotFound(error) ? undefined : Promise.reject(error))),
      );
      return blob === undefined ? undefined : relay(blob.stream, new PassThrough(), ociProblem);
    },
    async stat(digest) {
      const size = await sizeOf(digest);
      return size === undefined ? undefined : { digest, size };
    },
    async remove(digest) {
      const size = await sizeOf(digest);
      if (size === undefined) return true;
      const isForgotten = await saying(repository.removeManifest(recordOf({ digest, size }).digest));
      // All manifests refer to the empty one.
      return digest !== EMPTY.digest && isForgotten && (await saying(repository.removeBlob(digest)));
    },
    list,
    // A registry doesn't tell of uploads, and forgets them by itself.
    sweep: async () => 0,
  };
}
