import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asText } from '../api/record.ts';
import type { CredentialSource } from './credential.ts';
import { askHelper } from './credential-helper.ts';
import { DOCKER_HUB_KEY, type DockerConfig, parseDockerConfig, storedCredential } from './docker-config.ts';
import { RegistryError } from './error.ts';

/** Logins as docker has them: `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`, and the helpers that it names. */
export function dockerKeychain(env: Readonly<Record<string, string | undefined>>): CredentialSource {
  const file = join(asText(env.DOCKER_CONFIG) ?? join(homedir(), '.docker'), 'config.json');
  let config: Promise<DockerConfig | undefined> | undefined;
  return async (host, repository) => {
    config ??= read(file);
    return credentialOf(await config, host, repository);
  };
}

async function read(file: string): Promise<DockerConfig | undefined> {
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
    throw new RegistryError(`${file} can't be read: ${cause.message}`, { cause });
  });
  return bytes === undefined ? undefined : parseDockerConfig(bytes, file);
}

/** The helper of the host comes first, as for docker, then what stands in the file, then the helper for all. */
async function credentialOf(config: DockerConfig | undefined, host: string, repository: string) {
  if (config === undefined) return undefined;
  const server = host === 'docker.io' || host === 'index.docker.io' ? DOCKER_HUB_KEY : host;
  const helper = asText(config.credHelpers[server]) ?? asText(config.credHelpers[host]);
  if (helper !== undefined) return askHelper(helper, server);
  const stored = storedCredential(config, host, repository);
  return stored ?? (config.credsStore === undefined ? undefined : askHelper(config.credsStore, server));
}
