import type { WorkflowRun } from './types.gen.ts';

/** Bytes that a run keeps in a store. */
export interface KeptEvidence {
  /** Of the material, `attestation`, or the predicate type of a statement. */
  readonly name: string;
  /** The EvidenceStore that has them. */
  readonly storeName: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** All that a run keeps in stores: its attestation, the control plane's statements, and those materials whose bytes are kept. */
export function evidenceOf({ spec, status = {} }: WorkflowRun): readonly KeptEvidence[] {
  const { materials = [], attestation, statements = [] } = status;
  const all = [
    ...(attestation === undefined ? [] : [{ ...attestation, name: 'attestation' }]),
    ...statements.map((statement) => ({ ...statement, name: statement.predicateType })),
    ...materials.filter(({ stored }) => stored),
  ];
  return all.map(({ name, storeName = spec.evidenceStoreName, digest, size }) => ({ name, storeName, digest, size }));
}

/** The digests of all that, some perhaps twice. */
export const digestsOf = (run: WorkflowRun): readonly string[] => evidenceOf(run).map(({ digest }) => digest);
