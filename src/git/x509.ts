import { createHash, X509Certificate } from 'node:crypto';
import { ContentInfo, id_signedData, SignedData, type SignerIdentifier } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import type { Certificate } from '@peculiar/asn1-x509';
import { certificateFacts } from '../verify/claims.ts';
import { type Extensions, readExtensions } from '../verify/extensions.ts';
import { subjectName } from '../verify/names.ts';
import type { SignatureFacts } from './signature.ts';

const SUBJECT_KEY_ID = '2.5.29.14';

/**
 * The certificate that a CMS signature (RFC 5652) names as its signer's, as gpgsm and gitsign make them. Throws when there
 * isn't one signer, or not his certificate: then it isn't known who it says to be from.
 */
export function readX509Signature(bytes: Buffer): SignatureFacts {
  const info = AsnConvert.parse(bytes, ContentInfo);
  if (info.contentType !== id_signedData) throw new Error('no signed data');
  const data = AsnConvert.parse(info.content, SignedData);
  const [signer, ...others] = data.signerInfos;
  if (signer === undefined || others.length > 0) throw new Error('not one signer');
  const certificates = (data.certificates ?? []).flatMap(({ certificate }) => certificate ?? []);
  const der = certificates.filter((each) => isNamed(each, signer.sid)).map((each) => derOf(each, bytes));
  const [own, ...twins] = der;
  if (own === undefined || twins.some((twin) => !twin.equals(own)))
    throw new Error('not one certificate of the signer');
  const extensions = readExtensions(own);
  const name = nameOf(own, extensions);
  const { issuer } = certificateFacts(extensions);
  return {
    fingerprint: createHash('sha256').update(own).digest('hex'),
    ...(name === undefined ? {} : { signer: name }),
    ...(issuer === undefined ? {} : { issuer }),
  };
}

function isNamed(certificate: Certificate, { issuerAndSerialNumber, subjectKeyIdentifier }: SignerIdentifier): boolean {
  const { issuer, serialNumber, extensions } = certificate.tbsCertificate;
  if (issuerAndSerialNumber !== undefined) {
    const { issuer: wanted, serialNumber: number } = issuerAndSerialNumber;
    return isSame(AsnConvert.serialize(issuer), AsnConvert.serialize(wanted)) && isSame(serialNumber, number);
  }
  const id = extensions?.find(({ extnID }) => extnID === SUBJECT_KEY_ID)?.extnValue.buffer;
  // The extension's value is an octet string in itself: two bytes of DER before a short one.
  return id !== undefined && subjectKeyIdentifier !== undefined && isSame(id.slice(2), subjectKeyIdentifier.buffer);
}

/** The certificate as it stands in the signature: written anew it could be another than was read. */
function derOf(certificate: Certificate, bytes: Buffer): Buffer {
  const der = Buffer.from(AsnConvert.serialize(certificate));
  if (!bytes.includes(der)) throw new Error('a certificate that is not DER');
  return der;
}

/** The one alternative name, else the subject in one line. */
function nameOf(der: Buffer, extensions: Extensions): string | undefined {
  const name = subjectName(extensions);
  if (typeof name !== 'string') return name.value;
  const subject = new X509Certificate(der).subject?.split('\n').join(', ');
  return subject === undefined || subject === '' || /\p{Cc}/u.test(subject) ? undefined : subject;
}

const isSame = (a: ArrayBuffer, b: ArrayBuffer): boolean => Buffer.from(a).equals(Buffer.from(b));
