import { Problem } from '../api/problem.ts';
import type { ImageName } from '../materials/image-reference.ts';
import type { CredentialSource } from '../oci/credential.ts';
import { isNotFound, RegistryError } from '../oci/error.ts';
import { openRepository, type Repository } from '../oci/repository.ts';

/** How registries are asked from here. */
export interface RegistryAccess {
  readonly credentials: CredentialSource;
  /** Of --plain-http. */
  readonly plainHttp: boolean;
  /** Tells what isn't enough of a reason to end. */
  readonly onNote: (text: string) => void;
}

/** Where a name without a host is, as docker reads it. */
const DEFAULT_HOST = 'docker.io';

/** Works in the repository of a name, and tells what goes wrong there as `registry-not-found` or `registry-unavailable`. */
export async function inRepository<T>(
  access: RegistryAccess,
  { host = DEFAULT_HOST, path }: ImageName,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  // What Docker Hub itself gives out has no owner in its name.
  const name = host === DEFAULT_HOST && !path.includes('/') ? `library/${path}` : path;
  let repository: Repository | undefined;
  try {
    repository = openRepository({ ...access, host, name });
    return await work(repository);
  } catch (error) {
    if (error instanceof RegistryError) throw problemOf(error, host);
    throw error;
  } finally {
    repository?.close();
  }
}

function problemOf(error: RegistryError, host: string): Problem {
  const { message, status } = error;
  if (isNotFound(error)) {
    return new Problem('registry-not-found', message, {
      hint: 'Push it before it is added, and see whether its name has the registry in front.',
      cause: error,
    });
  }
  const hint =
    status === 401 || status === 403
      ? `Log in with: docker login ${host}; the login is read from $DOCKER_CONFIG/config.json or ~/.docker/config.json.`
      : 'Registries are asked over TLS, but on loopback; --plain-http is for one without. An image can also be added by its digest, REPOSITORY@sha256:…, without asking.';
  return new Problem('registry-unavailable', message, { hint, cause: error });
}
