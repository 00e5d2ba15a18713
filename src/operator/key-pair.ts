import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { KIND } from '../api/kinds.ts';
import { LABEL_MANAGED_BY, MANAGED_BY } from '../api/labels.ts';
import { type Secret, secretData, secretText } from '../api/secret.ts';
import { OPERATOR_MANAGER } from '../kube/apply.ts';
import type { KubeClient } from '../kube/client.ts';
import { certificateValidity, type KeyPairPem } from '../pki/authority.ts';
import type { Logger } from '../telemetry/log.ts';

/** What certificates are made with. */
export interface CertificateOptions {
  readonly client: KubeClient;
  readonly log: Logger;
  readonly namespace: string;
  /** Where pipelines find the receiver. */
  readonly endpoint: string;
  readonly now: () => Date;
}

/** A certificate is replaced once this share of its life is over. */
const RENEW_AT = 2 / 3;

/** The pair under two keys of a Secret; absent unless both are there. */
export function pairOf(secret: Secret, name = 'tls'): KeyPairPem | undefined {
  const certificate = secretText(secret, `${name}.crt`);
  const privateKey = secretText(secret, `${name}.key`);
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
}

/** Whether it has to be replaced: most of its time is over, or it is no certificate with that key any more. */
export function isUseless({ certificate, privateKey }: KeyPairPem, now: Date): boolean {
  if (!isPair(certificate, privateKey)) return true;
  const { notBefore, notAfter } = certificateValidity(certificate);
  const age = now.getTime() - notBefore.getTime();
  return age > (notAfter.getTime() - notBefore.getTime()) * RENEW_AT;
}

export function isPair(certificate: string, privateKey: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

/** What one of our Secrets holds. */
export interface SecretContent {
  readonly type: 'kubernetes.io/tls' | 'Opaque';
  readonly texts: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Writes one of our Secrets, unless `found` holds just that. Returns whether it wrote. */
export async function writeSecret(
  { client, namespace }: Pick<CertificateOptions, 'client' | 'namespace'>,
  name: string,
  { type, texts, annotations = {} }: SecretContent,
  found?: Secret,
): Promise<boolean> {
  const data = secretData(texts);
  const stated = found?.metadata.annotations ?? {};
  const isStated = Object.entries(annotations).every(([key, value]) => stated[key] === value);
  if (found !== undefined && isStated && isDeepStrictEqual(found.data ?? {}, data)) return false;
  const object = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { [LABEL_MANAGED_BY]: MANAGED_BY }, annotations },
    // A Secret can't change its type, and holds ours under any.
    type: found?.type ?? type,
    data,
  };
  await client.apply(KIND.Secret, object, { fieldManager: OPERATOR_MANAGER, force: true });
  return true;
}
