import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { ContractSpec } from '../api/types.gen.ts';
import type { AttachedPolicies, ContractPolicy } from '../contract/effective.ts';
import {
  attachmentsOf,
  attachPolicy,
  excessOfPolicies,
  type KnownPolicy,
  type PlacedAttachment,
} from '../contract/policies.ts';
import { sha256Digest } from '../evidence/digest.ts';
import type { Finding } from './conditions.ts';
import type { OperatorContext } from './context.ts';
import { type AnyPolicy, readPolicySource } from './policy-source.ts';

export interface PoliciesSubject {
  readonly spec: Pick<ContractSpec, 'policies' | 'materials'>;
  /** Where its policies lie; absent for what may attach those of the cluster only. */
  readonly namespace: string | undefined;
  /** The sources that its revision has: what is known by its digest needn't be fetched again. */
  readonly known: AttachedPolicies['policySources'];
}

export type PoliciesReading =
  | { readonly ok: true; readonly attached: AttachedPolicies }
  | { readonly ok: false; readonly finding: Finding };

/**
 * The policies that a contract of either kind attaches, with their sources, which become a part of its revision: a run is judged by what was in
 * force when it was opened, whatever is changed or deleted since. One that isn't good leaves the contract without any.
 */
export async function resolvePolicies(context: OperatorContext, subject: PoliciesSubject): Promise<PoliciesReading> {
  const policies: ContractPolicy[] = [];
  const policySources: Record<string, string> = {};
  for (const placed of attachmentsOf(subject.spec.policies)) {
    const found = await knownPolicy(context, placed, subject);
    if ('state' in found) return { ok: false, finding: found };
    const policy = attachPolicy(placed, kindOf(placed, subject), found, subject.spec.materials);
    if ('message' in policy) return refused(`${policy.at}: ${policy.message}`);
    policies.push(policy);
    policySources[found.digest] = found.text;
  }
  if (policies.length === 0) return { ok: true, attached: {} };
  const attached = { policies, policySources };
  const excess = excessOfPolicies(attached);
  return excess === undefined ? { ok: true, attached } : refused(`spec.policies: ${excess.message}`);
}

const refused = (message: string): PoliciesReading => ({ ok: false, finding: stalled(REASON.InvalidSpec, message) });

const kindOf = ({ attachment }: PlacedAttachment, { namespace }: PoliciesSubject): ContractPolicy['kind'] =>
  attachment.ref.kind ?? (namespace === undefined ? 'ClusterPolicy' : 'Policy');

async function knownPolicy(
  context: OperatorContext,
  placed: PlacedAttachment,
  subject: PoliciesSubject,
): Promise<KnownPolicy | Finding> {
  const { at, attachment } = placed;
  const kind = kindOf(placed, subject);
  const { name } = attachment.ref;
  const { namespace = '' } = subject;
  const ref = kind === 'Policy' ? { namespace, name } : { name };
  const policy = await context.client.find<AnyPolicy>(KIND[kind], ref);
  const who = `${at}.ref: the ${kind} '${name}'`;
  if (policy === undefined) {
    const where = kind === 'Policy' ? ` in the namespace '${namespace}'` : '';
    return stalled(REASON.PolicyNotFound, `${at}.ref: there is no ${kind} '${name}'${where}`);
  }
  const { spec, status, metadata } = policy;
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const digest = status?.sourceDigest;
  const isCurrent = status?.observedGeneration === metadata.generation;
  if (ready?.status !== 'True' || !isCurrent || digest === undefined) {
    const why = ready === undefined || !isCurrent ? 'it has not been looked at yet' : ready.message;
    return waiting(`${who} is not ready: ${why}`);
  }
  const known = subject.known?.[digest];
  if (known !== undefined && sha256Digest(known) === digest) return { spec, digest, text: known };
  const reading = await readPolicySource(context, policy);
  if (!reading.ok) return waiting(`${who} is not ready: ${reading.finding.message}`);
  if (sha256Digest(reading.text) === digest) return { spec, digest, text: reading.text };
  return waiting(`${who} has another source than was looked at`);
}

const stalled = (reason: Reason, message: string): Finding => ({ state: 'stalled', reason, message });
const waiting = (message: string): Finding => ({ state: 'waiting', reason: REASON.PolicyNotReady, message });
