import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Problem } from '../../api/problem.ts';
import { asArray, asRecord, asText } from '../../api/record.ts';
import { parseStrictJson } from '../../api/strict-json.ts';
import { bytesContent, type Content } from './file.ts';

/** Whether a directory is an OCI image layout. */
export const isOciLayout = (path: string): boolean => existsSync(join(path, 'oci-layout'));

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/**
 * The manifest (or index) of the image in an OCI layout, byte for byte: its digest is that of the image. A layout of
 * several images is refused, since it isn't said which of them is meant.
 */
export async function ociLayoutContent(path: string): Promise<Content> {
  const parsed = parseStrictJson(await read(join(path, 'index.json')));
  if (!parsed.ok) throw broken(path, `index.json: ${parsed.message} (${parsed.at})`);
  const manifests = asArray(asRecord(parsed.value)?.manifests);
  // One image under several tags stands there once for each.
  const digests = new Set(manifests.map((entry) => asText(asRecord(entry)?.digest) ?? ''));
  if (digests.size !== 1) throw broken(path, `index.json names ${digests.size} images, and one was expected`);
  const [digest = ''] = digests;
  const hex = DIGEST.exec(digest)?.[1];
  if (hex === undefined) throw broken(path, `index.json names the digest '${digest}', and sha256:… was expected`);
  const bytes = await read(join(path, 'blobs', 'sha256', hex));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== hex) throw broken(path, `the manifest ${digest} has the digest sha256:${found}: the layout is damaged`);
  return bytesContent(bytes, basename(path));
}

const read = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: Error) => {
    throw new Problem('material-invalid', `the OCI layout can't be read: ${error.message}`, { cause: error });
  });

const broken = (path: string, message: string): Problem =>
  new Problem('material-invalid', `'${path}' can't be taken as an image: ${message}`, {
    hint: 'Write a layout of one image, for example: skopeo copy SOURCE oci:DIRECTORY:TAG',
  });
