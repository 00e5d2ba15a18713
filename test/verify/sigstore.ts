import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock';
import { TransparencyLogEntry } from '@sigstore/protobuf-specs';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { Trust, TrustedIdentity, TrustThresholds } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { rootDocument } from '../../src/verify/root-document.ts';
import { STATEMENT } from './fixtures.ts';

export const ISSUER = 'https://token.actions.githubusercontent.com';
export const WORKFLOW = 'https://github.com/o/r/.github/workflows/rel.yml@refs/heads/main';
/** When everything is signed; the certificates that the mock makes for its own authorities are of the real now. */
export const SIGNED_AT = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
/**
 * The same for what is handed in to a receiver, which lives in the real now and starts later than this. Not the second that is
 * running: the authorities may get their certificates in the next one, and would have signed before they were valid.
 */
export const SIGNED_SOON = new Date(Math.floor(Date.now() / 1000) * 1000 + 2_000);
export const MINUTE = 60_000;

const OID = { issuer: '1.3.6.1.4.1.57264.1.8', repository: '1.3.6.1.4.1.57264.1.12', ref: '1.3.6.1.4.1.57264.1.14' };
const SHA256_OID = '2.16.840.1.101.3.4.2.1';

export interface Signing {
  readonly subject?: string;
  readonly issuer?: string;
  readonly repository?: string;
  readonly payload?: Uint8Array;
  /** What the signature is over, if not the payload. */
  readonly signed?: Uint8Array;
  /** Proofs that go into the bundle. */
  readonly log?: 'v1' | 'v2' | 'none';
  readonly timestamp?: boolean;
  /** Rekor v1: what kind of entry. */
  readonly entry?: 'dsse' | 'hashedrekord' | 'intoto';
  /** Rekor v1: what is logged in place of the entry that belongs to the signature. */
  readonly logged?: (entry: LogBody) => object;
}

/** An entry as it is proposed to a log. */
export interface LogBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** A bundle as an object that a test may change before it hands it in. */
export interface KeylessBundle {
  mediaType: string;
  verificationMaterial: {
    certificate: { rawBytes: string };
    tlogEntries: Record<string, unknown>[];
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] };
}

const ecKeys = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve });
const base64 = (bytes: ArrayBufferView | Buffer): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/**
 * A whole private Sigstore: authority, certificate log, transparency log, timestamp authority. `clock` is when it signs, and
 * `logClock` when it logs.
 */
export async function createSigstore(clock = SIGNED_AT, logClock = clock) {
  const [caKeys, ctKeys, logKeys, tsaKeys] = [ecKeys(), ecKeys(), ecKeys(), ecKeys()];
  const ctlog = await initializeCTLog(ctKeys, clock);
  const ca = await initializeCA(caKeys, ctlog, clock);
  const tlog = await initializeTLog('https://rekor.example.com', logKeys, logClock);
  const tsa = await initializeTSA(tsaKeys, clock);
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const log = (keys: { publicKey: KeyObject }, baseUrl: string) => {
    const der = keys.publicKey.export({ type: 'spki', format: 'der' });
    const keyId = createHash('sha256').update(der).digest('base64');
    const publicKey = { rawBytes: der.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor };
    return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId } };
  };
  const authority = (...certificates: ArrayBufferView[]) => ({
    subject: { organization: 'test', commonName: 'test' },
    uri: 'https://ca.example.com',
    certChain: { certificates: certificates.map((each) => ({ rawBytes: base64(each) })) },
    validFor,
  });
  const root = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    certificateAuthorities: [authority(ca.rootCertificate)],
    ctlogs: [log(ctKeys, 'https://ct.example.com')],
    tlogs: [log(logKeys, 'https://rekor.example.com')],
    timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
  };

  async function timestampOf(signature: Buffer): Promise<string> {
    const artifactHash = createHash('sha256').update(signature).digest();
    const request = { artifactHash, hashAlgorithmOID: SHA256_OID, nonce: 1, policyOID: '1.2.3.4' };
    return base64(await tsa.timestamp({ ...request, certReq: true }));
  }

  async function bundle(signing: Signing = {}): Promise<KeylessBundle> {
    const { subject = WORKFLOW, issuer = ISSUER, repository = 'https://github.com/o/r' } = signing;
    const { publicKey, privateKey } = ecKeys();
    const payload = Buffer.from(signing.payload ?? STATEMENT);
    const data = preAuthEncoding(PAYLOAD_TYPE, signing.signed ?? payload);
    const signature = sign('sha256', data, privateKey);
    const certificate = await ca.issueCertificate({
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      subjectAltName: subject,
      extensions: [
        { oid: OID.issuer, value: issuer },
        { oid: OID.repository, value: repository },
        { oid: OID.ref, value: 'refs/heads/main' },
      ],
    });
    const made = { payload, data, signature, certificate: base64(certificate) };
    const { log: logged = 'v1' } = signing;
    const tlogEntries =
      logged === 'none' ? [] : [logged === 'v1' ? await entryV1(tlog, made, signing) : await entryV2(tlog, made)];
    const withTime = signing.timestamp ?? logged === 'v2';
    return {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: made.certificate },
        tlogEntries,
        timestampVerificationData: {
          rfc3161Timestamps: withTime ? [{ signedTimestamp: await timestampOf(signature) }] : [],
        },
      },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: PAYLOAD_TYPE,
        signatures: [{ sig: signature.toString('base64') }],
      },
    };
  }

  /** Trusts exactly this identity of this Sigstore; `change` alters the root first. */
  function trust(
    identity: Partial<TrustedIdentity> = {},
    change: (document: typeof root) => object = (same) => same,
    thresholds?: TrustThresholds,
  ): Trust {
    const json = JSON.stringify(change(root));
    return {
      signers: [
        { kind: 'identity', root: 'test', issuer: ISSUER, subject: { exact: WORKFLOW }, claims: [], ...identity },
      ],
      roots: { test: rootDocument(json, thresholds) },
    };
  }

  return { bundle, trust, root, timestampOf, logKey: logKeys.privateKey, stampKeys: tsaKeys };
}

interface Made {
  readonly payload: Buffer;
  readonly data: Buffer;
  readonly signature: Buffer;
  /** DER in base64. */
  readonly certificate: string;
}

/** What Rekor v1 answers; the package with its types doesn't come along. */
interface LoggedEntry {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly logIndex: number;
      readonly treeSize: number;
      readonly rootHash: string;
      readonly checkpoint: string;
    };
  };
}

type TLog = Awaited<ReturnType<typeof initializeTLog>>;

const pemOf = (der: string): string => `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;

async function entryV1(
  tlog: TLog,
  made: Made,
  { entry: kind = 'dsse', logged = (same) => same }: Signing,
): Promise<Record<string, unknown>> {
  const body = logged(PROPOSED[kind](made));
  const [entry] = Object.values((await tlog.log(body)) as Readonly<Record<string, LoggedEntry>>);
  const { inclusionProof, signedEntryTimestamp } = entry?.verification ?? {};
  return {
    logIndex: String(entry?.logIndex),
    logId: { keyId: Buffer.from(entry?.logID ?? '', 'hex').toString('base64') },
    kindVersion: { kind, version: PROPOSED[kind](made).apiVersion },
    integratedTime: String(entry?.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(inclusionProof?.logIndex),
      rootHash: Buffer.from(inclusionProof?.rootHash ?? '', 'hex').toString('base64'),
      treeSize: String(inclusionProof?.treeSize),
      hashes: [],
      checkpoint: { envelope: inclusionProof?.checkpoint },
    },
    canonicalizedBody: entry?.body,
  };
}

const once = (text: string | Buffer): string => Buffer.from(text).toString('base64');

/** Entries as the kinds of Rekor v1 store them. */
const PROPOSED: Readonly<Record<NonNullable<Signing['entry']>, (made: Made) => LogBody>> = {
  dsse: ({ payload, signature, certificate }) => ({
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: { algorithm: 'sha256', value: sha256Hex('any') },
      payloadHash: { algorithm: 'sha256', value: sha256Hex(payload) },
      signatures: [{ signature: signature.toString('base64'), verifier: once(pemOf(certificate)) }],
    },
  }),
  hashedrekord: ({ data, signature, certificate }) => ({
    apiVersion: '0.0.1',
    kind: 'hashedrekord',
    spec: {
      data: { hash: { algorithm: 'sha256', value: sha256Hex(data) } },
      signature: { content: signature.toString('base64'), publicKey: { content: once(pemOf(certificate)) } },
    },
  }),
  intoto: ({ payload, signature, certificate }) => ({
    apiVersion: '0.0.2',
    kind: 'intoto',
    spec: {
      content: {
        envelope: {
          payloadType: PAYLOAD_TYPE,
          signatures: [{ sig: once(signature.toString('base64')), publicKey: once(pemOf(certificate)) }],
        },
        hash: { algorithm: 'sha256', value: sha256Hex('any') },
        payloadHash: { algorithm: 'sha256', value: sha256Hex(payload) },
      },
    },
  }),
};

/** As Rekor v2 logs an envelope: a hashedrekord over its encoding, without a promise and without a time. */
async function entryV2(tlog: TLog, { data, signature, certificate }: Made): Promise<Record<string, unknown>> {
  const entry = {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: {
      hashedRekordV002: {
        data: { algorithm: 'SHA2_256', digest: createHash('sha256').update(data).digest('base64') },
        signature: {
          content: signature.toString('base64'),
          verifier: { keyDetails: 'PKIX_ECDSA_P256_SHA_256', x509Certificate: { rawBytes: certificate } },
        },
      },
    },
  };
  const logged = await tlog.logV2(entry as never);
  const { inclusionProof, ...rest } = TransparencyLogEntry.toJSON(logged) as Record<string, object>;
  const [, , rootHash] = logged.inclusionProof?.checkpoint?.envelope.split('\n') ?? [];
  return {
    ...rest,
    // The mock has a tree of one entry, and names another index and root; a real log of this version states no time.
    integratedTime: '0',
    kindVersion: { kind: entry.kind, version: entry.apiVersion },
    inclusionProof: { ...inclusionProof, logIndex: '0', rootHash },
  };
}
