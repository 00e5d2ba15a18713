import { sign } from 'node:crypto';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { readElements, TAG } from '../../src/verify/der.ts';
import { layerOf } from './container/samples.ts';
import { bundleBy, envelopeBy, IDENTITY, p256, STATEMENT, trustIn } from './fixtures.ts';
import { authorityWith, derOf, keyOf, make, pemOf } from './hostile-certificates.ts';
import { createSigstore, type KeylessBundle, SIGNED_AT } from './sigstore.ts';

/** Documents that verify, one a line, and for whom. */
export interface Form {
  readonly documents: readonly object[];
  readonly trust: Trust;
}

const sigstore = await createSigstore();
type Root = typeof sigstore.root;
const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const pem = (der: string): string => `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
const rootCertificate = sigstore.root.certificateAuthorities[0]?.certChain.certificates[0]?.rawBytes ?? '';

const withoutLogs = sigstore.trust({}, (root: Root) => ({ ...root, tlogs: [] }));
const byReceipt = sigstore.trust({}, (root: Root) => ({ ...root, tlogs: [], timestampAuthorities: [] }));

const [both, logged, proven, stamped, bare] = await Promise.all([
  sigstore.bundle({ timestamp: true }),
  sigstore.bundle(),
  sigstore.bundle({ log: 'v2' }),
  sigstore.bundle({ log: 'none', timestamp: true }),
  sigstore.bundle({ log: 'none' }),
]);
const certificateOf = ({ verificationMaterial }: KeylessBundle): string => verificationMaterial.certificate.rawBytes;
const stampOf = ({ verificationMaterial }: KeylessBundle): string =>
  verificationMaterial.timestampVerificationData.rfc3161Timestamps[0]?.signedTimestamp ?? '';

/** As versions 0.1 and 0.2 have it: the certificate in a chain. */
function inChain(bundle: KeylessBundle, version: string): object {
  const { certificate, ...material } = bundle.verificationMaterial;
  return {
    ...bundle,
    mediaType: `application/vnd.dev.sigstore.bundle+json;version=${version}`,
    verificationMaterial: { ...material, x509CertificateChain: { certificates: [certificate] } },
  };
}

/** Cosign's form of the first entry. */
function promiseOf({ verificationMaterial }: KeylessBundle): object {
  const [entry] = verificationMaterial.tlogEntries;
  const { canonicalizedBody, integratedTime, logIndex, logId, inclusionPromise } = entry as Record<string, unknown>;
  const { keyId } = logId as { keyId: string };
  const { signedEntryTimestamp } = inclusionPromise as { signedEntryTimestamp: string };
  const logID = Buffer.from(keyId, 'base64').toString('hex');
  const Payload = {
    body: canonicalizedBody,
    integratedTime: Number(integratedTime),
    logIndex: Number(logIndex),
    logID,
  };
  return { SignedEntryTimestamp: signedEntryTimestamp, Payload };
}

/** What Witness writes: a leaf under an intermediate, and the token of a timestamp. */
async function witness(): Promise<Form> {
  const at = { now: SIGNED_AT };
  const top = await make({ name: 'CN=root', extensions: authorityWith(), ...at });
  const middle = await make({ name: 'CN=middle', by: top, extensions: authorityWith(0), ...at });
  const leaf = await make({ by: middle, ...at });
  const signature = sign('sha256', preAuthEncoding(PAYLOAD_TYPE, STATEMENT), await keyOf(leaf));
  const response = Buffer.from(await sigstore.timestampOf(signature), 'base64');
  const [, token] = readElements(readElements(response)[0]?.content ?? Buffer.alloc(0));
  const length = token?.content.length ?? 0;
  const data = Buffer.concat([
    Buffer.from([TAG.sequence, 0x82, length >> 8, length & 0xff]),
    token?.content ?? response,
  ]);
  const signed = {
    sig: base64(signature),
    certificate: base64(`${pemOf(leaf).trim()}\n`),
    intermediates: [base64(`${pemOf(middle).trim()}\n`)],
    timestamps: [{ type: 'tsp', data: base64(data) }],
  };
  const trust = sigstore.trust({}, (root: Root) => ({
    ...root,
    certificateAuthorities: root.certificateAuthorities.map((each) => ({
      ...each,
      certChain: { certificates: [{ rawBytes: base64(derOf(top)) }] },
    })),
    tlogs: [],
    ctlogs: [],
  }));
  const signers = [{ kind: 'identity', root: 'test', subject: { exact: IDENTITY }, claims: [] }] as const;
  return form(
    { ...trust, signers },
    {
      payload: base64(STATEMENT),
      payloadType: PAYLOAD_TYPE,
      signatures: [signed],
    },
  );
}

const [first, second] = [p256(), p256()];
const inBoth = {
  ...envelopeBy(first),
  signatures: [...envelopeBy(first).signatures, ...envelopeBy(second, { dsaEncoding: 'ieee-p1363' }).signatures],
};

const keyed = JSON.parse(Buffer.from(bundleBy(first)).toString()) as object;

const form = (trust: Trust, ...documents: readonly object[]): Form => ({ documents, trust });

/** Every form of a container that is known, by the name that tests give it. */
export const EVERY_FORM: Readonly<Record<string, Form>> = {
  'a bundle with a key': form(trustIn(first), keyed),
  'a bundle v0.3 with an entry of Rekor v1 and a timestamp': form(sigstore.trust(), both),
  'a bundle v0.3 with an entry of Rekor v2 and a timestamp': form(sigstore.trust(), proven),
  'a bundle v0.2 with a chain': form(sigstore.trust(), inChain(logged, '0.2')),
  'an answer of npm with a bundle v0.1': form(sigstore.trust(), {
    attestations: [{ predicateType: 'https://any', bundle: inChain(logged, '0.1') }],
  }),
  'an envelope with a key': form(trustIn(first), envelopeBy(first)),
  'an envelope with two keys, both of which must have signed': form(
    { signers: [...trustIn(first).signers, ...trustIn(second).signers], roots: {}, threshold: 2 },
    inBoth,
  ),
  'an envelope of the generator': form(byReceipt, {
    ...bare.dsseEnvelope,
    signatures: bare.dsseEnvelope.signatures.map((each) => ({ ...each, cert: pem(certificateOf(bare)) })),
  }),
  'an envelope of Witness': await witness(),
  'a layer of cosign': form(
    withoutLogs,
    layerOf(stamped.dsseEnvelope, {
      'dev.sigstore.cosign/certificate': pem(certificateOf(stamped)),
      'dev.sigstore.cosign/chain': pem(rootCertificate),
      'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: stampOf(stamped) }),
    }),
  ),
  'a layer of cosign with a promise': form(
    sigstore.trust(),
    layerOf(logged.dsseEnvelope, {
      'dev.sigstore.cosign/certificate': pem(certificateOf(logged)),
      'dev.sigstore.cosign/bundle': JSON.stringify(promiseOf(logged)),
    }),
  ),
  'a file of cosign 2': form(sigstore.trust(), {
    base64Signature: base64(JSON.stringify(logged.dsseEnvelope)),
    cert: base64(pem(certificateOf(logged))),
    rekorBundle: promiseOf(logged),
  }),
  'annotations of Chains': form(byReceipt, {
    metadata: {
      annotations: {
        'chains.tekton.dev/payload-x': bare.dsseEnvelope.payload,
        'chains.tekton.dev/signature-x': base64(JSON.stringify(bare.dsseEnvelope)),
        'chains.tekton.dev/cert-x': base64(pem(certificateOf(bare))),
        'chains.tekton.dev/chain-x': base64(pem(rootCertificate)),
      },
    },
  }),
  'JSON lines of a bundle and an envelope': form(trustIn(first), keyed, envelopeBy(first)),
};
