import type { X509Certificate } from 'node:crypto';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { issuingCertificate, readPublished } from '../pki/published.ts';
import { serviceAccountIdentity } from '../pki/signing.ts';
import type { RootDocument } from '../verify/trust.ts';
import type { Trust } from '../verify/verdict.ts';
import type { ReceiverContext } from './context.ts';

/**
 * Who may sign for a run: the contract's keys, or if it names none, the identity that opened the run, by any authority of
 * the cluster that is valid `at` the time of receipt.
 */
export async function trustOf(
  { signing }: Pick<ReceiverContext, 'signing'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  at: Date,
): Promise<Trust> {
  if (contract.signers.length > 0) return { keys: contract.signers };
  const { serviceAccount } = run.spec.identity;
  if (serviceAccount === undefined) return { keys: [] };
  const { trustedRoot } = await signing.get();
  const identity = serviceAccountIdentity(namespaceOf(run), serviceAccount);
  return { keys: [], clusterCa: { roots: issuersAt(trustedRoot, at), identity } };
}

/** The certificates that issue leaves and are valid then, PEM. */
const issuersAt = (document: RootDocument, at: Date): readonly string[] =>
  issuersIn(document)
    .filter(({ validFromDate, validToDate }) => validFromDate <= at && at <= validToDate)
    .map((certificate) => certificate.toString());

/** A document is read once: the same one serves every verification of a minute. */
const read = new WeakMap<RootDocument, readonly X509Certificate[]>();

function issuersIn(document: RootDocument): readonly X509Certificate[] {
  const issuers = read.get(document) ?? (readPublished(document.json) ?? []).map(issuingCertificate);
  read.set(document, issuers);
  return issuers;
}

/** The namespace of the service account that opened the run, which needn't be that of the run. */
const namespaceOf = (run: WorkflowRun): string => run.spec.identity.username.split(':')[2] ?? '';
