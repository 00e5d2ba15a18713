import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttestBlob, CosignVersion, VerifyBlob } from './cosign.ts';
import type { Sigstore } from './sigstore.ts';
import { EMPTY_ROOT } from './trusted-root.ts';

/** Which services a signature is made with, whatever it is of. */
export type Signing = Pick<AttestBlob, 'signer' | 'sigstore' | 'log' | 'timestamp' | 'form'>;

/** What tells `attest` and `attest-blob` which services to use; files that it names are in `dir`. */
export async function serviceArguments(
  version: CosignVersion,
  dir: string,
  options: Signing,
): Promise<readonly string[]> {
  return options.form === 'legacy' ? legacyArguments(version, options) : bundleArguments(version, dir, options);
}

async function bundleArguments(version: CosignVersion, dir: string, options: Signing): Promise<readonly string[]> {
  const { sigstore, log = 'none', timestamp = false, signer } = options;
  if (log === 'none' && !timestamp && signer.kind === 'key') {
    // A bundle of nothing but a signature. cosign v3 would ask the public TUF mirror for services otherwise.
    const noServices = version === 'v3' ? ['--use-signing-config=false'] : [];
    return ['--new-bundle-format', '--tlog-upload=false', ...noServices];
  }
  const { files } = needed(sigstore);
  const config = join(dir, 'signing_config.json');
  await writeFile(config, signingConfig(needed(sigstore), log, timestamp));
  return ['--new-bundle-format', '--signing-config', config, '--trusted-root', files.trustedRoot];
}

function legacyArguments(version: CosignVersion, options: Signing): readonly string[] {
  const { sigstore, log = 'none', timestamp = false, signer } = options;
  if (log === 'rekor-v2') throw new Error('the legacy form knows no Rekor v2');
  const args = ['--new-bundle-format=false'];
  if (version === 'v3') args.push('--use-signing-config=false');
  if (log === 'none') args.push('--tlog-upload=false');
  else args.push('--rekor-url', needed(sigstore).urls.rekorV1);
  if (timestamp) args.push('--timestamp-server-url', needed(sigstore).urls.timestamps);
  if (signer.kind === 'token') {
    const { urls, files, issuers } = needed(sigstore);
    args.push('--fulcio-url', urls.fulcio, '--oidc-issuer', issuers.email, '--trusted-root', files.trustedRoot);
  }
  return args;
}

/** The files that `attest-blob` writes into `dir`. */
export function outputArguments(dir: string, { form, signer, timestamp = false }: Signing): readonly string[] {
  const args = ['--bundle', join(dir, 'bundle')];
  if (form !== 'legacy') return args;
  args.push('--output-signature', join(dir, 'envelope'));
  if (signer.kind === 'token') args.push('--output-certificate', join(dir, 'certificate'));
  if (timestamp) args.push('--rfc3161-timestamp-bundle', join(dir, 'timestamp'));
  return args;
}

/** Who signs; the key lies in `dir` afterwards, its password in the environment. */
export async function signerArguments(
  dir: string,
  signer: Signing['signer'],
): Promise<{ readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }> {
  if (signer.kind === 'token') return { args: ['--identity-token', signer.token], env: {} };
  const file = join(dir, 'key.pem');
  await writeFile(file, signer.key.privateKey, { mode: 0o600 });
  return { args: ['--key', file], env: { COSIGN_PASSWORD: signer.key.password } };
}

/** What tells `verify-blob-attestation` whom to trust and what to demand. */
export async function verifyArguments(
  version: CosignVersion,
  dir: string,
  options: VerifyBlob,
): Promise<readonly string[]> {
  const { signer, attested, sigstore, log = false, timestamp = false } = options;
  const write = async (name: string, text: string): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const args: string[] = [];
  if (signer.kind === 'key') args.push('--key', await write('key.pub', signer.publicKey));
  else args.push('--certificate-identity', signer.subject, '--certificate-oidc-issuer', signer.issuer);
  if (!log) args.push('--insecure-ignore-tlog');
  if (attested.bundle === undefined) return [...args, '--signature', await write('envelope', attested.envelope)];
  args.push('--bundle', await write('bundle', attested.bundle));
  if (isBundle(attested.bundle)) {
    args.push('--trusted-root', await write('root.json', sigstore?.trustedRoot ?? EMPTY_ROOT));
    // cosign v2 takes the new format only when it is told so.
    if (version === 'v2') args.push('--new-bundle-format');
    if (timestamp) args.push('--use-signed-timestamps');
    return args;
  }
  if (log) args.push('--offline');
  if (timestamp) {
    const stamp = 'timestamp' in attested ? (attested.timestamp ?? '') : '';
    args.push('--timestamp-certificate-chain', needed(sigstore).files.timestampChain);
    args.push('--rfc3161-timestamp', await write('timestamp', stamp));
  }
  if (signer.kind === 'identity') args.push('--ca-roots', needed(sigstore).files.fulcioChain);
  return args;
}

/** Keys that the legacy form takes from nowhere else. With one of them given, cosign doesn't ask the public TUF mirror. */
export function verifyEnvironment({ attested, sigstore }: VerifyBlob): Readonly<Record<string, string>> {
  if (attested.bundle !== undefined && isBundle(attested.bundle)) return {};
  if (sigstore === undefined) return { SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: '/dev/null' };
  const { certificateLogKey, rekorV1Key } = sigstore.files;
  return { SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: certificateLogKey, SIGSTORE_REKOR_PUBLIC_KEY: rekorV1Key };
}

/** A signing config v0.2 with the services that are to be used. */
export function signingConfig({ urls, issuers }: Sigstore, log: AttestBlob['log'], timestamp: boolean): string {
  const service = (url: string, majorApiVersion = 1): unknown => ({
    url,
    majorApiVersion,
    validFor: { start: '2020-01-01T00:00:00Z' },
    operator: 'proviso.test',
  });
  const logs = { none: [], 'rekor-v1': [service(urls.rekorV1)], 'rekor-v2': [service(urls.rekorV2, 2)] };
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [service(urls.fulcio)],
    oidcUrls: [service(issuers.email)],
    rekorTlogUrls: logs[log ?? 'none'],
    rekorTlogConfig: { selector: 'ANY' },
    tsaUrls: timestamp ? [service(urls.timestamps)] : [],
    tsaConfig: { selector: 'ANY' },
  });
}

const isBundle = (json: string): boolean => 'mediaType' in (JSON.parse(json) as object);

function needed(sigstore: Sigstore | undefined): Sigstore {
  if (sigstore === undefined) throw new Error('a token, a log and a timestamp take a sigstore');
  return sigstore;
}
