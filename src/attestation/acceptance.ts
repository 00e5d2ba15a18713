import type { RunRecord } from './record.ts';
import { outputsOf, type ResourceDescriptor, STATEMENT_TYPE } from './statement.ts';

/** That a run was accepted: all that the control plane's statements are made of. Nothing of it is a client's word. */
export interface Acceptance {
  readonly record: RunRecord;
  /** The installation, a URI; what it signs for is named below it. */
  readonly verifierId: string;
  /** Of Proviso. */
  readonly version: string;
  /** `sha256:…` of the bytes that were accepted. */
  readonly attestation: string;
  /** When, RFC 3339. */
  readonly time: string;
}

/** An in-toto Statement v1 of the control plane. */
export interface ControlPlaneStatement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly subject: readonly ResourceDescriptor[];
  readonly predicateType: string;
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** The statement of a type about a run: about its outputs, or about its attestation if it has none. */
export function statementAbout(
  acceptance: Acceptance,
  predicateType: string,
  predicate: ControlPlaneStatement['predicate'],
): ControlPlaneStatement {
  const outputs = outputsOf(acceptance.record).map(({ name, digest }) => ({ ...named(name), ...digested(digest) }));
  const attestation = { name: ATTESTATION, digest: digestSet(acceptance.attestation) };
  return { _type: STATEMENT_TYPE, subject: outputs.length > 0 ? outputs : [attestation], predicateType, predicate };
}

export const ATTESTATION = 'attestation';

const named = (name: string | undefined) => (name === undefined ? {} : { name });
const digested = (digest: ResourceDescriptor['digest']) => (digest === undefined ? {} : { digest });

/** `sha256:…` as a digest set of in-toto. */
export const digestSet = (digest: string): { readonly sha256: string } => ({ sha256: digest.replace(/^sha256:/, '') });

/**
 * What a run's outputs are accepted as: something of this workflow of this cluster. It is known before there is a run, so a
 * consumer can expect it, and no other workflow's acceptance passes for it.
 */
export const resourceUri = (verifierId: string, namespace: string, workflow: string): string =>
  `${verifierId}/namespaces/${namespace}/workflows/${workflow}`;

/** The contract revision that a run was judged by. */
export const policyUri = ({ verifierId, record }: Acceptance): string =>
  `${verifierId}/namespaces/${record.namespace}/contracts/${record.contract.name}/revisions/${record.revisionName}`;

export const attestationUri = ({ verifierId, record }: Acceptance): string =>
  `${verifierId}/namespaces/${record.namespace}/workflowruns/${record.run}/${ATTESTATION}`;
