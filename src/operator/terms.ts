import { REASON, type Reason } from '../api/reasons.ts';
import { signerLists } from '../api/signer-lists.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { ContractSpec, ContractSpecSigner, ContractStatus } from '../api/types.gen.ts';
import type { AttachedPolicies, BaselineTerms, EffectiveContract } from '../contract/effective.ts';
import type { MaterialSigners } from '../contract/from-spec.ts';
import { nameOfSigner } from '../contract/signers.ts';
import type { Finding } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { resolvePolicies } from './contract-policies.ts';
import { findingOf } from './failures.ts';
import { ensureRevision, type RevisionOwner } from './revisions.ts';
import { resolveSigners } from './signers.ts';

/** Keys in Secrets and ConfigMaps aren't watched: the operator has no right to list them. */
const RECHECK_MISSING_MINUTES = 0.1;
const RECHECK_KEYS_MINUTES = 5;
/** What a watch has missed, and what a counter has, is seen then. */
const RESYNC_MINUTES = 10;

/** What a contract of either kind says of its content. */
export type RevisionFacts = Pick<ContractStatus, 'revision' | 'revisionName' | 'revisionDigest' | 'signers'>;

/** Who signs what, by a contract of either kind. */
export type SigningSpec = Pick<ContractSpec, 'signers' | 'materials'>;

/** What of a contract names other objects. */
type ReferringSpec = Pick<ContractSpec, 'signers' | 'materials' | 'policies'>;

/** All who are named, of the attestation and of materials. */
export const listedSigners = (spec: SigningSpec): readonly ContractSpecSigner[] =>
  signerLists(spec).flatMap(([, signers]) => signers);

/** A contract of either kind, as far as its content goes. */
export interface TermsSubject {
  readonly owner: RevisionOwner;
  /** What was found the last time. */
  readonly status: RevisionFacts | undefined;
  readonly spec: ReferringSpec;
  /** Where the keys lie that signers name. */
  readonly keysIn: string;
  /** Whose trusted roots signers are checked against, and where policies may lie; absent: it is of many namespaces. */
  readonly usedIn?: string;
  readonly read: (
    signers: readonly TrustedSigner[],
    ofMaterials: MaterialSigners,
    attached: AttachedPolicies,
  ) =>
    | { readonly ok: true; readonly contract: EffectiveContract | BaselineTerms }
    | { readonly ok: false; readonly reason: Reason; readonly message: string };
}

export interface ExaminedTerms {
  readonly finding: Finding;
  readonly facts: RevisionFacts;
}

/** Resolves the signers and keeps a revision. What a failed call says is told too: nothing would look like done. */
export async function examineTerms(context: OperatorContext, subject: TermsSubject): Promise<ExaminedTerms> {
  // The last good revision stays in the status: runs that are open go on with it.
  const { revision, revisionName, revisionDigest } = subject.status ?? {};
  const previous: RevisionFacts = {
    ...(revision === undefined ? {} : { revision }),
    ...(revisionName === undefined ? {} : { revisionName }),
    ...(revisionDigest === undefined ? {} : { revisionDigest }),
  };
  try {
    return await examine(context, subject, previous);
  } catch (error) {
    return { finding: findingOf(error), facts: previous };
  }
}

/** When to look at it again, in milliseconds. */
export function nextLookAt(spec: SigningSpec, { state }: Finding): number {
  if (state !== 'ready') return jittered(RECHECK_MISSING_MINUTES);
  const namesKeys = listedSigners(spec).some(({ key }) => key !== undefined && key.inline === undefined);
  return jittered(namesKeys ? RECHECK_KEYS_MINUTES : RESYNC_MINUTES);
}

async function examine(
  context: OperatorContext,
  { owner, spec, keysIn, usedIn, read }: TermsSubject,
  previous: RevisionFacts,
): Promise<ExaminedTerms> {
  const keys = await resolveSigners(context, spec.signers ?? [], { at: 'spec.signers', keysIn, usedIn });
  if (!keys.ok) return stalled(keys, previous);
  const ofMaterials = new Map<string, readonly TrustedSigner[]>();
  for (const [index, { name, signers }] of (spec.materials ?? []).entries()) {
    if (signers === undefined) continue;
    const ofImage = await resolveSigners(context, signers, { at: `spec.materials[${index}].signers`, keysIn, usedIn });
    if (!ofImage.ok) return stalled(ofImage, previous);
    ofMaterials.set(name, ofImage.signers);
  }
  const known = (name: string) => context.stores.revisions.get({ namespace: owner.namespace, name });
  const { policySources } = (known(previous.revisionName ?? '')?.data ?? {}) as AttachedPolicies;
  const judging = await resolvePolicies(context, { spec, namespace: usedIn, known: policySources });
  if (!judging.ok) return { finding: judging.finding, facts: previous };
  const reading = read(keys.signers, ofMaterials, judging.attached);
  if (!reading.ok) return stalled(reading, previous);
  const { name, digest, revision, isNew } = await ensureRevision(context.client, owner, reading.contract, known);
  if (isNew) {
    const note = `revision ${revision} is ${name}`;
    const event = { type: 'Normal', reason: REASON.RevisionCreated, action: 'Reconcile', note } as const;
    context.events.record({ ...owner.object, kind: owner.kind.kind }, event);
  }
  const signers = keys.signers.map((signer, index) => ({
    ...(signer.kind === 'key' ? { fingerprint: signer.fingerprint } : { identity: nameOfSigner(signer) }),
    source: keys.sources[index] ?? '',
  }));
  return {
    finding: { state: 'ready', message: `revision ${revision} is in force` },
    facts: { revision, revisionName: name, revisionDigest: digest, ...(signers.length === 0 ? {} : { signers }) },
  };
}

const stalled = ({ reason, message }: { readonly reason: Reason; readonly message: string }, facts: RevisionFacts) =>
  ({ finding: { state: 'stalled', reason, message }, facts }) as const;
