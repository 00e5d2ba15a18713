import { KIND } from '../api/kinds.ts';
import { type Secret, secretText } from '../api/secret.ts';
import type { CredentialSource } from '../oci/credential.ts';
import { parseDockerConfig, storedCredential } from '../oci/docker-config.ts';
import { RegistryError } from '../oci/error.ts';
import type { OperatorContext } from './context.ts';

const NAME = 'proviso-policy-registry';
const KEY = '.dockerconfigjson';

/**
 * What is shown to registries for policies of the cluster, and for no others: a tenant could have read with it what isn't his. Read
 * when a registry asks for it; without the Secret there is nothing to show.
 */
export const policyLogin =
  ({ client, namespace }: OperatorContext): CredentialSource =>
  async (host, repository) => {
    const secret = await client.find<Secret>(KIND.Secret, { namespace, name: NAME });
    if (secret === undefined) return undefined;
    try {
      return storedCredential(parseDockerConfig(Buffer.from(secretText(secret, KEY) ?? ''), KEY), host, repository);
    } catch {
      // Not why: more people may read a policy's status than Secrets.
      throw new RegistryError(`the Secret ${NAME} in the namespace ${namespace} has no good ${KEY}`);
    }
  };
