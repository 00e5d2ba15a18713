import { canonicalJson } from '../api/canonical.ts';
import type { TrustedKey, TrustedSigner } from '../api/trust.ts';
import { identityFault } from '../verify/identity.ts';
import { eachForAnother, type FoundSigner } from '../verify/quorum.ts';
import { mostSigners, nameOfSigner } from './signers.ts';

/** Who may sign, and how many of them have to. None: whoever opened the run, which asks for nobody in particular. */
export interface SigningTerms {
  readonly signers: readonly TrustedSigner[];
  /** Absent: one. */
  readonly signerThreshold?: number;
}

export type SignersJoining = ({ readonly ok: true } & SigningTerms) | { readonly ok: false; readonly message: string };

/**
 * Who may sign by both sides: the entries that are no wider than one of the other side. Signatures that suffice for the result
 * suffice for each side alone.
 */
export function joinSigners(a: SigningTerms, b: SigningTerms): SignersJoining {
  const threshold = Math.max(a.signerThreshold ?? 1, b.signerThreshold ?? 1);
  const signers = commonSigners(a.signers, b.signers);
  const both = `one side allows ${names(a.signers)}, the other ${names(b.signers)}`;
  if (signers.length === 0 && a.signers.length + b.signers.length > 0) {
    return { ok: false, message: `nobody is left who may sign: ${both}` };
  }
  if (signers.length > 0 && mostSigners(signers) < threshold) {
    return { ok: false, message: `${threshold} have to sign, and only ${names(signers)} may by both: ${both}` };
  }
  if (![a, b].every((side) => isEnoughFor(side, signers))) {
    const message = `${threshold} have to sign, each by an entry of its own, but of ${names(signers)} several are the same entry of one side: ${both}`;
    return { ok: false, message };
  }
  return { ok: true, signers, ...(threshold === 1 ? {} : { signerThreshold: threshold }) };
}

const names = (signers: readonly TrustedSigner[]): string => signers.map(nameOfSigner).join(', ');

function commonSigners(a: readonly TrustedSigner[], b: readonly TrustedSigner[]): readonly TrustedSigner[] {
  const isOneSided = a.length === 0 || b.length === 0;
  const [ofA, ofB] = isOneSided ? [a, b] : [covered(a, b), covered(b, a)];
  const all = new Map([...ofA, ...ofB].map((signer) => [canonicalJson(signer), signer]));
  // An entry that stands in a list several times stands for as many signers.
  const count = (side: readonly TrustedSigner[], key: string): number =>
    side.filter((signer) => canonicalJson(signer) === key).length;
  return [...all]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([key, signer]) => Array<TrustedSigner>(Math.max(count(ofA, key), count(ofB, key))).fill(signer));
}

const covered = (signers: readonly TrustedSigner[], by: readonly TrustedSigner[]): readonly TrustedSigner[] =>
  signers.filter((signer) => by.some((wide) => covers(wide, signer)));

/**
 * Whether as many of these as a side asks for are always as many of its own entries. Who asks for one has that at once; else
 * each must be an entry of its own there too, since two of a single pattern count once.
 */
function isEnoughFor({ signers, signerThreshold = 1 }: SigningTerms, joined: readonly TrustedSigner[]): boolean {
  if (signerThreshold === 1 || signers.length === 0) return true;
  const entries = signers.map((entry) => ({ ...entry }));
  const found = joined.map(
    (each): FoundSigner => ({
      signer: leastProof(each),
      entries: new Set(entries.filter((entry) => covers(entry, each))),
    }),
  );
  return eachForAnother(found).length === found.length;
}

/** Whether everybody who is the narrow entry is the wide one too. */
export function covers(wide: TrustedSigner, narrow: TrustedSigner): boolean {
  if (wide.kind === 'key' || narrow.kind === 'key') {
    return wide.kind === 'key' && narrow.kind === 'key' && isSameKeyWithin(wide, narrow);
  }
  // A pattern that takes the text of another one, whose stars only a star can take, takes all that this one takes.
  if ('glob' in narrow.subject && 'exact' in wide.subject) return false;
  const proof = leastProof(narrow);
  return wide.root === narrow.root && proof.kind === 'certificate' && identityFault(proof, wide) === undefined;
}

const isSameKeyWithin = (wide: TrustedKey, narrow: TrustedKey): boolean =>
  wide.fingerprint === narrow.fingerprint &&
  timeOf(narrow.validFrom, Number.NEGATIVE_INFINITY) >= timeOf(wide.validFrom, Number.NEGATIVE_INFINITY) &&
  timeOf(narrow.validUntil, Number.POSITIVE_INFINITY) <= timeOf(wide.validUntil, Number.POSITIVE_INFINITY);

const timeOf = (text: string | undefined, absent: number): number => (text === undefined ? absent : Date.parse(text));

/** Somebody who shows no more than an entry asks for. */
function leastProof(signer: TrustedSigner): FoundSigner['signer'] {
  if (signer.kind === 'key') return { kind: 'key', fingerprint: signer.fingerprint };
  const { subject, issuer, claims } = signer;
  return {
    kind: 'certificate',
    identity: 'exact' in subject ? subject.exact : subject.glob,
    ...(issuer === undefined ? {} : { issuer }),
    fingerprint: '',
    time: '',
    timeSource: 'receipt',
    claims: Object.fromEntries(claims.map(({ name, value }) => [name, value])),
  };
}
