import { KIND } from '../api/kinds.ts';
import { type Secret, secretText } from '../api/secret.ts';
import { certificateValidity, createCertificateAuthority, type KeyPairPem } from '../pki/authority.ts';
import { issueServingCertificate } from '../pki/serving.ts';
import { type CertificateOptions, isUseless, pairOf, writeSecret } from './key-pair.ts';
import { isOurs } from './ours.ts';

const SERVING_CA = 'proviso-serving-ca';
const SERVING = 'proviso-receiver-tls';

const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 90;

/**
 * Makes sure of the receiver's serving certificate. A Secret without our label was given by somebody and is used as it is.
 * Returns the PEM that clients check the receiver against.
 */
export async function ensureServing(options: CertificateOptions): Promise<string> {
  const given = await options.client.find<Secret>(KIND.Secret, { namespace: options.namespace, name: SERVING });
  if (given !== undefined && !isOurs(given)) {
    const ca = secretText(given, 'ca.crt');
    if (ca === undefined)
      throw new Error(`the given Secret ${SERVING} has no ca.crt, so clients could not check the receiver`);
    return ca;
  }
  const ca = await ensurePair(options, SERVING_CA, () =>
    createCertificateAuthority({ commonName: 'Proviso serving', now: options.now(), days: AUTHORITY_DAYS }),
  );
  const hosts = [new URL(options.endpoint).hostname];
  const serving = () => issueServingCertificate(ca, { hosts, now: options.now(), days: SERVING_DAYS });
  // Another authority or another address makes the old certificate useless whatever its age.
  await ensurePair(options, SERVING, serving, { 'ca.crt': ca.certificate }, { [HOSTS]: hosts.join(',') });
  return ca.certificate;
}

const HOSTS = 'proviso.dev/hosts';

/** The key pair in a Secret; made if it isn't there, is ours and grows old, or lacks what else is to stand there. */
async function ensurePair(
  options: CertificateOptions,
  name: string,
  make: () => Promise<KeyPairPem>,
  extra: Readonly<Record<string, string>> = {},
  annotations: Readonly<Record<string, string>> = {},
): Promise<KeyPairPem> {
  const { client, namespace, now, log } = options;
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name });
  const found = secret === undefined ? undefined : pairOf(secret);
  if (secret !== undefined && found !== undefined) {
    const isGood =
      !isOurs(secret) ||
      (!isUseless(found, now()) &&
        Object.entries(annotations).every(([key, value]) => secret.metadata.annotations?.[key] === value) &&
        Object.entries(extra).every(([key, value]) => secretText(secret, key) === value));
    if (isGood) return found;
  }
  if (secret !== undefined && !isOurs(secret)) throw new Error(`the given Secret ${name} has no tls.crt and tls.key`);
  const made = await make();
  const texts = { 'tls.crt': made.certificate, 'tls.key': made.privateKey, ...extra };
  await writeSecret(options, name, { type: 'kubernetes.io/tls', texts, annotations }, secret);
  log.info({ secret: name, notAfter: certificateValidity(made.certificate).notAfter }, 'Certificate made');
  return made;
}
