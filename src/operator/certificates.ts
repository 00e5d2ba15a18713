import { createPrivateKey, X509Certificate } from 'node:crypto';
import { KIND } from '../api/kinds.ts';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import type { KubeObject } from '../api/object.ts';
import { type Secret, secretData, secretText } from '../api/secret.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import { certificateValidity, createCertificateAuthority, type KeyPairPem } from '../pki/authority.ts';
import { issueServingCertificate } from '../pki/serving.ts';
import type { Logger } from '../telemetry/log.ts';

const SERVING_CA = 'proviso-serving-ca';
const SERVING = 'proviso-receiver-tls';
const SIGNING_CA = 'proviso-signing-ca';
const TRUST = 'proviso-trust';

const AUTHORITY_DAYS = 3650;
const SERVING_DAYS = 90;
/** A certificate is replaced once this share of its life is over. */
const RENEW_AT = 2 / 3;

export interface CertificateOptions {
  readonly client: KubeClient;
  readonly log: Logger;
  readonly namespace: string;
  /** Names and addresses that the receiver is reached by. */
  readonly hosts: readonly string[];
  readonly now: () => Date;
}

/**
 * Makes sure of the receiver's serving certificate, of the authority for signing certificates, and of the ConfigMap that
 * publishes both authorities. A Secret without our label was given by somebody and is used as it is. Returns the PEM that
 * clients check the receiver against.
 */
export async function ensureCertificates(options: CertificateOptions): Promise<string> {
  const servingCa = await ensureServing(options);
  const signing = await ensurePair(options, SIGNING_CA, () => authority(options, 'Proviso signing'));
  await publish(options, { 'ca.crt': servingCa, 'signing-ca.crt': signing.certificate });
  return servingCa;
}

async function ensureServing(options: CertificateOptions): Promise<string> {
  const given = await options.client.find<Secret>(KIND.Secret, { namespace: options.namespace, name: SERVING });
  if (given !== undefined && !isOurs(given)) {
    const ca = secretText(given, 'ca.crt');
    if (ca === undefined)
      throw new Error(`the given Secret ${SERVING} has no ca.crt, so clients could not check the receiver`);
    return ca;
  }
  const ca = await ensurePair(options, SERVING_CA, () => authority(options, 'Proviso serving'));
  const extra = { 'ca.crt': ca.certificate };
  const serving = () => issueServingCertificate(ca, { hosts: options.hosts, now: options.now(), days: SERVING_DAYS });
  // Another authority or another address makes the old certificate useless whatever its age.
  const wanted = options.hosts.join(',');
  await ensurePair(options, SERVING, serving, extra, wanted);
  return ca.certificate;
}

const authority = ({ now }: CertificateOptions, commonName: string): Promise<KeyPairPem> =>
  createCertificateAuthority({ commonName, now: now(), days: AUTHORITY_DAYS });

const HOSTS = 'proviso.dev/hosts';

/** The key pair in a Secret; made if it isn't there, is ours and grows old, or is for others than `hosts`. */
async function ensurePair(
  options: CertificateOptions,
  name: string,
  make: () => Promise<KeyPairPem>,
  extra: Readonly<Record<string, string>> = {},
  hosts = '',
): Promise<KeyPairPem> {
  const { client, namespace, now, log } = options;
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name });
  const found = secret === undefined ? undefined : pairOf(secret);
  if (secret !== undefined && found !== undefined) {
    const isGood =
      !isOurs(secret) ||
      (!isUseless(found, now()) &&
        (secret.metadata.annotations?.[HOSTS] ?? '') === hosts &&
        Object.entries(extra).every(([key, value]) => secretText(secret, key) === value));
    if (isGood) return found;
  }
  if (secret !== undefined && !isOurs(secret)) throw new Error(`the given Secret ${name} has no tls.crt and tls.key`);
  const made = await make();
  const data = { 'tls.crt': made.certificate, 'tls.key': made.privateKey, ...extra };
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: { [LABEL_MANAGED_BY]: MANAGED_BY },
      ...(hosts === '' ? {} : { annotations: { [HOSTS]: hosts } }),
    },
    type: 'kubernetes.io/tls',
    data: secretData(data),
  };
  await client.apply(KIND.Secret, object, { fieldManager: OPERATOR_MANAGER, force: true });
  log.info({ secret: name, notAfter: certificateValidity(made.certificate).notAfter }, 'Certificate made');
  return made;
}

const isOurs = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL_MANAGED_BY] === MANAGED_BY;

function pairOf(secret: Secret): KeyPairPem | undefined {
  const certificate = secretText(secret, 'tls.crt');
  const privateKey = secretText(secret, 'tls.key');
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
}

/** Whether it has to be replaced: it is past its time, or is no certificate with that key any more. */
function isUseless({ certificate, privateKey }: KeyPairPem, now: Date): boolean {
  if (!isPair(certificate, privateKey)) return true;
  const { notBefore, notAfter } = certificateValidity(certificate);
  const age = now.getTime() - notBefore.getTime();
  return age > (notAfter.getTime() - notBefore.getTime()) * RENEW_AT;
}

function isPair(certificate: string, privateKey: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

async function publish(
  { client, namespace }: CertificateOptions,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const metadata = { name: TRUST, namespace, labels: { [LABEL_MANAGED_BY]: MANAGED_BY } };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  await client.apply(KIND.ConfigMap, object, { fieldManager: OPERATOR_MANAGER, force: true });
}
