import type { Repository } from '../../oci/repository.ts';
import type { BlobUpload } from '../../oci/upload.ts';
import type { PartSink } from '../parted-stage.ts';
import { saying } from './problem.ts';
import { EMPTY, MANIFEST_TYPE, recordOf } from './record.ts';

/**
 * What fits into one part is pushed as a whole, what is larger in chunks: a registry asks for the digest at the end. A manifest
 * follows, without which it would be garbage there.
 */
export function ociSink(repository: Repository): PartSink {
  let upload: BlobUpload | undefined;

  async function keepEmpty(): Promise<void> {
    const { digest, bytes } = EMPTY;
    if ((await repository.statBlob(digest)) !== undefined) return;
    await repository.pushBlob({ digest, size: bytes.length, body: bytes });
  }

  return {
    async send(part) {
      upload ??= await saying(repository.startUpload());
      await saying(upload.append(part));
    },
    async commit(last, { digest, size }) {
      if (upload === undefined) {
        upload = await saying(repository.startUpload());
        await saying(upload.finish(digest, last));
      } else {
        await saying(upload.append(last));
        await saying(upload.finish(digest));
      }
      upload = undefined;
      await saying(keepEmpty());
      const { bytes, tag } = recordOf({ digest, size });
      await saying(repository.pushManifest({ mediaType: MANIFEST_TYPE, bytes, tag }));
    },
    async discard() {
      const ended = upload;
      upload = undefined;
      // A registry that doesn't take it forgets uploads by itself.
      await ended?.cancel().catch(() => {});
    },
  };
}
