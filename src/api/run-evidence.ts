import type { WorkflowRun } from './types.gen.ts';

/** What the documents are called that have all that policies said. */
export const EVALUATIONS = 'policy-evaluations';

/** Bytes that a run keeps in a store. */
export interface KeptEvidence {
  /** Of the material, `attestation`, `policy-evaluations`, or the predicate type of a statement. */
  readonly name: string;
  /** The EvidenceStore that has them. */
  readonly storeName: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/**
 * All that a run keeps in stores: its attestation, the control plane's statements, those materials whose bytes are kept, and what policies
 * said of them and of the run.
 */
export function evidenceOf({ spec, status = {} }: WorkflowRun): readonly KeptEvidence[] {
  const { materials = [], attestation, statements = [], policies } = status;
  const evaluations = [...materials.map((material) => material.evaluations), policies?.atInit, policies?.atPush];
  const all = [
    ...(attestation === undefined ? [] : [{ ...attestation, name: 'attestation' }]),
    ...statements.map((statement) => ({ ...statement, name: statement.predicateType })),
    ...materials.filter(({ stored }) => stored),
    ...evaluations.flatMap((each) => (each === undefined ? [] : [{ ...each, name: EVALUATIONS }])),
  ];
  return all.map(({ name, storeName = spec.evidenceStoreName, digest, size }) => ({ name, storeName, digest, size }));
}

/** The digests of all that, some perhaps twice. */
export const digestsOf = (run: WorkflowRun): readonly string[] => evidenceOf(run).map(({ digest }) => digest);
