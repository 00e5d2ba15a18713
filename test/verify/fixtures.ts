import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Trust } from '../../src/api/trust.ts';
import { sigstoreBundle } from '../../src/attestation/bundle.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE, PREDICATE_TYPE, STATEMENT_TYPE } from '../../src/attestation/statement.ts';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { createCertificateAuthority, openAuthority } from '../../src/pki/authority.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { issueSigningCertificate } from '../../src/pki/signing.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';
import { rootOfAuthorities } from '../../src/verify/root-document.ts';

export const NOW = new Date('2026-05-05T12:00:00Z');
export const IDENTITY = 'https://kubernetes.io/namespaces/shop/serviceaccounts/proviso-build';

/** A statement that is fine as such. */
export const STATEMENT = Buffer.from(
  JSON.stringify({
    _type: STATEMENT_TYPE,
    subject: [{ name: 'a', digest: { sha256: '0'.repeat(64) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {},
  }),
);

export interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const p256 = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' });

export const trustIn = ({ publicKey }: Keys): Trust => ({
  signers: [
    {
      kind: 'key',
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      fingerprint: fingerprintOf(publicKey),
    },
  ],
  roots: {},
});

/** Whoever holds a certificate of these authorities (PEM) for the identity; no logs, no timestamps. */
export const trustInAuthority = (certificates: readonly string[], identity = IDENTITY): Trust => ({
  signers: [{ kind: 'identity', root: 'cluster', subject: { exact: identity }, claims: [] }],
  roots: { cluster: rootOfAuthorities(certificates) },
});

export interface SignOptions {
  readonly payload?: Uint8Array;
  readonly signed?: Uint8Array;
  readonly dsaEncoding?: 'der' | 'ieee-p1363';
}

/** A bare DSSE envelope; `signed` is what the signature is over, if that isn't the payload. */
export function envelopeBy({ privateKey }: Keys, options: SignOptions = {}) {
  const payload = options.payload ?? STATEMENT;
  const data = preAuthEncoding(PAYLOAD_TYPE, options.signed ?? payload);
  const hash = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const { dsaEncoding = 'der' } = options;
  return dsseEnvelope(payload, sign(hash, data, { key: privateKey, dsaEncoding }));
}

export const bytesOf = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));

export const bundleBy = (keys: Keys, options: SignOptions = {}): Uint8Array =>
  sigstoreBundle(envelopeBy(keys, options), { kind: 'key', hint: 'any' });

/** An authority and what it signs. */
export async function createAuthority(commonName = 'Test signing') {
  const pair = await createCertificateAuthority({ commonName, now: NOW, days: 365 });
  const issuer = await openAuthority(pair);
  return {
    pair,
    trust: trustInAuthority([pair.certificate]),
    /** A bundle with a certificate for the identity, issued at `at`. */
    async bundle(identity = IDENTITY, at = NOW): Promise<Uint8Array> {
      const { key, csr } = await createSigningRequest();
      const options = { identity, issuerUrl: 'https://kubernetes.default.svc', now: at, minutes: 10 };
      return signWithCertificate(key, await issueSigningCertificate(issuer, csr, options), STATEMENT);
    },
  };
}
