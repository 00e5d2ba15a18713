import type { Trust, TrustedIdentity, TrustedKey } from '../api/trust.ts';
import { proveCertificate } from './certificate.ts';
import type { EnvelopeSignature, SignedContent } from './container/content.ts';
import { hintsOf } from './hints.ts';
import { identityFault } from './identity.ts';
import { countsAt, readPublicKey } from './keys.ts';
import { isSignedBy } from './signature.ts';
import type { Refusal, Signer } from './verdict.ts';

export type SignersReading =
  | { readonly ok: true; readonly signers: readonly [Signer, ...Signer[]] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Which trusted signers have signed, up to the threshold; else why the signatures don't suffice. */
export function findSigners(content: SignedContent, data: Buffer, trust: Trust, now: Date): SignersReading {
  const threshold = Math.max(1, trust.threshold ?? 1);
  const refusals: Refusal[] = [];
  // By what makes two signers the same one, so that nobody counts twice.
  const found = new Map<string, Signer>();
  for (const outcome of outcomes(content, data, trust, now)) {
    if ('kind' in outcome) found.set(idOf(outcome), outcome);
    else refusals.push(outcome);
    const [first, ...others] = found.values();
    if (found.size >= threshold && first !== undefined) return { ok: true, signers: [first, ...others] };
  }
  if (found.size === 0) return { ok: false, refusals };
  return { ok: false, refusals: [tooFew(threshold, [...found.keys()]), ...refusals] };
}

const idOf = (signer: Signer): string =>
  signer.kind === 'key' ? signer.fingerprint : `${signer.identity} (${signer.issuer ?? 'no issuer'})`;

const tooFew = (threshold: number, found: readonly string[]): Refusal => ({
  code: 'signers-missing',
  step: 'signer',
  expected: `${threshold} different signers that the contract trusts`,
  found: `${found.length}: ${found.join(', ')}`.slice(0, 500),
});

/** Signers and refusals as they are found, keys first since they cost least. */
function* outcomes(content: SignedContent, data: Buffer, trust: Trust, now: Date): Generator<Signer | Refusal> {
  const keys = trust.signers.filter((each): each is TrustedKey => each.kind === 'key');
  if (keys.length > 0) yield* byKeys(content, data, keys, now);
  const identities = trust.signers.filter((each): each is TrustedIdentity => each.kind === 'identity');
  if (identities.length > 0) yield* byIdentities(content, data, { ...trust, signers: identities }, now);
}

function* byKeys(
  { signatures }: SignedContent,
  data: Buffer,
  keys: readonly TrustedKey[],
  now: Date,
): Generator<Signer | Refusal> {
  const names = keys.map(({ fingerprint }) => fingerprint).join(', ');
  let isFound = false;
  for (const trusted of keys) {
    const reading = readPublicKey(trusted.publicKey);
    if (!reading.ok || !isAnySignedBy(reading.key, data, signatures)) continue;
    isFound = true;
    yield countsAt(trusted, now) ? { kind: 'key', fingerprint: reading.fingerprint } : outOfTime(trusted, now);
  }
  if (isFound) return;
  const found = `${signatures.length === 1 ? 'a signature' : `${signatures.length} signatures`} that no such key made over these bytes`;
  yield { code: 'signature-invalid', step: 'signature', expected: `a signature by the key ${names}`, found };
}

/** The signature whose key id names the key comes first: it is the likely one. */
function isAnySignedBy(key: Parameters<typeof isSignedBy>[0], data: Buffer, signatures: readonly EnvelopeSignature[]) {
  if (signatures.length === 1) return signatures.some(({ bytes }) => isSignedBy(key, data, bytes));
  const hints = hintsOf(key);
  const likely = signatures.toSorted((a, b) => Number(hints.has(b.keyid)) - Number(hints.has(a.keyid)));
  return likely.some(({ bytes }) => isSignedBy(key, data, bytes));
}

const outOfTime = ({ fingerprint, validFrom = 'ever', validUntil = 'ever' }: TrustedKey, now: Date): Refusal => ({
  code: 'signer-not-allowed',
  step: 'signer',
  expected: `a key that counts at ${now.toISOString()}`,
  found: `${fingerprint}, which counts from ${validFrom} until ${validUntil}`,
});

interface IdentityTrust extends Trust {
  readonly signers: readonly TrustedIdentity[];
}

function* byIdentities(
  content: SignedContent,
  data: Buffer,
  trust: IdentityTrust,
  now: Date,
): Generator<Signer | Refusal> {
  for (const [index, signature] of content.signatures.entries()) {
    const at = content.signatures.length === 1 ? {} : { at: `signature ${index}` };
    for (const root of new Set(trust.signers.map((each) => each.root))) {
      const document = trust.roots[root];
      if (document === undefined) {
        yield { code: 'signer-not-allowed', step: 'signer', expected: `the trusted root '${root}'`, found: 'none' };
        continue;
      }
      const reading = prove(content, signature, data, document, now);
      if (!reading.ok) {
        yield { ...reading.refusal, ...at };
        continue;
      }
      const faults = trust.signers
        .filter((each) => each.root === root)
        .map((each) => identityFault(reading.signer, each));
      if (faults.includes(undefined)) yield reading.signer;
      else
        for (const fault of faults) {
          if (fault !== undefined) yield { code: 'signer-not-allowed', step: 'signer', ...fault, ...at };
        }
    }
  }
}

/** Libraries throw on what they can't read: that is a signature that doesn't count, and no other one's fault. */
function prove(...given: Parameters<typeof proveCertificate>): ReturnType<typeof proveCertificate> {
  try {
    return proveCertificate(...given);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const expected = 'a certificate and proofs of its use that can be read';
    return { ok: false, refusal: { code: 'certificate-invalid', step: 'certificate', expected, found } };
  }
}
