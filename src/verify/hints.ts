import { createHash, type KeyObject } from 'node:crypto';

/**
 * Every key id that a tool writes for this key: base64 (Sigstore) or hex SHA-256 of the SPKI, hex SHA-256 of the PEM (in-toto,
 * Witness), and the fingerprint as OpenSSH prints it (Tekton Chains). Such a hint says which key to try first, no more.
 */
export function hintsOf(key: KeyObject): ReadonlySet<string> {
  const spki = key.export({ type: 'spki', format: 'der' });
  const pem = key.export({ type: 'spki', format: 'pem' }).toString();
  const ssh = sshWire(key);
  return new Set([
    sha256(spki, 'base64'),
    `SHA256:${sha256(spki, 'base64')}`,
    sha256(spki, 'hex'),
    sha256(pem, 'hex'),
    sha256(pem.trimEnd(), 'hex'),
    ...(ssh === undefined ? [] : [`SHA256:${sha256(ssh, 'base64').replace(/=+$/, '')}`]),
  ]);
}

const sha256 = (data: Uint8Array | string, encoding: 'hex' | 'base64'): string =>
  createHash('sha256').update(data).digest(encoding);

/** The key as RFC 4253 and RFC 5656 put it on the wire; undefined for kinds that OpenSSH doesn't have. */
function sshWire(key: KeyObject): Buffer | undefined {
  // It has no PSS either, and there is no JWK of such a key.
  if (key.asymmetricKeyType === 'rsa-pss') return undefined;
  const { crv, x = '', y = '', kty, n = '', e = '' } = key.export({ format: 'jwk' });
  if (kty === 'RSA') return fields('ssh-rsa', positive(bytes(e)), positive(bytes(n)));
  if (crv === 'Ed25519') return fields('ssh-ed25519', bytes(x));
  const curve = SSH_CURVES[crv ?? ''];
  if (curve === undefined) return undefined;
  return fields(`ecdsa-sha2-${curve}`, Buffer.from(curve), Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]));
}

const SSH_CURVES: Readonly<Record<string, string>> = { 'P-256': 'nistp256', 'P-384': 'nistp384', 'P-521': 'nistp521' };

const bytes = (base64url: string): Buffer => Buffer.from(base64url, 'base64url');

/** An integer whose first bit would be its sign. */
const positive = (value: Buffer): Buffer =>
  (value[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value;

const fields = (name: string, ...values: readonly Buffer[]): Buffer =>
  Buffer.concat(
    [Buffer.from(name), ...values].flatMap((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(value.length);
      return [length, value];
    }),
  );
