import { excerpt } from '../../api/excerpt.ts';
import { Problem } from '../../api/problem.ts';
import { containerImage } from '../../materials/container-image.ts';
import { type ImageName, parseImageName, repositoryOf } from '../../materials/image-reference.ts';
import type { SignedReferenceDocument } from '../../materials/signed-reference.ts';
import { RegistryError } from '../../oci/error.ts';
import type { Repository } from '../../oci/repository.ts';
import { inRepository, type RegistryAccess } from '../registry.ts';
import { findSignatures } from './image-signatures.ts';

/** The tag that is meant where none is given. */
const DEFAULT_TAG = 'latest';

/**
 * A reference to an image by digest, with what signs it. Of a tag the registry is asked, and the digest is that of the bytes
 * that it answers; a digest is taken as it is, and the registry is asked only for signatures, if the contract wants some.
 */
export async function imageReference(value: string, wantsSignatures: boolean, access: RegistryAccess): Promise<string> {
  const reading = parseImageName(value);
  if (!reading.ok) throw invalid(value, reading.message);
  const { name } = reading;
  if (name.digest !== undefined && !wantsSignatures) return value;
  return inRepository(access, name, async (repository) => {
    const { reference, digest } =
      name.digest === undefined ? await pinned(name, value, repository) : { reference: value, digest: name.digest };
    const signatures = await findSignatures(repository, digest).catch((error: unknown) => {
      if (wantsSignatures || !(error instanceof RegistryError)) throw error;
      access.onNote(`whether the image is signed is not told: ${error.message}`);
      return [];
    });
    const document: SignedReferenceDocument = { reference, signatures };
    return signatures.length === 0 ? reference : JSON.stringify(document);
  });
}

/** What the tag names now. */
async function pinned(name: ImageName, value: string, repository: Repository) {
  const { tag = DEFAULT_TAG } = name;
  const { bytes, digest } = await repository.manifest(tag);
  const inspection = containerImage.inspect({ bytes, size: bytes.length, digest });
  if (!inspection.ok) throw invalid(value, inspection.findings[0].message);
  return { reference: `${repositoryOf(name)}:${tag}@${digest}`, digest };
}

const invalid = (value: string, message: string): Problem =>
  new Problem('material-invalid', `'${excerpt(value, 300)}' is not an image: ${message}`, {
    hint: 'VALUE is an image by tag or digest, such as REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:…, or an OCI layout directory.',
  });
