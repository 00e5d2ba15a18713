import { secretText } from '../../api/secret.ts';
import type { EvidenceStoreOci } from '../../api/types.gen.ts';
import type { Credential } from '../../oci/credential.ts';
import { parseDockerConfig, storedCredential } from '../../oci/docker-config.ts';
import { missing, type StoreAccess } from '../access.ts';
import { ociProblem } from './problem.ts';

/** All that it takes to open a repository. */
export interface OciSettings {
  readonly kind: 'oci';
  readonly host: string;
  /** Within the registry. */
  readonly name: string;
  readonly plainHttp: boolean;
  readonly ca?: string;
  readonly login: Credential | undefined;
}

const KEY = '.dockerconfigjson';

/** Reads the login. Throws `store-unavailable` that says what is missing. */
export async function ociSettings(spec: EvidenceStoreOci, access: StoreAccess): Promise<OciSettings> {
  const { repository, plainHttp = false, ca } = spec;
  const slash = repository.indexOf('/');
  const [host, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
  const login = spec.credentialsSecretRef && (await loginIn(spec.credentialsSecretRef.name, { host, name }, access));
  return { kind: 'oci', host, name, plainHttp, login, ...(ca === undefined ? {} : { ca }) };
}

interface Target {
  readonly host: string;
  readonly name: string;
}

/** A login that stands in the Secret itself: helpers are programs, and none is run here. */
async function loginIn(secretName: string, { host, name }: Target, access: StoreAccess): Promise<Credential> {
  const secret = await access.secret(secretName);
  const where = `spec.oci.credentialsSecretRef: the Secret ${secretName} in the namespace ${access.namespace}`;
  const make = `kubectl create secret docker-registry ${secretName} -n ${access.namespace}`;
  if (secret === undefined) throw missing(`${where} does not exist; make it with ${make}`);
  const text = secretText(secret, KEY);
  if (text === undefined) throw missing(`${where} has no ${KEY}; make it with ${make}`);
  const login = read(text, where, { host, name });
  if (login !== undefined) return login;
  throw missing(`${where} has no login for ${host}`);
}

function read(text: string, where: string, { host, name }: Target): Credential | undefined {
  try {
    return storedCredential(parseDockerConfig(Buffer.from(text), where), host, name);
  } catch (error) {
    throw ociProblem(error);
  }
}
