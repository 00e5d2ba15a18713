import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import type { Credential } from './credential.ts';
import { RegistryError } from './error.ts';

/** What `docker login` leaves: `config.json`, or the `.dockerconfigjson` of a Secret. */
export interface DockerConfig {
  readonly auths: UnknownRecord;
  readonly credHelpers: UnknownRecord;
  readonly credsStore?: string;
}

/** Throws a `RegistryError` that names the file. */
export function parseDockerConfig(bytes: Uint8Array, name: string): DockerConfig {
  const parsed = parseStrictJson(bytes);
  const record = parsed.ok ? asRecord(parsed.value) : undefined;
  if (record === undefined) {
    throw new RegistryError(
      `${name} can't be read: ${parsed.ok ? 'it is no object' : `${parsed.message} (${parsed.at})`}`,
    );
  }
  const credsStore = asText(record.credsStore);
  return {
    auths: asRecord(record.auths) ?? {},
    credHelpers: asRecord(record.credHelpers) ?? {},
    ...(credsStore === undefined ? {} : { credsStore }),
  };
}

/** Docker Hub is known by the address of an API that is gone. */
export const DOCKER_HUB_KEY = 'https://index.docker.io/v1/';

/** What stands in the file itself for a repository: of its longest path that is named, else of the host. */
export function storedCredential({ auths }: DockerConfig, host: string, repository: string): Credential | undefined {
  const entries = new Map(Object.entries(auths).map(([key, value]) => [plainKey(key), asRecord(value)]));
  const steps = repository.split('/');
  const paths = steps.map((_, index) => [host, ...steps.slice(0, steps.length - index)].join('/'));
  for (const key of [...paths, host]) {
    const credential = credentialIn(entries.get(key), key);
    if (credential !== undefined) return credential;
  }
  return undefined;
}

/** `https://HOST/v1/` and `HOST` are the same. */
function plainKey(key: string): string {
  if (key === DOCKER_HUB_KEY) return 'docker.io';
  return key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
}

function credentialIn(entry: UnknownRecord | undefined, key: string): Credential | undefined {
  const identityToken = asText(entry?.identitytoken);
  if (identityToken !== undefined) return { kind: 'identityToken', token: identityToken };
  const registryToken = asText(entry?.registrytoken);
  if (registryToken !== undefined) return { kind: 'registryToken', token: registryToken };
  const username = asText(entry?.username);
  const password = asText(entry?.password);
  if (username !== undefined && password !== undefined) return { kind: 'password', username, password };
  const auth = asText(entry?.auth);
  if (auth === undefined) return undefined;
  const [name = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  if (name === '' || rest.length === 0) throw new RegistryError(`the 'auth' of ${key} is not base64 of NAME:PASSWORD`);
  return { kind: 'password', username: name, password: rest.join(':').replace(/\0+$/, '') };
}
