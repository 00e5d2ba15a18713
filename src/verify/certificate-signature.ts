import type { X509Certificate } from 'node:crypto';
import { oidText, readElements, readInside, TAG } from './der.ts';

/** ECDSA with SHA-256 to 512, RSA PKCS#1 with the same, Ed25519. */
const SOUND: ReadonlySet<string> = new Set([
  '1.2.840.10045.4.3.2',
  '1.2.840.10045.4.3.3',
  '1.2.840.10045.4.3.4',
  '1.2.840.113549.1.1.11',
  '1.2.840.113549.1.1.12',
  '1.2.840.113549.1.1.13',
  '1.3.101.112',
]);
const RSA_PSS = '1.2.840.113549.1.1.10';
/** SHA-256, SHA-384 and SHA-512. */
const HASHES: ReadonlySet<string> = new Set([
  '2.16.840.1.101.3.4.2.1',
  '2.16.840.1.101.3.4.2.2',
  '2.16.840.1.101.3.4.2.3',
]);

/**
 * Why the hash under a certificate's signature doesn't count, in words; undefined when it does. OpenSSL checks a signature
 * over SHA-1 or MD5 as well, and for those somebody can make two certificates of which the authority has signed one.
 */
export function signatureFault(certificate: X509Certificate): string | undefined {
  const id = certificate.signatureAlgorithmOid ?? 'no algorithm';
  if (SOUND.has(id) || (id === RSA_PSS && HASHES.has(pssHash(certificate.raw)))) return undefined;
  return `one signed with ${certificate.signatureAlgorithm ?? id} (${id}), not over SHA-256, SHA-384 or SHA-512`;
}

/** The hash that the parameters of RSASSA-PSS name (RFC 4055); SHA-1 when they name none. */
function pssHash(der: Buffer): string {
  const SHA1 = '1.3.14.3.2.26';
  const [, algorithm] = readInside(der, TAG.sequence);
  const [, parameters] = algorithm === undefined ? [] : readElements(algorithm.content);
  const [holder] = parameters === undefined ? [] : readElements(parameters.content);
  if (holder?.tag !== 0xa0) return SHA1;
  const [oid] = readInside(holder.content, TAG.sequence);
  return oid?.tag === TAG.oid ? oidText(oid.content) : SHA1;
}
