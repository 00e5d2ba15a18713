import type { KeyObject } from 'node:crypto';
import type { Trust, TrustedIdentity, TrustedKey } from '../api/trust.ts';
import { proveCertificate } from './certificate.ts';
import type { EnvelopeSignature, SignedContent } from './container/content.ts';
import { LIMITS } from './container/limits.ts';
import { hintsOf } from './hints.ts';
import { identityFault } from './identity.ts';
import { countsAt, readPublicKey } from './keys.ts';
import { eachForAnother, type FoundSigner } from './quorum.ts';
import type { SignedBytes } from './signed-bytes.ts';
import type { Refusal, Signer } from './verdict.ts';

export type SignersReading =
  | { readonly ok: true; readonly signers: readonly [Signer, ...Signer[]] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/** Which trusted signers have signed, up to the threshold; else why the signatures don't suffice. */
export function findSigners(content: SignedContent, signed: SignedBytes, trust: Trust, now: Date): SignersReading {
  const threshold = Math.max(1, trust.threshold ?? 1);
  const refusals: Refusal[] = [];
  // Nobody counts twice: neither a name with two keys, nor a key with two names.
  const found = new Map<string, FoundSigner>();
  const holders = new Map<string, string>();
  for (const outcome of outcomes(content, signed, trust, now)) {
    if ('code' in outcome) {
      refusals.push(outcome);
      continue;
    }
    const holder = holders.get(outcome.keyId) ?? idOf(outcome.signer);
    holders.set(outcome.keyId, holder);
    found.set(holder, merged(found.get(holder), outcome));
    const [first, ...others] = eachForAnother([...found.values()]).map(({ signer }) => signer);
    if (first !== undefined && others.length + 1 >= threshold) return { ok: true, signers: [first, ...others] };
  }
  if (found.size === 0) return { ok: false, refusals };
  return { ok: false, refusals: [tooFew(threshold, found), ...refusals] };
}

/** A trusted signer that has signed, and the key that it did so with, by `keyIdOf`. */
interface Found extends FoundSigner {
  readonly keyId: string;
}

const idOf = (signer: Signer): string =>
  signer.kind === 'key' ? signer.fingerprint : `${signer.identity} (${signer.issuer ?? 'no issuer'})`;

/** The same signer by another signature or root may be another entry of the list too. */
const merged = (known: FoundSigner | undefined, { signer, entries }: FoundSigner): FoundSigner => ({
  signer: known?.signer ?? signer,
  entries: new Set([...(known?.entries ?? []), ...entries]),
});

function tooFew(threshold: number, found: ReadonlyMap<string, FoundSigner>): Refusal {
  const count = eachForAnother([...found.values()]).length;
  const sharing =
    count < found.size ? `, where ${found.size - count} of them are the same entry of the list as another` : '';
  return {
    code: 'signers-missing',
    step: 'signer',
    expected: `${threshold} different signers that the contract trusts, each by an entry of its own`,
    found: `${count}: ${[...found.keys()].join(', ')}`.slice(0, 500) + sharing,
  };
}

/** Signers and refusals as they are found, keys first since they cost least. */
function* outcomes(content: SignedContent, signed: SignedBytes, trust: Trust, now: Date): Generator<Found | Refusal> {
  const keys = trust.signers.filter((each): each is TrustedKey => each.kind === 'key');
  if (keys.length > 0) yield* byKeys(content, signed, keys, now);
  const identities = trust.signers.filter((each): each is TrustedIdentity => each.kind === 'identity');
  if (identities.length > 0) yield* byIdentities(content, signed, { ...trust, signers: identities }, now);
}

function* byKeys(
  { signatures }: SignedContent,
  signed: SignedBytes,
  keys: readonly TrustedKey[],
  now: Date,
): Generator<Found | Refusal> {
  const names = keys.map(({ fingerprint }) => fingerprint).join(', ');
  let isFound = false;
  for (const trusted of keys) {
    const reading = readPublicKey(trusted.publicKey);
    if (!reading.ok || !isAnySignedBy(reading.key, signed, signatures)) continue;
    isFound = true;
    const { fingerprint, keyId } = reading;
    const signer = { kind: 'key', fingerprint } as const;
    yield countsAt(trusted, now) ? { signer, keyId, entries: new Set([trusted]) } : outOfTime(trusted, now);
  }
  if (isFound) return;
  const found = `${signatures.length === 1 ? 'a signature' : `${signatures.length} signatures`} that no such key made over these bytes`;
  yield { code: 'signature-invalid', step: 'signature', expected: `a signature by the key ${names}`, found };
}

/** The signature whose key id names the key comes first: it is the likely one. */
function isAnySignedBy(key: KeyObject, signed: SignedBytes, signatures: readonly EnvelopeSignature[]): boolean {
  if (signatures.length === 1) return signatures.some(({ bytes }) => signed.isSignedBy(key, bytes));
  const hints = hintsOf(key);
  const likely = signatures.toSorted((a, b) => Number(hints.has(b.keyid)) - Number(hints.has(a.keyid)));
  return likely.some(({ bytes }) => signed.isSignedBy(key, bytes));
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
  signed: SignedBytes,
  trust: IdentityTrust,
  now: Date,
): Generator<Found | Refusal> {
  for (const [index, signature] of content.signatures.entries()) {
    const at = content.signatures.length === 1 ? {} : { at: `signature ${index}` };
    for (const root of new Set(trust.signers.map((each) => each.root))) {
      const document = Object.hasOwn(trust.roots, root) ? trust.roots[root] : undefined;
      if (document === undefined) {
        yield { code: 'signer-not-allowed', step: 'signer', expected: `the trusted root '${root}'`, found: 'none' };
        continue;
      }
      if (!signed.work.spend(LIMITS.certificateWork)) return;
      const reading = prove(signature, signed, document, now);
      if (!reading.ok) {
        yield { ...reading.refusal, ...at };
        continue;
      }
      const judged = trust.signers
        .filter((each) => each.root === root)
        .map((entry) => ({ entry, fault: identityFault(reading.signer, entry) }));
      const entries = judged.filter(({ fault }) => fault === undefined).map(({ entry }) => entry);
      const { signer, keyId } = reading;
      if (entries.length > 0) yield { signer, keyId, entries: new Set(entries) };
      else
        for (const { fault } of judged) {
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
