import { isIP } from 'node:net';
import { DAY_MS, type KeyPairPem, openAuthority, randomSerial, validity } from './authority.ts';
import { crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from './crypto.ts';

export interface ServingOptions {
  /** DNS names and IP addresses that clients connect to; at least one. */
  readonly hosts: readonly string[];
  readonly now: Date;
  readonly days: number;
}

/** A TLS server certificate for the hosts, signed by the authority. */
export async function issueServingCertificate(authority: KeyPairPem, options: ServingOptions): Promise<KeyPairPem> {
  const issuer = await openAuthority(authority);
  const keys = await generateKeys();
  const names = options.hosts.map((host) => ({
    type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const),
    value: host,
  }));
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: 'CN=proviso-receiver',
      issuer: issuer.certificate.subject,
      ...validity(options.now, options.days * DAY_MS),
      signingAlgorithm: ECDSA_P256,
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate, false, crypto),
      ],
    },
    crypto,
  );
  return { certificate: certificate.toString('pem'), privateKey: await exportPrivateKey(keys.privateKey) };
}
