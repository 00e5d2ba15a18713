import { excerpt } from '../../api/excerpt.ts';
import { Problem } from '../../api/problem.ts';
import { containerImage } from '../../materials/container-image.ts';
import { parseImageName, repositoryOf } from '../../materials/image-reference.ts';
import { inRepository, type RegistryAccess } from '../registry.ts';

/** The tag that is meant where none is given. */
const DEFAULT_TAG = 'latest';

/**
 * A reference to an image by digest. What has one already is taken as it is; of a tag the registry is asked, and the digest is
 * that of the bytes that it answers.
 */
export async function imageReference(value: string, access: RegistryAccess): Promise<string> {
  const reading = parseImageName(value);
  if (!reading.ok) throw invalid(value, reading.message);
  const { name } = reading;
  if (name.digest !== undefined) return value;
  const { tag = DEFAULT_TAG } = name;
  const { bytes, digest } = await inRepository(access, name, (repository) => repository.manifest(tag));
  const inspection = containerImage.inspect({ bytes, size: bytes.length, digest });
  if (!inspection.ok) throw invalid(value, inspection.findings[0].message);
  return `${repositoryOf(name)}:${tag}@${digest}`;
}

const invalid = (value: string, message: string): Problem =>
  new Problem('material-invalid', `'${excerpt(value, 300)}' is not an image: ${message}`, {
    hint: 'VALUE is an image by tag or digest, such as REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:…, or an OCI layout directory.',
  });
