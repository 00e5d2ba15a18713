import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import {
  outputArguments,
  type Signing,
  serviceArguments,
  signerArguments,
  verifyArguments,
  verifyEnvironment,
} from './cosign-arguments.ts';
import type { Image } from './registry.ts';
import type { Sigstore } from './sigstore.ts';
import { tool } from './tool.ts';

export type CosignVersion = 'v2' | 'v3';

/** A key pair as `cosign generate-key-pair` makes it. */
export interface CosignKey {
  /** PEM, encrypted with the password. */
  readonly privateKey: string;
  /** PEM, SPKI. */
  readonly publicKey: string;
  readonly password: string;
}

/** What is attested. */
export type Attestable =
  | {
      readonly blob: Uint8Array | string;
      readonly predicate: unknown;
      /** A URI, under which the predicate stands as it is, or a name that cosign knows. Default `custom`. */
      readonly type?: string;
    }
  /** A whole in-toto Statement as JSON, which is signed byte for byte. */
  | { readonly statement: string };

export type AttestBlob = Attestable & {
  /** With a key, or with a certificate that Fulcio gives for a token. */
  readonly signer:
    | { readonly kind: 'key'; readonly key: CosignKey }
    | { readonly kind: 'token'; readonly token: string };
  /** A token, a log and a timestamp take it. */
  readonly sigstore?: Sigstore;
  /** Where the signature is logged. Default `none`. */
  readonly log?: 'none' | 'rekor-v1' | 'rekor-v2';
  /** Whether a timestamp is asked for, which a token with Rekor v2 needs. Default false. */
  readonly timestamp?: boolean;
  /** A Sigstore bundle, or the files of cosign before there were bundles; those can't be logged to Rekor v2. */
  readonly form?: 'bundle' | 'legacy';
};

/** An image in a registry: what is signed is attached to it there, as a referrer or in the legacy form under its tag `.att`. */
export type AttestImage = Signing &
  Omit<Extract<Attestable, { readonly blob: unknown }>, 'blob'> & { readonly image: Image };

/** An image in a registry that is signed there: by a referrer, or in the legacy form under its tag `.sig`. */
export type SignImage = Signing & { readonly image: Image };

/** The files that cosign wrote, as they are. */
export interface Attested {
  /** `--bundle`: a Sigstore bundle, or in the legacy form `{base64Signature, cert, rekorBundle}`. */
  readonly bundle: string;
  /** `--output-signature`, legacy only: a DSSE envelope. */
  readonly envelope?: string;
  /** `--output-certificate`, legacy and keyless only: PEM. */
  readonly certificate?: string;
  /**
   * `--rfc3161-timestamp-bundle`, legacy only: `{SignedRFC3161Timestamp}`. cosign v2 has the whole envelope's bytes stamped;
   * v3 only the signature's, which its own verification of the legacy form then refuses.
   */
  readonly timestamp?: string;
}

export interface VerifyBlob {
  /** What must be attested: the bytes, or their hexadecimal SHA-256. */
  readonly subject: { readonly blob: Uint8Array | string } | { readonly sha256: string };
  /** What cosign wrote, a Sigstore bundle of anybody's, or a bare DSSE envelope. */
  readonly attested: Attested | { readonly bundle: string } | { readonly bundle?: never; readonly envelope: string };
  /** The predicate type that it must be of. Default `custom`. */
  readonly type?: string;
  /** A public key as PEM, or who must stand in the certificate. */
  readonly signer:
    | { readonly kind: 'key'; readonly publicKey: string }
    | { readonly kind: 'identity'; readonly subject: string; readonly issuer: string };
  readonly sigstore?: Sigstore;
  /** Whether a log entry is demanded. Default false. */
  readonly log?: boolean;
  /** Whether a timestamp is demanded. Default false. */
  readonly timestamp?: boolean;
}

export interface Cosign {
  /** ECDSA on P-256. */
  generateKeyPair(): Promise<CosignKey>;
  /**
   * The same from a private key as unencrypted PEM: RSA, ECDSA or Ed25519. cosign signs with P-384 under SHA-384, with P-521
   * under SHA-512 and with Ed25519 as Ed25519ph; its own verification with a key refuses these three, measured with both.
   */
  importKeyPair(pem: string): Promise<CosignKey>;
  attestBlob(options: AttestBlob): Promise<Attested>;
  /** `cosign attest`. */
  attestImage(options: AttestImage): Promise<void>;
  /** `cosign sign`. */
  signImage(options: SignImage): Promise<void>;
  /** `cosign verify-blob-attestation`; throws with cosign's own words when it refuses. */
  verifyBlobAttestation(options: VerifyBlob): Promise<void>;
}

/** The real cosign. Every call works in a directory of its own that is gone afterwards. */
export function cosign(version: CosignVersion): Cosign {
  const run = async (dir: string, args: readonly string[], options: RunOptions = {}): Promise<void> => {
    const env = { HOME: dir, TUF_ROOT: join(dir, 'tuf'), COSIGN_YES: 'true', ...NO_INTERNET, ...options.env };
    const { code, stdout, stderr } = await runCommand(await tool(`cosign-${version}`), args, { env, cwd: dir });
    if (code === 0) return;
    const servers = options.sigstore === undefined ? '' : `\nThe servers:\n${options.sigstore.logs()}`;
    throw new Error(`cosign ${version} ${args[0]} ended with ${code}:\n${stdout}${stderr}${servers}`);
  };
  return {
    generateKeyPair: () => inScratch((dir) => makeKey(run, dir, 'cosign', ['generate-key-pair'])),
    importKeyPair: (pem) =>
      inScratch(async (dir) => {
        await writeFile(join(dir, 'given.pem'), pem, { mode: 0o600 });
        return makeKey(run, dir, 'import-cosign', ['import-key-pair', '--key', join(dir, 'given.pem')]);
      }),
    attestBlob: (options) => inScratch((dir) => attestBlob(version, run, dir, options)),
    attestImage: (options) => inScratch((dir) => attestImage(version, run, dir, options)),
    signImage: (options) => inScratch((dir) => signImage(version, run, dir, options)),
    verifyBlobAttestation: (options) => inScratch((dir) => verifyBlob(version, run, dir, options)),
  };
}

/** A proxy that isn't there, for all addresses but loopback: what a test shows must not hang on the public Sigstore. */
const NO_INTERNET = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '' };

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly sigstore?: Sigstore | undefined;
}
type Run = (dir: string, args: readonly string[], options?: RunOptions) => Promise<void>;

async function makeKey(run: Run, dir: string, prefix: string, args: readonly string[]): Promise<CosignKey> {
  const password = crypto.randomUUID();
  await run(dir, args, { env: { COSIGN_PASSWORD: password } });
  const read = (suffix: string): Promise<string> => readFile(join(dir, `${prefix}.${suffix}`), 'utf8');
  return { privateKey: await read('key'), publicKey: await read('pub'), password };
}

async function attestBlob(version: CosignVersion, run: Run, dir: string, options: AttestBlob): Promise<Attested> {
  const { sigstore } = options;
  const file = (name: string): string => join(dir, name);
  const signer = await signerArguments(dir, options.signer);
  const services = await serviceArguments(version, dir, options);
  const args = ['attest-blob', ...signer.args, ...services, ...outputArguments(dir, options)];
  if ('statement' in options) {
    await writeFile(file('statement.json'), options.statement);
    args.push('--statement', file('statement.json'));
  } else {
    await writeFile(file('blob'), options.blob);
    await writeFile(file('predicate.json'), JSON.stringify(options.predicate));
    args.push('--predicate', file('predicate.json'), '--type', options.type ?? 'custom', file('blob'));
  }
  await run(dir, args, { env: signer.env, sigstore });
  const optional = (name: string): Promise<string | undefined> => readFile(file(name), 'utf8').catch(() => undefined);
  const [envelope, certificate, timestamp] = await Promise.all(['envelope', 'certificate', 'timestamp'].map(optional));
  return {
    bundle: await readFile(file('bundle'), 'utf8'),
    ...(envelope === undefined ? {} : { envelope }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

async function attestImage(version: CosignVersion, run: Run, dir: string, options: AttestImage): Promise<void> {
  const { image, sigstore } = options;
  const predicate = join(dir, 'predicate.json');
  await writeFile(predicate, JSON.stringify(options.predicate));
  const signer = await signerArguments(dir, options.signer);
  const services = await serviceArguments(version, dir, options);
  const content = ['--predicate', predicate, '--type', options.type ?? 'custom'];
  const args = ['attest', ...signer.args, ...services, ...content, `${image.repository}@${image.digest}`];
  await run(dir, args, { env: signer.env, sigstore });
}

async function signImage(version: CosignVersion, run: Run, dir: string, options: SignImage): Promise<void> {
  const { image, sigstore } = options;
  const signer = await signerArguments(dir, options.signer);
  const services = await serviceArguments(version, dir, options);
  const args = ['sign', ...signer.args, ...services, `${image.repository}@${image.digest}`];
  await run(dir, args, { env: signer.env, sigstore });
}

async function verifyBlob(version: CosignVersion, run: Run, dir: string, options: VerifyBlob): Promise<void> {
  const { subject, type = 'custom' } = options;
  const args = ['verify-blob-attestation', '--type', type, ...(await verifyArguments(version, dir, options))];
  if ('sha256' in subject) {
    args.push('--digest', subject.sha256, '--digestAlg', 'sha256');
  } else {
    await writeFile(join(dir, 'blob'), subject.blob);
    args.push(join(dir, 'blob'));
  }
  await run(dir, args, { env: verifyEnvironment(options) });
}

async function inScratch<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'proviso-cosign-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
