import { formatOf, type SignatureFormat, unarmor } from './armor.ts';
import type { SignatureIn } from './commit.ts';
import { readPgpSignature } from './pgp.ts';
import { readSshSignature } from './ssh.ts';
import { readX509Signature } from './x509.ts';

/** Whose a signature says it is. Whose key that is nobody has checked: that takes somebody who trusts it. */
export interface SignatureFacts {
  /** PGP: 40 or 64 hex digits. SSH: `SHA256:` and base64, as ssh-keygen prints it. X509: SHA-256 of the certificate, hex. */
  readonly fingerprint?: string;
  /** SSH, which has the key in the signature: whether this key made it over this commit. Absent: that isn't known. */
  readonly keyProven?: boolean;
  /** PGP: 16 hex digits. */
  readonly keyId?: string;
  /** PGP: the user id, where the signature has one. X509: the alternative name of the certificate, else its subject. */
  readonly signer?: string;
  /** X509: who vouched for the signer when Fulcio issued the certificate. */
  readonly issuer?: string;
}

export interface CommitSignature extends SignatureFacts {
  readonly format: SignatureFormat;
}

const READERS = { PGP: readPgpSignature, SSH: readSshSignature, X509: readX509Signature };

/**
 * What an armored signature of a commit says of its key, without starting any program. Of one that can't be read, or that
 * contradicts itself, only the format is known.
 */
export function describeSignature({ armored, signed }: SignatureIn): CommitSignature {
  const format = formatOf(armored);
  const bytes = unarmor(armored);
  if (format === 'UNKNOWN' || bytes === undefined) return { format };
  try {
    return { format, ...READERS[format](bytes, signed) };
  } catch {
    return { format };
  }
}
